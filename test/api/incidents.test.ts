import { randomUUID } from 'node:crypto';
import sharp from 'sharp';
import type { Role } from '../../src/ports.js';
import { startTestApi, type TestApi } from '../support/api.js';
import { openIncident, tellOf } from '../support/api-incidents.js';
import { anAlert, NOBODY, PLAN, RULES } from '../support/incidents.js';

const AT = 1_795_251_600_000;
const iso = (at: number): string => new Date(at).toISOString();
let api: TestApi;
let now = AT;
beforeAll(async () => {
  api = await startTestApi({ now: () => now });
});
afterAll(() => api.stop());

interface Answer {
  status: number;
  body: Record<string, unknown> & {
    incidents: Record<string, unknown>[];
    error: { code: string; message: string; field?: string };
  };
}
const ask = async (path: string, as: Role = 'viewer', method = 'GET', json?: unknown): Promise<Answer> => {
  const answer = await api.fetch(`/api/v1/${path}`, { as, method, ...(json !== undefined && { json }) });
  const text = await answer.text();
  return { status: answer.status, body: (text === '' ? {} : JSON.parse(text)) as Answer['body'] };
};
const open = (more: Parameters<typeof openIncident>[2] = {}) =>
  openIncident(api, randomUUID(), { now: AT, at: AT - 1000, ...more });

describe('the list', () => {
  const numbers = async (query: string): Promise<unknown[]> =>
    (await ask(`incidents?${query}`)).body.incidents.map(({ number }) => number);

  it('is filtered, paged by number, and counted', async () => {
    const day = Date.UTC(2026, 0, 5);
    const [a, b, c] = [
      await open({ cameraId: 'yard', kind: 'loitering', at: day }),
      await open({ cameraId: 'yard', kind: 'loitering', at: day + 1000, severity: 'critical' }),
      await open({ cameraId: 'yard', kind: 'fall', at: day + 2000 }),
    ];
    await api.deps.ports.incidents.acknowledge(b.id, 'person:lan', AT);
    await api.deps.ports.incidents.resolve(c.id, 'person:lan', AT);
    expect(await numbers('camera=yard')).toEqual([c.number, b.number, a.number]);
    expect(await numbers('camera=yard&kind=loitering')).toEqual([b.number, a.number]);
    expect(await numbers('camera=yard&severity=critical')).toEqual([b.number]);
    expect(await numbers('camera=yard&state=acknowledged,resolved')).toEqual([c.number, b.number]);
    expect(await numbers(`camera=yard&from=${iso(day + 1000)}&to=${iso(day + 2000)}`)).toEqual([b.number]);
    const first = await ask('incidents?camera=yard&limit=2');
    expect(first.body['next']).toBe(b.number);
    const second = await ask(`incidents?camera=yard&limit=2&before=${String(first.body['next'])}`);
    expect(second.body.incidents.map(({ number }) => number)).toEqual([a.number]);
    expect(second.body).not.toHaveProperty('next');
    expect((await ask('incidents/counts')).body).toEqual({
      counts: { open: 1, notified: 0, acknowledged: 1, resolved: 1, expired: 0 },
    });
  });

  it('has those gathered in a storm under the storm', async () => {
    const rules = { ...RULES, storm: { incidents: 2, withinMs: 60_000 } };
    const at = Date.UTC(2026, 1, 1);
    for (const n of [1, 2, 3, 4])
      await api.deps.ports.incidents.accept(
        {
          ...anAlert(`storm-${n}`, 0),
          ...{ cameraId: n > 3 ? 'yard' : 'gate-1', subject: `z${n}`, at: at + n },
          severity: n === 4 ? 'critical' : 'warning',
        },
        rules,
        PLAN,
        at + n,
      );
    const range = `from=${iso(at)}&to=${iso(at + 60_000)}`;
    const all = (await ask(`incidents?${range}`)).body.incidents;
    const storm = all.find(({ isStorm }) => isStorm);
    const gathered = await numbers(`storm=${String(storm?.['number'])}`);
    const before = await api.deps.ports.incidents.counts();
    expect(gathered).toHaveLength(2);
    expect(
      all.filter(({ storm: inStorm }) => inStorm === storm?.['number']).map(({ number }) => number),
    ).toEqual(gathered);
    const above = await numbers(`${range}&storm=none`);
    expect(above).toContain(storm?.['number']);
    // People are told of critical ones all the same.
    const critical = all.find(({ severity, isStorm }) => severity === 'critical' && !isStorm);
    expect(above.filter((number) => gathered.includes(number))).toEqual([critical?.['number']]);
    await api.deps.ports.incidents.acknowledge('storm-3', 'person:lan', at + 9);
    expect(await api.deps.ports.incidents.counts()).toEqual(before);
    const { body } = await ask(`incidents/${String(storm?.['number'])}`);
    expect(body['gathered']).toMatchObject({ incidents: gathered.length });
  });

  it.each([
    ['state=over', 400, 'state'],
    ['camera=A%20B', 400, 'camera'],
    ['severity=high', 400, 'severity'],
    ['from=yesterday', 400, 'from'],
    ['before=x', 400, 'before'],
    ['limit=0', 400, 'limit'],
    ['limit=201', 400, 'limit'],
    ['storm=all', 400, 'storm'],
    ['storm=99999', 404, 'storm'],
    ['colour=red', 400, 'colour'],
  ])('refuses ?%s, naming the field', async (query, status, field) => {
    const answer = await ask(`incidents?${query}`);
    expect([answer.status, answer.body.error.field?.split('.')[0]]).toEqual([status, field]);
  });
});

describe('one incident', () => {
  it('comes with alerts, messages, notes, plan and history, times as ISO 8601 and no key of a store', async () => {
    const incident = await open({ severity: 'critical', snapshot: 'gate-1/x.jpg', eventId: 'e-1' });
    const second = {
      ...anAlert(`${incident.id}-2`, 0),
      subject: incident.id,
      at: AT,
      severity: 'critical' as const,
    };
    await api.deps.ports.incidents.accept(second, RULES, PLAN, AT);
    await tellOf(api, incident);
    const { body } = await ask(`incidents/${incident.number}`);
    expect(body).toMatchObject({
      ...{ number: incident.number, id: incident.id, camera: 'gate-1', cameraName: 'Main gate' },
      ...{ severity: 'critical', state: 'notified', alerts: 2, firstAt: iso(AT - 1000), lastAt: iso(AT) },
      ...{ isStorm: false, isFlapping: false, eventId: 'e-1', openedAt: iso(AT) },
      snapshot: `/api/v1/incidents/${incident.number}/snapshot.jpg`,
      plan: {
        policy: 'guards',
        steps: [
          { step: 0, afterS: 0, dueAt: iso(AT), to: ['*'], mode: 'all' },
          { step: 1, afterS: 120, dueAt: iso(AT + 120_000), to: ['*'], mode: 'all' },
        ],
      },
      alertList: [
        { id: second.id, state: 'accepted' },
        { id: incident.id, state: 'accepted', at: iso(AT - 1000) },
      ],
      deliveries: [{ recipient: 'guard', channel: 'sms', state: 'pending', occasion: 0 }],
      notes: [],
    });
    expect((body['history'] as { action: string }[]).map(({ action }) => action)).toContain(
      'incident.opened',
    );
    expect(JSON.stringify(body['deliveries'])).not.toMatch(/84912345678|example\.org/);
  });

  it('has its picture, and says when it has none or keeps it no longer', async () => {
    const key = `gate-1/${randomUUID()}.jpg`;
    const jpeg = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#888' } })
      .jpeg()
      .toBuffer();
    await api.deps.ports.snapshots.put(key, jpeg);
    const [has, lost, none] = [
      await open({ snapshot: key }),
      await open({ snapshot: 'gate-1/lost.jpg' }),
      await open(),
    ];
    const answer = await api.fetch(`/api/v1/incidents/${has.number}/snapshot.jpg`, { as: 'viewer' });
    expect([answer.headers.get('content-type'), Buffer.from(await answer.arrayBuffer())]).toEqual([
      'image/jpeg',
      jpeg,
    ]);
    for (const { number } of [lost, none])
      expect((await ask(`incidents/${number}/snapshot.jpg`)).body.error).toMatchObject({
        code: 'no-picture',
      });
  });

  it.each([
    ['incidents/99999', 'GET', 404, 'no-such-incident'],
    ['incidents/x', 'GET', 400, 'invalid'],
    ['incidents/0', 'GET', 400, 'invalid'],
    ['incidents/0x1', 'GET', 400, 'invalid'],
    ['incidents/1e3', 'GET', 400, 'invalid'],
    ['incidents/99999/acknowledge', 'POST', 404, 'no-such-incident'],
    ['incidents/99999/resolve', 'POST', 404, 'no-such-incident'],
    ['incidents/99999/snapshot.jpg', 'GET', 404, 'no-such-incident'],
    ['deliveries?incident=99999', 'GET', 404, 'no-such-incident'],
  ])('%s (%s): %i %s', async (path, method, status, code) => {
    const answer = await ask(path, 'operator', method);
    expect([answer.status, answer.body.error.code]).toEqual([status, code]);
  });
});

describe('what people do', () => {
  it('acknowledging twice is one, by the first; after the end it says who ended it, and when', async () => {
    const { number, id } = await open();
    const path = `incidents/${number}/acknowledge`;
    expect(await ask(path, 'operator', 'POST')).toMatchObject({
      status: 200,
      body: { isNew: true, incident: { state: 'acknowledged', acknowledged: { by: 'key:o', at: iso(AT) } } },
    });
    now = AT + 5000;
    expect(await ask(path, 'admin', 'POST')).toMatchObject({
      status: 200,
      body: { isNew: false, incident: { acknowledged: { by: 'key:o', at: iso(AT) } } },
    });
    expect(await ask(`incidents/${number}/resolve`, 'admin', 'POST')).toMatchObject({
      status: 200,
      body: { incident: { state: 'resolved', ended: { by: 'key:a', at: iso(AT + 5000) } } },
    });
    for (const again of ['acknowledge', 'resolve']) {
      const late = await ask(`incidents/${number}/${again}`, 'operator', 'POST');
      expect([late.status, late.body.error]).toEqual([
        409,
        {
          code: 'ended',
          message: `incident #${number} was resolved by key:a at ${iso(AT + 5000)}`,
          field: 'number',
        },
      ]);
    }
    now = AT;
    const trail = await api.deps.ports.audit.list({ subject: `incident/${id}`, limit: 10 });
    expect(trail.map(({ action, actor }) => `${action} ${actor}`)).toEqual([
      'incident.resolved key:a',
      'incident.acknowledged key:o',
      'incident.opened job/alert',
    ]);
  });

  it('two at once: one of them is the first', async () => {
    const { number } = await open();
    const answers = await Promise.all(
      ['operator', 'admin', 'operator'].map((as) =>
        ask(`incidents/${number}/acknowledge`, as as Role, 'POST'),
      ),
    );
    expect(answers.map(({ body }) => body['isNew']).filter(Boolean)).toHaveLength(1);
  });

  it('a false alarm ends it, and the verdict may change later', async () => {
    const { number } = await open({ plan: NOBODY });
    const path = `incidents/${number}/verdict`;
    expect(await ask(path, 'operator', 'POST', { isFalseAlarm: true, reason: ' a cat ' })).toMatchObject({
      status: 200,
      body: {
        incident: {
          state: 'resolved',
          verdict: { isFalseAlarm: true, reason: 'a cat', by: 'key:o', at: iso(AT) },
        },
      },
    });
    const { body } = await ask(path, 'admin', 'POST', { isFalseAlarm: false });
    expect(body['incident']).toMatchObject({
      state: 'resolved',
      verdict: { isFalseAlarm: false, by: 'key:a' },
    });
  });

  it('notes are kept with who wrote them', async () => {
    const { number } = await open();
    const note = await ask(`incidents/${number}/notes`, 'operator', 'POST', { text: ' đã gọi bảo vệ ' });
    expect(note).toMatchObject({ status: 201, body: { by: 'key:o', at: iso(AT), text: 'đã gọi bảo vệ' } });
    expect((await ask(`incidents/${number}`)).body['notes']).toEqual([note.body]);
  });

  it.each([
    ['verdict', {}, 'isFalseAlarm'],
    ['verdict', { isFalseAlarm: true }, 'reason'],
    ['verdict', { isFalseAlarm: true, reason: '  ' }, 'reason'],
    ['verdict', { isFalseAlarm: true, reason: 'x'.repeat(501) }, 'reason'],
    ['verdict', { isFalseAlarm: true, reason: 'x', by: 'me' }, 'by'],
    ['notes', {}, 'text'],
    ['notes', { text: ' ' }, 'text'],
    ['notes', { text: 'x'.repeat(2001) }, 'text'],
  ])('%s, case %#: 400, naming the field', async (what, json, field) => {
    const { number } = await open();
    const answer = await ask(`incidents/${number}/${what}`, 'operator', 'POST', json);
    expect([answer.status, answer.body.error.field]).toEqual([400, field]);
  });

  it('a login session acts only from pages of this server', async () => {
    const { number } = await open();
    const { cookie } = await api.login('operator');
    const act = (headers: Record<string, string>) =>
      api.fetch(`/api/v1/incidents/${number}/acknowledge`, {
        method: 'POST',
        headers: { Cookie: cookie, ...headers },
      });
    expect((await act({ 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403);
    expect((await act({ 'Sec-Fetch-Site': 'same-origin' })).status).toBe(200);
  });
});

it('deliveries are listed by incident, recipient, channel and state, without addresses', async () => {
  const incident = await open();
  await tellOf(api, incident, [
    { recipient: 'guard', channel: 'sms', otherChannels: ['email'] },
    { recipient: 'chief', channel: 'webhook', otherChannels: [] },
  ]);
  const list = async (query: string) => (await ask(`deliveries?${query}`)).body['deliveries'] as object[];
  expect(await list(`incident=${incident.number}`)).toMatchObject([
    { recipient: 'chief', channel: 'webhook', state: 'pending', otherChannels: [] },
    { recipient: 'guard', channel: 'sms', state: 'pending', otherChannels: ['email'] },
  ]);
  expect(await list(`incident=${incident.number}&recipient=chief`)).toHaveLength(1);
  expect(await list(`incident=${incident.number}&channel=sms&state=pending,sending`)).toHaveLength(1);
  expect(await list(`incident=${incident.number}&state=sent`)).toEqual([]);
  expect(JSON.stringify(await list('limit=100'))).not.toMatch(/8498|8491|example\.org/);
});

it('alerts are listed with their incident, and those suppressed with the reason', async () => {
  const incident = await open();
  await api.deps.ports.incidents.suppress({ ...anAlert(randomUUID(), 0), at: AT + 9 }, 'maintenance 1', AT);
  expect((await ask('alerts?limit=100')).body['alerts']).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ state: 'suppressed', reason: 'maintenance 1', at: iso(AT + 9) }) as object,
      expect.objectContaining({ state: 'accepted', incidentId: incident.id, createdAt: iso(AT) }) as object,
    ]),
  );
});

it('the audit trail is filtered and paged, and shows that nobody has altered it', async () => {
  const { number } = await open();
  await ask(`incidents/${number}/acknowledge`, 'operator', 'POST');
  const list = async (query: string) => (await ask(`audit?${query}`, 'admin')).body;
  const entries = (await list('action=incident.ack&actor=key:o&limit=1'))['entries'] as Record<
    string,
    unknown
  >[];
  expect(entries).toMatchObject([{ action: 'incident.acknowledged', actor: 'key:o', at: iso(AT) }]);
  const next = (await list(`before=${String(entries[0]?.['id'])}&limit=1`))['entries'] as { id: number }[];
  expect(next[0]?.id).toBeLessThan(Number(entries[0]?.['id']));
  expect((await list(`from=${iso(AT * 2)}`))['entries']).toEqual([]);
  expect((await list('actor=nobody'))['entries']).toEqual([]);
  expect(await list('before=x')).toMatchObject({ error: { field: 'before' } });
  expect((await ask('audit/verify', 'admin')).body).toMatchObject({
    isIntact: true,
    entries: expect.any(Number) as number,
    head: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
  });
});
