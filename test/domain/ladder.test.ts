import * as fc from 'fast-check';
import { createLagMeter } from '../../src/domain/analysis-lag.js';
import { createLadder, type Ladder, type LadderStep } from '../../src/domain/ladder.js';

const IDS = ['a', 'b', 'c'];
const lagsOf = (...lags: number[]): Map<string, number> => new Map(lags.map((lag, i) => [IDS[i] ?? '', lag]));
const levels = (ladder: Ladder): number[] => IDS.map((id) => ladder.levelOf(id));

/** Ticks once a second. */
function play(ladder: Ladder, from: number, seconds: number, lags: Map<string, number>): LadderStep[] {
  return Array.from({ length: seconds }, (_, i) => ladder.tick((from + i) * 1000, lags)).flat();
}

test('one late tick is nothing; from the second on one camera a tick gives something up, the latest first', () => {
  const ladder = createLadder();
  expect(play(ladder, 0, 1, lagsOf(0, 5000, 2500))).toEqual([]);
  expect(play(ladder, 1, 4, lagsOf(0, 5000, 2500))).toEqual([
    { cameraId: 'b', from: 0, to: 1, lagMs: 5000 },
    { cameraId: 'c', from: 0, to: 1, lagMs: 2500 },
    { cameraId: 'a', from: 0, to: 1, lagMs: 0 },
    { cameraId: 'b', from: 1, to: 2, lagMs: 5000 },
  ]);
  play(ladder, 5, 60, lagsOf(0, 5000, 2500));
  expect(levels(ladder)).toEqual([3, 3, 3]);
});

test('all of it is given back, slowly, when nobody has been behind for ten seconds', () => {
  const ladder = createLadder();
  play(ladder, 0, 4, lagsOf(3000, 3000, 3000));
  expect(levels(ladder)).toEqual([1, 1, 1]);
  expect(play(ladder, 4, 10, lagsOf(0, 499, 0))).toEqual([]);
  expect(play(ladder, 14, 1, lagsOf(0, 499, 0))).toMatchObject([{ cameraId: 'a', from: 1, to: 0 }]);
  expect(play(ladder, 15, 2, lagsOf(0, 499, 0))).toEqual([]);
  expect(play(ladder, 17, 1, lagsOf(0, 499, 0))).toHaveLength(1);
  play(ladder, 18, 5, lagsOf(0, 499, 0));
  expect(levels(ladder)).toEqual([0, 0, 0]);
});

test('between the two bounds nothing changes', () => {
  const ladder = createLadder();
  play(ladder, 0, 3, lagsOf(3000, 0, 0));
  const before = levels(ladder);
  expect(play(ladder, 3, 300, lagsOf(1900, 600, 0))).toEqual([]);
  expect(levels(ladder)).toEqual(before);
});

test('a machine that just cannot carry one step less is asked ever more rarely', () => {
  const ladder = createLadder();
  let steps = 0;
  // Behind when nothing is given up, well when one step is.
  for (let s = 0; s < 3600; s++)
    steps += ladder.tick(s * 1000, lagsOf(ladder.levelOf('a') === 0 ? 3000 : 100)).length;
  expect(steps).toBeLessThan(2 * (3600 / 160) + 12);
  expect(steps).toBeGreaterThan(10);
});

test('a camera that is not analysed at all takes nothing from the others', () => {
  expect(play(createLadder(), 0, 60, lagsOf(60_000, 0))).toEqual([]);
});

test('a camera that comes begins where the best served ones are; one that goes is forgotten', () => {
  const ladder = createLadder();
  play(ladder, 0, 5, lagsOf(3000, 3000));
  expect(ladder.tick(5000, lagsOf(1000, 1000, 1000))).toEqual([
    { cameraId: 'c', from: 0, to: 2, lagMs: 1000 },
  ]);
  ladder.tick(6000, lagsOf(1000));
  expect(levels(ladder)).toEqual([2, 0, 0]);
});

test('whatever happens: levels 0..3, fair within one, every step is of one level and told, and up only when somebody is behind', () => {
  const lag = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 50_000 }));
  const tick = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e'), lag);
  fc.assert(
    fc.property(fc.array(tick, { maxLength: 80 }), (story) => {
      const ladder = createLadder();
      const told = new Map<string, number>();
      story.forEach((lags, s) => {
        const now = new Map(Object.entries(lags));
        const before = new Map(told);
        const steps = ladder.tick(s * 1000, now);
        for (const id of [...told.keys()]) if (!now.has(id)) told.delete(id);
        for (const { cameraId, from, to } of steps) {
          expect(told.get(cameraId) ?? 0).toBe(from);
          if (before.has(cameraId)) expect(Math.abs(to - from)).toBe(1);
          if (before.has(cameraId) && to > from) expect(Math.max(...now.values())).toBeGreaterThan(2000);
          told.set(cameraId, to);
        }
        for (const id of now.keys()) {
          expect(ladder.levelOf(id)).toBe(told.get(id) ?? 0);
          told.set(id, ladder.levelOf(id));
        }
        const all = [...now.keys()].map((id) => ladder.levelOf(id));
        if (all.length > 0) {
          expect(Math.min(...all)).toBeGreaterThanOrEqual(0);
          expect(Math.max(...all)).toBeLessThanOrEqual(3);
          expect(Math.max(...all) - Math.min(...all)).toBeLessThanOrEqual(1);
        }
      });
    }),
  );
});

describe('how far the analysis is behind', () => {
  const entry = (seq: number, sampledAt: number, pass = 1) => ({ pass, seq, sampledAt });
  const at = (seq: number, pass = 1) => ({ pass, seq });

  test('is how long the oldest frame seen waiting has waited', () => {
    const meter = createLagMeter();
    expect(meter.look(1000, entry(10, 990), at(9))).toBe(10);
    expect(meter.look(2000, entry(20, 1990), at(9))).toBe(1010);
    expect(meter.look(3000, entry(30, 2990), at(15))).toBe(1010);
    expect(meter.look(4000, entry(30, 2990), at(30))).toBe(0);
  });

  test('is nothing for a frame that came long after the one before', () => {
    const meter = createLagMeter();
    expect(meter.look(1000, entry(1, 1000), at(1))).toBe(0);
    expect(meter.look(60_000, entry(2, 59_990), at(1))).toBe(10);
  });

  test('is nothing when the ring is empty, lost or not, and counts on into the next pass', () => {
    const meter = createLagMeter();
    meter.look(1000, entry(10, 990), undefined);
    expect(meter.look(3000, undefined, undefined)).toBe(0);
    expect(meter.look(4000, entry(1, 3900, 2), at(500))).toBe(100);
    expect(meter.look(6000, entry(7, 5900, 2), at(500))).toBe(2100);
  });
});
