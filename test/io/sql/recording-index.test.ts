import { createRecordingIndex } from '../../../src/io/sql/recording-index.js';
import { createHolds } from '../../../src/io/sql/holds.js';
import type { Database } from '../../../src/io/sql/schema.js';
import type { Segment } from '../../../src/ports.js';
import { onBothDatabases } from '../../support/databases.js';

const T0 = 1_795_251_600_000;

const segment = (startAt: number, given: Partial<Segment> = {}): Segment => ({
  ...{ id: `gate-1-${T0 + startAt}`, cameraId: 'gate-1', node: 'alpha', path: `gate-1/${startAt}.mp4` },
  ...{ startAt: T0 + startAt, endAt: T0 + startAt + 60_000, bytes: 5_000_000_000, codec: 'avc1.64001f' },
  ...{ width: 768, height: 576, why: 'always', state: 'open', tier: 'hot', isProtected: false },
  ...given,
});
const closed = (startAt: number, given: Partial<Segment> = {}) =>
  segment(startAt, { state: 'closed', sha256: 'aa', ...given });

const hold = (database: Database, given: { cameraId: string; from: number; to: number }) =>
  createHolds(database).add({ id: 'h', reason: 'a theft', by: 'person:lan', createdAt: T0, ...given });
const COPY = {
  ...{ key: 'recordings/x.mp4', bytes: 3, sha256: 'cc', codec: 'hvc1', movedAt: T0 + 9e9 },
};

onBothDatabases('recordings', ({ open }) => {
  it('goes from open to closed, and gives back what was stored', async () => {
    const index = createRecordingIndex(await open());
    const one = segment(0);
    await index.open(one);
    expect(await index.get(one.id)).toEqual(one);
    expect(await index.unclosed('alpha')).toEqual([one]);
    expect(await index.unclosed('beta')).toEqual([]);

    await index.grow(one.id, T0 + 70_000.4, 6_000_000_000);
    await index.open(segment(0, { endAt: 1, bytes: 1 }));
    expect(await index.get(one.id)).toEqual({ ...one, endAt: T0 + 70_000, bytes: 6_000_000_000 });

    await index.close(one.id, { endAt: T0 + 80_000, bytes: 7, sha256: 'bb' });
    await index.grow(one.id, T0, 1);
    const end = { ...one, endAt: T0 + 80_000, bytes: 7, sha256: 'bb', state: 'closed' };
    expect(await index.get(one.id)).toEqual(end);
    expect(await index.unclosed('alpha')).toEqual([]);

    await index.remove(one.id);
    await index.remove(one.id);
    expect(await index.get(one.id)).toBeUndefined();
  });

  it('lists what touches a time, oldest first', async () => {
    const index = createRecordingIndex(await open());
    for (const at of [120_000, 0, 60_000]) await index.open(closed(at));
    await index.open(segment(60_000, { id: 'door-2-x', cameraId: 'door-2' }));
    const starts = async (from: number, to: number, limit = 9) =>
      (await index.list({ cameraId: 'gate-1', from: T0 + from, to: T0 + to, limit })).map(
        ({ startAt }) => startAt - T0,
      );
    expect(await starts(0, 180_000)).toEqual([0, 60_000, 120_000]);
    expect(await starts(59_999, 60_001)).toEqual([0, 60_000]);
    expect(await starts(60_000, 120_000)).toEqual([60_000]);
    expect(await starts(60_000, 60_000.5)).toEqual([60_000]);
    expect(await starts(-100, 0)).toEqual([]);
    expect(await starts(0, 180_000, 2)).toEqual([0, 60_000]);
    expect(await index.list({ from: T0 + 60_000, to: T0 + 60_001, limit: 9 })).toHaveLength(2);
  });

  it('removes only what is closed, unprotected, on that disk, and old enough', async () => {
    const database = await open();
    const index = createRecordingIndex(database);
    await index.open(closed(60_000));
    await index.open(closed(0));
    await index.open(closed(1, { id: 'a', cameraId: 'held-1' }));
    await hold(database, { cameraId: 'held-1', from: T0 + 60_000, to: T0 + 60_001 });
    await index.open(closed(2, { id: 'b', tier: 'cold' }));
    await index.open(closed(3, { id: 'c', node: 'beta' }));
    await index.open(segment(4, { id: 'd' }));
    await index.open(closed(5, { id: 'e', cameraId: 'door-2' }));
    const starts = async (filter: object) =>
      (await index.removable({ node: 'alpha', limit: 9, ...filter })).map(({ startAt }) => startAt - T0);
    expect(await starts({})).toEqual([0, 5, 60_000]);
    expect(await starts({ limit: 1 })).toEqual([0]);
    expect(await starts({ cameraId: 'gate-1' })).toEqual([0, 60_000]);
    expect(await starts({ cameraId: 'gate-1', why: 'motion' })).toEqual([]);
    expect(await starts({ isRestored: true })).toEqual([]);
    expect(await starts({ isRestored: false, limit: 1 })).toEqual([0]);
    expect(await starts({ before: T0 + 60_001 })).toEqual([0]);
    expect(await starts({ cameraId: 'door-2', before: T0 + 60_000 })).toEqual([]);
  });

  it('adds up by camera', async () => {
    const index = createRecordingIndex(await open());
    expect(await index.totals()).toEqual([]);
    await index.open(closed(0));
    await index.open(segment(60_000));
    await index.open(closed(5, { id: 'e', cameraId: 'door-2', bytes: 3 }));
    expect(await index.totals()).toEqual([
      { cameraId: 'door-2', segments: 1, bytes: 3 },
      { cameraId: 'gate-1', segments: 2, bytes: 10_000_000_000 },
    ]);
  });

  it('go cold and come back', async () => {
    const index = createRecordingIndex(await open());
    const one = closed(0);
    const left = async (before = T0 + 1e12) =>
      (await index.leftovers({ node: 'alpha', before, limit: 9 })).map(({ id }) => id);
    await index.open(one);
    await index.open(segment(1, { id: 'open' }));
    expect(await index.moved('open', COPY)).toBe(false);
    expect(await index.restoring(one.id, T0)).toBe(false);
    expect(await index.moved(one.id, COPY)).toBe(true);
    expect(await index.moved(one.id, COPY)).toBe(false);
    const cold = { ...one, tier: 'cold', cold: COPY, checkedAt: COPY.movedAt };
    expect(await index.get(one.id)).toEqual(cold);
    // Its original may still lie there; in the cold store nothing of it is to go before that is settled.
    expect(await left()).toEqual([one.id]);
    expect(await index.nodes()).toEqual(['alpha']);
    const old = { cameraId: 'gate-1', why: 'always', before: T0 + 1e9, limit: 9 } as const;
    expect(await index.cold(old)).toEqual([]);
    await index.settled([one.id]);
    expect(await left()).toEqual([]);
    expect(await index.cold(old)).toEqual([cold]);
    expect(await index.cold({ ...old, after: one })).toEqual([]);
    expect(await index.cold({ ...old, why: 'motion' })).toEqual([]);

    expect(await index.restored(one.id)).toBe(false);
    await index.restoring(one.id, T0 + 5000);
    await index.restoring(one.id, T0 + 4000);
    await index.settled([one.id]);
    expect(await left(T0 + 5000)).toEqual([]);
    expect(await left(T0 + 5001)).toEqual([one.id]);
    expect(await index.restored(one.id)).toBe(true);
    const back = { ...cold, tier: 'hot', restoredUntil: T0 + 5000 };
    expect(await index.get(one.id)).toEqual(back);
    expect(await index.removable({ node: 'alpha', isRestored: true, limit: 9 })).toEqual([back]);
    expect(await index.aging({ node: 'alpha', limit: 9 })).toEqual([]);
    expect(await index.endRestore(one.id, T0 + 5000)).toBe(false);
    expect(await index.endRestore(one.id, T0 + 5001)).toBe(true);
    await index.settled([one.id]);
    expect(await index.get(one.id)).toEqual(cold);
  });

  it('held ones do not move, and are said to be held', async () => {
    const database = await open();
    const [index, holds] = [createRecordingIndex(database), createHolds(database)];
    const one = closed(0);
    await index.open(one);
    await hold(database, { cameraId: 'gate-1', from: T0 - 9, to: T0 });
    expect((await index.get(one.id))?.isProtected).toBe(false);
    await holds.release('h', 'person:lan', T0);
    await holds.add({
      ...{ id: 'i', cameraId: 'gate-1', from: T0 + 59_999.9, to: T0 + 9e9, reason: 'x', by: 'y' },
      ...{ incident: 42, createdAt: T0 + 1 },
    });
    expect((await index.get(one.id))?.isProtected).toBe(true);
    expect(await index.moved(one.id, COPY)).toBe(false);
    expect((await holds.list({ limit: 9 })).map(({ id }) => id)).toEqual(['i', 'h']);
    expect(await holds.list({ active: true, from: T0 + 60_000, to: T0 + 60_001, limit: 9 })).toMatchObject([
      { id: 'i', from: T0 + 59_999, incident: 42 },
    ]);
    expect(await holds.list({ active: false, limit: 9 })).toMatchObject([
      { id: 'h', releasedAt: T0, releasedBy: 'person:lan' },
    ]);
    await holds.release('h', 'person:mai', T0 + 5);
    expect((await holds.get('h'))?.releasedBy).toBe('person:lan');
    expect(await holds.release('nope', 'person:mai', T0)).toBeUndefined();
    // Added again it stays as it is.
    expect(await hold(database, { cameraId: 'other', from: 1, to: 2 })).toMatchObject({ cameraId: 'gate-1' });
  });

  it('are looked at in turn: those longest not looked at first', async () => {
    const index = createRecordingIndex(await open());
    const before = T0 + 1e10;
    const asked = async (given: object = {}) =>
      (await index.unchecked({ node: 'alpha', before, limit: 9, ...given })).map(({ id }) => id);
    for (const [i, id] of ['a', 'b', 'c'].entries()) await index.open(closed(i * 60_000, { id }));
    await index.open(closed(1, { id: 'far', node: 'beta' }));
    await index.open(closed(2, { id: 'cold', node: 'beta' }));
    await index.moved('cold', { ...COPY, movedAt: T0 + 2e9 });
    await index.open(segment(3, { id: 'open' }));
    expect(await asked()).toEqual(['a', 'b', 'c', 'cold']);
    expect(await asked({ isColdToo: false, limit: 2 })).toEqual(['a', 'b']);
    await index.checked('a', T0 + 3e9);
    expect(await asked()).toEqual(['b', 'c', 'cold', 'a']);
    expect(await index.damaged('b', T0 + 1)).toBe(true);
    expect(await index.damaged('b', T0 + 2)).toBe(false);
    expect(await index.get('b')).toMatchObject({ damagedAt: T0 + 1 });
    expect(await asked({ before: T0 + 3e9 })).toEqual(['c', 'cold']);
  });

  it('add up by camera, cause and place', async () => {
    const index = createRecordingIndex(await open());
    await index.open(closed(0));
    await index.open(closed(60_000, { why: 'motion' }));
    await index.open(closed(7, { id: 'e', cameraId: 'door-2', bytes: 3, node: 'beta' }));
    await index.open(closed(8, { id: 'f', cameraId: 'door-2', bytes: 4 }));
    await index.moved('e', COPY);
    const sums = async (node?: string) =>
      (await index.sums(node)).map(({ cameraId, why, tier, segments, bytes }) =>
        [cameraId, why, tier, segments, bytes].join(' '),
      );
    expect((await sums()).sort()).toEqual([
      'door-2 always cold 1 3',
      'door-2 always hot 1 4',
      'gate-1 always hot 1 5000000000',
      'gate-1 motion hot 1 5000000000',
    ]);
    expect(await sums('beta')).toEqual(['door-2 always cold 1 3']);
    expect(await index.oldest()).toEqual([
      { cameraId: 'door-2', startAt: T0 + 7 },
      { cameraId: 'gate-1', startAt: T0 },
    ]);
  });

  it('age page by page', async () => {
    const index = createRecordingIndex(await open());
    for (const id of ['a', 'b', 'c']) await index.open(closed(0, { id }));
    await index.open(closed(60_000, { id: 'd' }));
    const page = async (after?: { startAt: number; id: string }) =>
      (await index.aging({ node: 'alpha', limit: 2, ...(after && { after }) })).map(({ id }) => id);
    expect(await page()).toEqual(['a', 'b']);
    expect(await page({ startAt: T0, id: 'b' })).toEqual(['c', 'd']);
    expect(await page({ startAt: T0 + 60_000, id: 'd' })).toEqual([]);
  });
});
