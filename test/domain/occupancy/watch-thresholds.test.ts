import { watchThresholds, type ThresholdMemory } from '../../../src/domain/occupancy/watch-thresholds.js';
import { Zone } from '../../../src/domain/camera-fields/lines-zones.js';
import { unitBox } from '../../../src/domain/geometry.js';
import { newTrack, type Track } from '../../../src/domain/track.js';

const START = 1_795_251_600_000;
const zone = (threshold?: object): Zone =>
  Zone.parse({
    id: 'yard',
    polygon: [
      [0, 0],
      [1, 0],
      [1, 1],
    ],
    ...(threshold && { threshold }),
  });
const inside = (count: number): Track[] =>
  Array.from({ length: count + 2 }, (_, i) => ({
    ...newTrack({ label: 'person', score: 0.9, box: unitBox(0.1, 0.1, 0.1, 0.1) }, 3, START, 0),
    // The last two do not count: one has not been inside for long enough, one is no thing for sure.
    id: i === count + 1 ? 0 : i + 1,
    zones: { yard: { since: START, entered: i !== count } },
  }));

/** Runs counts through a zone, a second each. @returns what was said: `+` begin, `-` end, with second and count */
function said(counts: readonly number[], zones: readonly Zone[], stepMs = 1000): string[] {
  let memory: ThresholdMemory | undefined;
  return counts.flatMap((count, i) => {
    const now = { at: START + i * stepMs, frame: i, aspect: 16 / 9 };
    const result = watchThresholds(memory, inside(count), zones, now);
    // The checkpoint goes through JSON.
    memory = result.memory && (JSON.parse(JSON.stringify(result.memory)) as ThresholdMemory);
    return result.events.map((event) => {
      if (event.type !== 'threshold') throw new Error(event.type);
      return `${event.phase === 'begin' ? '+' : '-'}${(event.at - START) / stepMs}:${event.count}/${event.limit}`;
    });
  });
}

it.each([
  ['one each, not one per entry', { above: 3 }, [1, 3, 4, 5, 6, 5, 4, 3, 2, 1, 0], ['+2:4/3', '-8:2/3']],
  [
    'between the two it stays as it was',
    { above: 3, clearAt: 1 },
    [4, 3, 2, 3, 4, 2, 1, 2, 3, 4],
    ['+0:4/3', '-6:1/3', '+9:4/3'],
  ],
  [
    'without a gap between the two',
    { above: 3, clearAt: 3 },
    [4, 3, 4, 3],
    ['+0:4/3', '-1:3/3', '+2:4/3', '-3:3/3'],
  ],
  ['must last, and a break begins it anew', { above: 3, forMs: 2000 }, [4, 4, 3, 4, 4, 4, 4], ['+5:4/3']],
  [
    'so must its end',
    { above: 3, clearAt: 2, forMs: 2000 },
    [4, 4, 4, 2, 2, 3, 2, 2, 2],
    ['+2:4/3', '-8:2/3'],
  ],
  ['nobody left', { above: 3 }, [5, 0, 0], ['+0:5/3', '-1:0/3']],
  ['none', undefined, [9, 0], []],
])('%s', (_, threshold, counts, expected) => {
  expect(said(counts, [zone(threshold)])).toEqual(expected);
});

it('a source that begins anew has nobody in its zones: the end is said once, and the next begin counts from there', () => {
  const zones = [zone({ above: 1, forMs: 1000 })];
  const at = (ms: number, count: number, memory?: ThresholdMemory) =>
    watchThresholds(memory, inside(count), zones, { at: START + ms, frame: 0, aspect: 1 });
  const begun = at(50_000, 2, at(49_000, 2).memory);
  expect(begun.events).toMatchObject([{ phase: 'begin' }]);
  const early = at(0, 0, begun.memory);
  const later = at(1000, 0, early.memory);
  expect([...early.events, ...later.events]).toMatchObject([{ phase: 'end', at: START + 1000 }]);
  expect(later.memory).toBeUndefined();
});

it('too many before a source begins anew do not count after it, and those after it count from there', () => {
  const zones = [zone({ above: 1, forMs: 1000 })];
  const at = (ms: number, memory?: ThresholdMemory) =>
    watchThresholds(memory, inside(2), zones, { at: START + ms, frame: 0, aspect: 1 });
  const again = at(0, at(50_000).memory);
  expect(again.events).toEqual([]);
  expect(at(1000, again.memory).events).toMatchObject([{ phase: 'begin', at: START + 1000 }]);
});

it('a zone that lost its threshold, or is gone, ends what it said', () => {
  const now = { at: START, frame: 0, aspect: 1 };
  const { memory } = watchThresholds(undefined, inside(4), [zone({ above: 3 })], now);
  for (const zones of [[zone()], []]) {
    const { events, memory: after } = watchThresholds(memory, inside(4), zones, now);
    expect(events).toEqual([
      { type: 'threshold', at: START, zone: 'yard', phase: 'end', count: 4, limit: 3 },
    ]);
    expect(after).toBeUndefined();
  }
});
