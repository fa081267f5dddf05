import { createRecordingIndex } from '../../../src/io/sql/recording-index.js';
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
    const index = createRecordingIndex(await open());
    await index.open(closed(60_000));
    await index.open(closed(0));
    await index.open(closed(1, { id: 'a', isProtected: true }));
    await index.open(closed(2, { id: 'b', tier: 'cold' }));
    await index.open(closed(3, { id: 'c', node: 'beta' }));
    await index.open(segment(4, { id: 'd' }));
    await index.open(closed(5, { id: 'e', cameraId: 'door-2' }));
    const starts = async (filter: object) =>
      (await index.removable({ node: 'alpha', limit: 9, ...filter })).map(({ startAt }) => startAt - T0);
    expect(await starts({})).toEqual([0, 5, 60_000]);
    expect(await starts({ limit: 1 })).toEqual([0]);
    expect(await starts({ cameraId: 'gate-1' })).toEqual([0, 60_000]);
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
});
