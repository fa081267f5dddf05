import { randomUUID } from 'node:crypto';
import { ExportRequest } from '../../../src/domain/export/request.js';
import { createExportStore } from '../../../src/io/sql/exports.js';
import type { ExportResult, ExportStore } from '../../../src/ports/exports.js';
import { onBothDatabases } from '../../support/databases.js';

const RESULT: ExportResult = {
  ...{ key: 'k/clip.mp4', poster: 'k/poster.jpg', manifest: 'k/manifest.json' },
  sprite: { key: 'k/sprite.jpg', columns: 10, count: 12, everyMs: 1000, widthPx: 160, heightPx: 90 },
  ...{ bytes: 5, sha256: 'a'.repeat(64), durationMs: 12_000, width: 160, height: 90, codec: 'h264' },
  ...{ how: 'copy', gaps: [{ from: 1, to: 2, cause: 'network', reason: 'x' }] },
};
const request = (cameraId = 'gate-1') => ExportRequest.parse({ cameraId, from: 1000, to: 2000 });
const wish = (id: string, at = 10, cameraId?: string) => ({
  ...{ id, request: request(cameraId), requestedAt: at, requestedBy: 'key:a' },
});

onBothDatabases('exports', ({ shared }) => {
  let store: ExportStore;
  beforeEach(async () => {
    store = createExportStore(await shared());
  });

  it('keeps what was asked for first, whoever asks again', async () => {
    const id = randomUUID();
    const asked = await store.request({ ...wish(id), incident: 7 });
    expect(asked).toEqual({ ...wish(id), incident: 7, state: 'waiting' });
    expect(await store.request({ ...wish(id, 99), requestedBy: 'key:b' })).toEqual(asked);
    expect(await store.running(id, 11)).toMatchObject({ state: 'running', startedAt: 11 });
    expect(await store.running(id, 12)).toMatchObject({ startedAt: 11 });
    expect(await store.request(wish(id, 99))).toMatchObject({ state: 'running', requestedAt: 10 });
    const done = await store.done(id, RESULT, 20, 30);
    expect(done).toMatchObject({ state: 'done', result: RESULT, endedAt: 20, expiresAt: 30 });
    expect(await store.request(wish(id, 99))).toEqual(done);
  });

  it.each([
    ['failed', (id: string) => store.ended(id, 'failed', 'no room', 20)],
    ['cancelled', (id: string) => store.ended(id, 'cancelled', 'by lan', 20)],
    ['expired', (id: string) => store.done(id, RESULT, 20, 30).then(() => store.expired(id))],
  ])('begins anew what %s', async (state, end) => {
    const id = randomUUID();
    await store.request({ ...wish(id), incident: 3 });
    await store.running(id, 11);
    await end(id);
    expect(await store.get(id)).toMatchObject({ state });
    const again = { ...wish(id, 50), requestedBy: 'key:b' };
    expect(await store.request(again)).toEqual({ ...again, state: 'waiting' });
  });

  it('two that ask at once get one', async () => {
    const id = randomUUID();
    const both = await Promise.all([1, 2, 3, 4].map((at) => store.request(wish(id, at))));
    expect(new Set(both.map(({ requestedAt }) => requestedAt)).size).toBe(1);
  });

  it.each(['failed', 'cancelled'] as const)('what was %s is not done afterwards', async (state) => {
    const id = randomUUID();
    await store.request(wish(id));
    await store.ended(id, state, 'why', 20);
    expect(await store.done(id, RESULT, 21, 30)).toMatchObject({ state, reason: 'why' });
    expect(await store.running(id, 22)).toMatchObject({ state });
    await store.expired(id);
    expect(await store.get(id)).toMatchObject({ state });
  });

  it('what is done does not fail afterwards', async () => {
    const id = randomUUID();
    await store.request(wish(id));
    await store.done(id, RESULT, 20, 30);
    expect(await store.ended(id, 'failed', 'why', 21)).toMatchObject({ state: 'done' });
    expect(await store.running('none', 1)).toBeUndefined();
  });

  it('lists newest first, by camera, incident and state, page by page', async () => {
    const camera = `c-${randomUUID().slice(0, 8)}`;
    for (const [name, at] of [
      ['a', 1],
      ['b', 2],
      ['c', 2],
      ['d', 3],
    ] as const)
      await store.request({
        ...wish(`${camera}-${name}`, at, camera),
        ...(name === 'b' && { incident: 4242 }),
      });
    await store.ended(`${camera}-a`, 'failed', 'x', 9);
    const names = async (filter: object) =>
      (await store.list({ cameraId: camera, limit: 9, ...filter })).map(({ id }) => id.at(-1)).join('');
    expect(await names({})).toBe('dcba');
    expect(await names({ limit: 2 })).toBe('dc');
    expect(await names({ after: { at: 2, id: `${camera}-c` } })).toBe('ba');
    expect(await names({ state: 'failed' })).toBe('a');
    expect(await names({ incident: 4242 })).toBe('b');
  });

  it('says whose time is over, and forgets what is over long enough', async () => {
    const [due, kept, old] = [randomUUID(), randomUUID(), randomUUID()];
    for (const id of [due, kept, old]) await store.request(wish(id));
    await store.done(due, RESULT, 20, 1_000_000);
    await store.done(kept, RESULT, 20, 1_000_001);
    await store.ended(old, 'failed', 'x', 900_000);
    const ids = (await store.due(1_000_000, 1000)).map(({ id }) => id);
    expect([ids.includes(due), ids.includes(kept)]).toEqual([true, false]);
    await store.removeBefore(900_001);
    expect(await store.get(old)).toBeUndefined();
    expect(await store.get(due)).toBeDefined();
  });

  it('stores text that no database takes as it is', async () => {
    const id = randomUUID();
    await store.request({
      ...wish(id),
      requestedBy: 'a\u0000b',
      request: { ...request(), reason: 'x\u0000' },
    });
    expect(await store.get(id)).toMatchObject({ requestedBy: 'a\uFFFDb', request: { reason: 'x\uFFFD' } });
  });
});
