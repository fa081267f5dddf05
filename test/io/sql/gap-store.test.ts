import { createGapStore } from '../../../src/io/sql/gap-store.js';
import type { Gap, Gaps } from '../../../src/ports.js';
import { onBothDatabases } from '../../support/databases.js';

const gap = (from: number, more: Partial<Gap> = {}): Gap => ({
  cameraId: 'gate-1',
  track: 'analysis',
  from,
  cause: 'network',
  ...more,
});
const spans = async (store: Gaps, filter: object = {}) =>
  (await store.list({ cameraId: 'gate-1', track: 'analysis', from: 0, to: 1e13, ...filter })).map(
    ({ from, to }) => [from, to],
  );
const never = new AbortController().signal;

onBothDatabases('gaps', ({ open, address }) => {
  it('gives back what was stored, without a password in the reason', async () => {
    const store = createGapStore(await open());
    const reason = 'rtsp://u:hunter2@10.0.0.5/ refuses \u0000';
    await store.begin(gap(1_795_251_600_123, { reason, cause: 'camera' }));
    expect(await store.list({ cameraId: 'gate-1', from: 0, to: 1e13 })).toEqual([
      gap(1_795_251_600_123, { cause: 'camera', reason: 'rtsp://***@10.0.0.5/ refuses \uFFFD' }),
    ]);
  });

  it('a repeat changes nothing, also after the end', async () => {
    const store = createGapStore(await open());
    await store.begin(gap(100));
    await store.begin(gap(100, { cause: 'disk' }));
    await store.end('gate-1', 'analysis', 200);
    await store.end('gate-1', 'analysis', 300);
    await store.begin(gap(100));
    expect(await store.list({ cameraId: 'gate-1', from: 0, to: 1e13 })).toEqual([gap(100, { to: 200 })]);
  });

  it('told again with its end, it has one; an end it has stays', async () => {
    const store = createGapStore(await open());
    await store.begin(gap(100));
    await store.begin(gap(100, { to: 180 }));
    await store.begin(gap(100, { to: 190 }));
    await store.begin(gap(300, { to: 310 }));
    expect(await spans(store)).toEqual([
      [100, 180],
      [300, 310],
    ]);
  });

  it.each([
    ['in order', [100, 200, 300]],
    ['with one that comes late', [100, 300, 200]],
    ['backwards', [300, 200, 100]],
    ['with repeats', [100, 200, 100, 300, 200, 100]],
  ])('the next one ends the one before, %s', async (_, order) => {
    const store = createGapStore(await open());
    for (const from of order) await store.begin(gap(from));
    expect(await spans(store)).toEqual([
      [100, 200],
      [200, 300],
      [300, undefined],
    ]);
  });

  it('tracks and cameras do not touch each other', async () => {
    const store = createGapStore(await open());
    await store.begin(gap(100));
    await store.begin(gap(200, { track: 'recording' }));
    await store.begin(gap(300, { cameraId: 'gate-2' }));
    await store.end('gate-1', 'recording', 400);
    expect(await spans(store)).toEqual([[100, undefined]]);
    expect(await spans(store, { track: 'recording' })).toEqual([[200, 400]]);
    expect(await spans(store, { cameraId: 'gate-2' })).toEqual([[300, undefined]]);
  });

  it('a late end of an earlier gap leaves the one that lasts; one a moment early ends it where it began', async () => {
    const store = createGapStore(await open());
    await store.begin(gap(1_000_000));
    await store.end('gate-1', 'analysis', 900_000);
    expect(await spans(store)).toEqual([[1_000_000, undefined]]);
    await store.end('gate-1', 'analysis', 999_900);
    expect(await spans(store)).toEqual([[1_000_000, 1_000_000]]);
  });

  it('lists what touches a time: from is included, to is not', async () => {
    const store = createGapStore(await open());
    await store.begin(gap(100, { to: 200 }));
    await store.begin(gap(300));
    for (const [from, to, starts] of [
      [0, 100, []],
      [0, 101, [100]],
      [199, 300, [100]],
      [200, 300, []],
      [250, 301, [300]],
      [9e12, 9e12 + 1, [300]],
    ] as const)
      expect((await spans(store, { from, to })).map(([start]) => start)).toEqual(starts);
  });

  it('removes what ended before, never one that lasts', async () => {
    const store = createGapStore(await open());
    await store.begin(gap(100, { to: 200 }));
    await store.begin(gap(200, { to: 300 }));
    await store.begin(gap(400));
    expect(await store.removeBefore(300, AbortSignal.abort())).toBe(0);
    expect(await store.removeBefore(300, never)).toBe(1);
    expect(await store.removeBefore(1e12, never)).toBe(1);
    expect(await spans(store)).toEqual([[400, undefined]]);
  });

  it('two processes beginning at once leave one that lasts', async () => {
    const at = await address();
    const stores = [createGapStore(await open(at)), createGapStore(await open(at))] as const;
    const froms = Array.from({ length: 20 }, (_, i) => 100 + i * 10);
    await Promise.all(froms.map((from, i) => stores[i % 2 === 0 ? 0 : 1].begin(gap(from))));
    expect(await spans(stores[0])).toEqual(froms.map((from, i) => [from, froms[i + 1]]));
  });
});
