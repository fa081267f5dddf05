import { startTestApi, type TestApi } from '../support/api.js';
import { AT, passage, plateRead } from '../support/passages.js';
import { textsOf } from '../support/texts.js';

const CSV = { 'Content-Type': 'text/csv' };
let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ now: () => AT });
});
afterAll(() => api.stop());

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown> & { error?: { code: string; message: string; field?: string } };
}
type Asked = Parameters<TestApi['fetch']>[1];
async function ask(path: string, options: Asked = {}): Promise<Answer> {
  const answer = await api.fetch(`/api/v1/${path}`, { as: 'operator', ...options });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? {} : (JSON.parse(text) as Answer['body']) };
}
const trail = async (subject: string) => api.deps.ports.audit.list({ subject, limit: 50 });

describe('passages', () => {
  const ids = ({ body }: Answer): string[] => (body['passages'] as { id: string }[]).map(({ id }) => id);

  beforeAll(async () => {
    const store = api.deps.ports.passages;
    await api.deps.ports.snapshots.put('plates/gate-1/a.jpg', Buffer.from('jpeg'));
    await store.put(
      passage({ id: 'gate-1-1-1', at: AT - 3000, crop: 'plates/gate-1/a.jpg', scene: 'plates/gone.jpg' }),
    );
    await store.addRead(plateRead('gate-1-1-1', AT - 3000));
    await store.put(passage({ id: 'unsure', at: AT - 2000, key: '51F12345', verdict: 'needs-review' }));
    await store.put(passage({ id: 'yard', at: AT - 1000, cameraId: 'yard', key: '29B125662' }));
    await store.put(passage({ id: 'open', state: 'open' }));
    await store.put(passage({ id: 'merged', state: 'merged', mergedInto: 'yard' }));
  });

  it.each<[string, string[]]>([
    ['', ['yard', 'unsure', 'gate-1-1-1']],
    ['text=30a-339.18', ['gate-1-1-1']],
    ['text=*-339*', ['gate-1-1-1']],
    ['text=3OA33918', []],
    ['text=3OA33918&fuzzy=1', ['gate-1-1-1']],
    ['camera=yard', ['yard']],
    ['verdict=needs-review', ['unsure']],
    [`from=${new Date(AT - 2000).toISOString()}&to=${new Date(AT - 1000).toISOString()}`, ['unsure']],
    ['list=stolen', []],
  ])('are found by %s', async (query, expected) => {
    expect(ids(await ask(`passages?${query}`, { as: 'viewer' }))).toEqual(expected);
    const json = Object.fromEntries(new URLSearchParams(query));
    expect(ids(await ask('passages/search', { as: 'viewer', method: 'POST', json }))).toEqual(expected);
  });

  it('come page by page', async () => {
    const seen: string[] = [];
    let after = '';
    do {
      const page = await ask(`passages?limit=1${after}`);
      const next = page.body['next'] as string | undefined;
      seen.push(...ids(page));
      after = next === undefined ? '' : `&after=${encodeURIComponent(next)}`;
    } while (after !== '');
    expect(seen).toEqual(['yard', 'unsure', 'gate-1-1-1']);
  });

  it.each([
    ['text=30A/1', 'text', /holds "\/"; write letters/],
    ['text=30A*&fuzzy=1', 'fuzzy', /does not go with \* and \?/],
    ['fuzzy=4', 'fuzzy', /<=3/],
    ['limit=201', 'limit', /<=200/],
    ['camera=Gate%201', 'camera', /a-z/],
    ['verdict=maybe', 'verdict', /accepted/],
    ['from=yesterday', 'from', /is no time; write ISO 8601/],
    ['after=x', 'after', /give the `next`/],
    ['plate=30A1', 'plate', /Unrecognized/],
  ])('%s is refused', async (query, field, message) => {
    const { status, body } = await ask(`passages?${query}`);
    expect([status, body.error?.field, body.error?.message]).toEqual([
      400,
      field,
      expect.stringMatching(message) as string,
    ]);
  });

  it('one comes with its looks and its pictures', async () => {
    const { body } = await ask('passages/gate-1-1-1');
    expect(body).toMatchObject({
      id: 'gate-1-1-1',
      camera: 'gate-1',
      at: new Date(AT - 3000).toISOString(),
      text: '30A33918',
      verdict: 'accepted',
      crop: '/api/v1/passages/gate-1-1-1/crop.jpg',
      reads: [{ id: `gate-1-1-1-${AT - 3000}`, at: new Date(AT - 3000).toISOString() }],
    });
    const crop = await api.fetch(String(body['crop']), { as: 'viewer' });
    expect([crop.status, crop.headers.get('content-type'), await crop.text()]).toEqual([
      200,
      'image/jpeg',
      'jpeg',
    ]);
    for (const [path, code] of [
      ['gate-1-1-1/scene.jpg', 'no-picture'],
      ['yard/crop.jpg', 'no-picture'],
      ['ghost/crop.jpg', 'no-such-passage'],
      ['ghost', 'no-such-passage'],
    ]) {
      const { status, body: answer } = await ask(`passages/${path}`);
      expect([path, status, answer.error?.code]).toEqual([path, 404, code]);
    }
  });

  it.each([
    ['nothing said', 'unsure', {}, 400, /either text or confirm/],
    ['both', 'unsure', { text: 'A', confirm: true }, 400, /either text or confirm/],
    ['no letter or digit', 'unsure', { text: '-.-' }, 422, /1 to 24 letters or digits/],
    ['an unknown passage', 'ghost', { confirm: true }, 404, /no passage "ghost"/],
    ['an open one', 'open', { confirm: true }, 409, /may still be seen/],
    ['a merged one', 'merged', { confirm: true }, 409, /passage "yard"; review that one/],
  ])('a review with %s is refused', async (_, id, json, status, message) => {
    const answer = await ask(`passages/${id}/review`, { method: 'POST', json });
    expect([answer.status, answer.body.error?.message]).toEqual([
      status,
      expect.stringMatching(message) as string,
    ]);
    expect(await trail(`passage/${id}`)).toEqual([]);
  });

  it('a review is found by, checked against the lists, told about, and in the trail without the plate', async () => {
    await ask('plate-lists/stolen', {
      as: 'admin',
      method: 'PUT',
      json: { kind: 'deny', name: 'Xe mất cắp' },
    });
    await ask('plate-lists/stolen/entries', { method: 'POST', json: { pattern: '51F-999.99' } });
    const said = { method: 'POST', json: { text: ' 51f-999.99 ' } };
    for (let twice = 0; twice < 2; twice++) {
      const { status, body } = await ask('passages/unsure/review', said);
      expect([status, body]).toMatchObject([
        200,
        {
          text: '51F-999.99',
          key: '51F99999',
          verdict: 'accepted',
          review: { by: 'key:o', at: new Date(AT).toISOString() },
          hits: [{ list: 'stolen', kind: 'deny', match: 'exact' }],
          reading: { text: '51F12345', verdict: 'needs-review' },
        },
      ]);
    }
    expect(ids(await ask('passages?text=51F99999&list=stolen'))).toEqual(['unsure']);
    expect(ids(await ask('passages?verdict=needs-review'))).toEqual([]);
    const alerts = await api.inspector.list('alert', 'waiting', 10);
    expect(alerts).toHaveLength(1);
    expect(JSON.stringify(alerts)).toMatch(/Xe mất cắp/);
    expect(textsOf(alerts)).not.toMatch(/51F|999/);
    const entries = await trail('passage/unsure');
    expect(entries.map(({ actor, action, detail }) => ({ actor, action, detail }))).toEqual([
      { actor: 'key:o', action: 'passage.review', detail: { changed: false } },
      { actor: 'key:o', action: 'passage.review', detail: { changed: true } },
    ]);
    expect(
      (await ask('passages/yard/review', { method: 'POST', json: { confirm: true } })).body,
    ).toMatchObject({
      text: '29B125662',
      review: { text: '29B125662' },
      hits: [],
    });
    expect(await api.deps.ports.passages.get('yard')).toMatchObject({ review: { key: '29B125662' } });
  });
});

describe('plate lists', () => {
  const put = (id: string, json: object, as: 'admin' | 'operator' = 'admin'): Promise<Answer> =>
    ask(`plate-lists/${id}`, { as, method: 'PUT', json });
  const post = (id: string, json: object): Promise<Answer> =>
    ask(`plate-lists/${id}/entries`, { method: 'POST', json });
  const load = (id: string, body: string, query = ''): Promise<Answer> =>
    ask(`plate-lists/${id}/import${query}`, { method: 'POST', body, headers: CSV });
  const patterns = async (id: string): Promise<string[]> =>
    ((await ask(`plate-lists/${id}/entries`)).body['entries'] as { pattern: string }[]).map(
      ({ pattern }) => pattern,
    );

  it('are made, shown, changed and removed', async () => {
    expect(await put('cars', { kind: 'allow', name: 'Cư dân', alertUnknown: true })).toEqual({
      status: 200,
      body: { id: 'cars', kind: 'allow', name: 'Cư dân', alertUnknown: true },
    });
    expect((await ask('plate-lists/cars', { as: 'viewer' })).body).toMatchObject({ kind: 'allow' });
    expect((await ask('plate-lists', { as: 'viewer' })).body['lists']).toContainEqual(
      expect.objectContaining({ id: 'cars' }),
    );
    await put('cars', { kind: 'watch' });
    expect((await ask('plate-lists/cars')).body).toEqual({ id: 'cars', kind: 'watch', alertUnknown: false });
    expect((await ask('plate-lists/cars', { as: 'admin', method: 'DELETE' })).status).toBe(204);
    expect((await ask('plate-lists/cars', { as: 'admin', method: 'DELETE' })).body.error?.code).toBe(
      'no-such-list',
    );
  });

  it.each([
    [{ kind: 'block' }, 400, 'kind'],
    [{ kind: 'deny', alertUnknown: true }, 422, 'alertUnknown'],
    [{ kind: 'deny', colour: 'red' }, 400, 'colour'],
  ])('%j is no list', async (json, status, field) => {
    const answer = await put('bad', json);
    expect([answer.status, answer.body.error?.field]).toEqual([status, field]);
  });

  it('entries are added, shown page by page, and removed; the trail knows them by number', async () => {
    await put('one', { kind: 'deny' });
    const { status, body } = await post('one', {
      pattern: '30a-339.*',
      validFrom: '2026-11-21',
      validTo: '2026-11-21T10:00:00+07:00',
      owner: 'Đào',
    });
    expect([status, body]).toEqual([
      201,
      {
        id: body['id'],
        list: 'one',
        pattern: '30a-339.*',
        key: '30A339*',
        validFrom: '2026-11-20T17:00:00.000Z',
        validTo: '2026-11-21T03:00:00.000Z',
        owner: 'Đào',
        createdAt: new Date(AT).toISOString(),
        createdBy: 'key:o',
      },
    ]);
    await post('one', { pattern: '29B1' });
    const first = await ask('plate-lists/one/entries?limit=1');
    expect(first.body).toMatchObject({ entries: [{ pattern: '30a-339.*' }], next: String(body['id']) });
    const second = await ask(`plate-lists/one/entries?after=${String(first.body['next'])}`);
    expect(second.body).toEqual({ entries: [expect.objectContaining({ pattern: '29B1' })] });
    const remove = (list: string): Promise<Answer> =>
      ask(`plate-lists/${list}/entries/${String(body['id'])}`, { method: 'DELETE' });
    await put('other', { kind: 'deny' });
    expect((await remove('other')).body.error?.code).toBe('no-such-entry');
    expect([(await remove('one')).status, (await remove('one')).status]).toEqual([204, 404]);
    expect(await patterns('one')).toEqual(['29B1']);
    const entries = await trail('plate-list/one');
    expect(entries.map(({ actor, action }) => `${actor} ${action}`)).toEqual([
      'key:o plate-list.entry.remove',
      'key:o plate-list.entry.add',
      'key:o plate-list.entry.add',
      'key:a plate-list.put',
    ]);
    expect(entries[0]?.detail).toEqual({ entry: body['id'] });
    expect(textsOf(entries)).not.toMatch(/30a|339|29B1|Đào/i);
  });

  it.each([
    ['one', { pattern: '*' }, 422, 'pattern', /"\*" needs at least 2 letters or digits/],
    ['one', { pattern: '30A', validTo: 'soon' }, 422, 'validTo', /"soon" is no date or time; write 2026/],
    ['one', { pattern: '29b-1' }, 409, 'pattern', /already/],
    ['ghost', { pattern: '30A' }, 404, 'id', /no plate list "ghost"/],
    ['one', { validTo: '2026-11-21' }, 400, 'pattern', /expected string/],
  ])('an entry of %s that is %j is refused', async (list, json, status, field, message) => {
    const answer = await post(list, json);
    expect([answer.status, answer.body.error?.field, answer.body.error?.message]).toEqual([
      status,
      field,
      expect.stringMatching(message) as string,
    ]);
  });

  it('a file is imported whole or not at all, unless the good rows are asked for; again changes nothing', async () => {
    await put('file', { kind: 'allow' });
    const text = 'plate;note\n30A-111.11;=1+1\n/;x\n30A-222.22;\n30a 222 22;\n';
    const refused = await load('file', text);
    expect([refused.status, refused.body]).toEqual([
      422,
      {
        error: {
          code: 'bad-rows',
          message: expect.stringMatching(/1 of 4 rows.*nothing was imported/) as string,
        },
        ...{ rows: 4, badRows: 1, added: 0, known: 0, isImported: false },
        bad: [{ line: 3, field: 'plate', value: '/', problem: expect.any(String) as string }],
      },
    ]);
    expect(await patterns('file')).toEqual([]);
    const taken = await load('file', text, '?partial=true');
    expect(taken.body).toMatchObject({ rows: 4, badRows: 1, added: 2, known: 1, isImported: true });
    expect((await load('file', text, '?partial=true')).body).toMatchObject({ added: 0, known: 3 });
    expect(await patterns('file')).toEqual(['30A-111.11', '30A-222.22']);
  });

  it('what is exported can be imported elsewhere, and nothing in it is calculated by a spreadsheet', async () => {
    const answer = await api.fetch('/api/v1/plate-lists/file/entries.csv', { as: 'operator' });
    expect(answer.headers.get('content-type')).toMatch('text/csv; charset=utf-8');
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename=file.csv');
    const bytes = Buffer.from(await answer.arrayBuffer());
    expect(bytes.toString()).toBe(
      "\uFEFFplate,valid_from,valid_to,reason,owner,note\n30A-111.11,,,,,'=1+1\n30A-222.22,,,,,\n",
    );
    await put('copy', { kind: 'allow' });
    expect((await load('copy', bytes.toString())).body).toMatchObject({ added: 2, badRows: 0 });
    const again = await api.fetch('/api/v1/plate-lists/copy/entries.csv', { as: 'operator' });
    expect(Buffer.from(await again.arrayBuffer())).toEqual(bytes);
    expect((await trail('plate-list/file')).map(({ action }) => action)[0]).toBe('plate-list.export');
  });

  it.each([
    ['no CSV', { json: {} }, 415, /Content-Type: text\/csv/],
    ['nothing', { body: '', headers: CSV }, 400, /the file is empty/],
    [
      'another encoding',
      { body: 'plate\n', headers: { 'Content-Type': 'text/csv', 'Content-Encoding': 'x' } },
      415,
      /x/,
    ],
    ['too much', { body: 'x'.repeat(16 * 1024 * 1024 + 1), headers: CSV }, 413, /larger than 16777216 bytes/],
  ])('%s is no import', async (_, options, status, message) => {
    const answer = await ask('plate-lists/file/import', { method: 'POST', ...options });
    expect([answer.status, answer.body.error?.message]).toEqual([
      status,
      expect.stringMatching(message) as string,
    ]);
  });
});
