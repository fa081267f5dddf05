import fc from 'fast-check';
import { driftOf } from '../../../src/domain/occupancy/drift.js';
import { clearAtOf, isOverNow } from '../../../src/domain/occupancy/judge-area.js';
import type { CountedArea } from '../../../src/domain/occupancy/areas.js';
import type { OccupancyMark } from '../../../src/domain/occupancy/mark.js';
import { countArea, throughGates } from '../../../src/domain/occupancy/occupancy.js';
import { carryAt, lastResetAt } from '../../../src/domain/occupancy/resets.js';

const HOUR = 3_600_000;
const area: CountedArea = {
  id: 'park',
  gates: [
    { camera: 'a', line: 'in', reversed: false },
    { camera: 'b', line: 'in', reversed: true },
  ],
  classes: ['car'],
  resetTo: 0,
};
const sum = (cameraId: string, direction: 'in' | 'out', count: number, label = 'car', line = 'in') => ({
  ...{ cameraId, line, direction, class: label, count },
});

test('in and out of gates, the reversed one the other way round, of its classes and lines alone', () => {
  const rows = [
    ...[sum('a', 'in', 10), sum('a', 'out', 3), sum('b', 'in', 2), sum('b', 'out', 5)],
    ...[sum('a', 'in', 100, 'person'), sum('a', 'in', 100, 'car', 'other'), sum('c', 'in', 100)],
  ];
  expect(throughGates(area, rows)).toEqual({ in: 15, out: 5 });
  expect(throughGates({ gates: area.gates }, rows)).toEqual({ in: 115, out: 5 });
});

/** Marks and crossings in memory, as the stores answer. */
function world(
  marks: readonly OccupancyMark[],
  crossings: readonly { at: number; direction: 'in' | 'out' }[],
) {
  return {
    lastMark: async (_: string, at: number) =>
      [...marks].filter((mark) => mark.at <= at).sort((x, y) => y.at - x.at)[0],
    crossings: async ({
      cameraId,
      from = 0,
      to = Infinity,
    }: {
      cameraId: string;
      from?: number;
      to?: number;
    }) =>
      crossings
        .filter(({ at }) => cameraId === 'a' && at >= from && at < to)
        .map(({ direction }) => sum('a', direction, 1)),
  };
}
const mark = (at: number, value: number, more: Partial<OccupancyMark> = {}): OccupancyMark => ({
  ...{ id: `m${at}`, areaId: 'park', at, kind: 'correction', value, counted: value, crossings: 0, by: 'x' },
  ...more,
});

test('what is inside at any moment is the newest mark plus in minus out since then, whatever came late', async () => {
  const step = fc.record({
    at: fc.integer({ min: 1, max: 1000 }),
    direction: fc.constantFrom('in' as const, 'out' as const),
  });
  const marks = fc.uniqueArray(fc.integer({ min: 1, max: 1000 }), { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 40 }),
      marks,
      fc.integer({ min: 0, max: 1001 }),
      async (steps, at, until) => {
        const found = await countArea(
          area,
          world(
            at.map((one) => mark(one, 7)),
            steps,
          ),
          until,
        );
        const since = Math.max(0, ...at.filter((one) => one <= until));
        let inside = since > 0 ? 7 : 0;
        for (const one of steps)
          if (one.at >= since && one.at < until) inside += one.direction === 'in' ? 1 : -1;
        expect(found.raw).toBe(inside);
        expect(found.inside).toBe(Math.max(0, inside));
      },
    ),
    { numRuns: 200 },
  );
});

describe('resets', () => {
  const at = (text: string): number => Date.parse(text);
  it.each([
    // [what, zone, resetAt, now, due]
    ['today', 'Asia/Ho_Chi_Minh', '04:00', '2026-11-21T21:00:00Z', '2026-11-21T21:00:00Z'],
    [
      'a moment before it is the one of yesterday',
      'Asia/Ho_Chi_Minh',
      '04:00',
      '2026-11-21T20:59:59.999Z',
      '2026-11-20T21:00:00Z',
    ],
    ['midnight', 'Asia/Ho_Chi_Minh', '00:00', '2026-11-21T17:00:00Z', '2026-11-21T17:00:00Z'],
    [
      'summer time, the night it begins: 02:30 is skipped',
      'Europe/Berlin',
      '02:30',
      '2026-03-29T12:00:00Z',
      '2026-03-29T01:00:00Z',
    ],
    [
      'winter time, the night it begins: the first 02:30 of two',
      'Europe/Berlin',
      '02:30',
      '2026-10-25T01:15:00Z',
      '2026-10-25T00:30:00Z',
    ],
    ['the day after', 'Europe/Berlin', '02:30', '2026-10-26T12:00:00Z', '2026-10-26T01:30:00Z'],
  ])('%s', (_, zone, resetAt, now, due) => {
    expect(new Date(lastResetAt({ resetAt }, at(now), zone) ?? 0)).toEqual(new Date(due));
  });

  it('is never due without a time', () =>
    expect(lastResetAt({}, at('2026-11-21T00:00:00Z'), 'UTC')).toBeUndefined());

  it('one a day, at most 25 hours ago, whatever the clocks do', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 365 * 24 * 60 }),
        fc.integer({ min: 0, max: 1439 }),
        (minute, of) => {
          const now = at('2026-01-01T00:00:00Z') + minute * 60_000;
          const two = (value: number): string => String(value).padStart(2, '0');
          const resetAt = `${two(Math.floor(of / 60))}:${two(of % 60)}`;
          const due = lastResetAt({ resetAt }, now, 'America/New_York') ?? 0;
          expect(due).toBeLessThanOrEqual(now);
          expect(now - due).toBeLessThanOrEqual(25 * HOUR);
        },
      ),
      { numRuns: 100 },
    );
  });

  it.each([
    ['no mark', undefined, 5 * HOUR],
    ['a young one', 11 * HOUR + 1, undefined],
    ['one of a day', -13 * HOUR, 5 * HOUR],
  ])('a count is carried on: %s', (_, markAt, expected) => {
    expect(carryAt(markAt === undefined ? undefined : { at: markAt }, 11 * HOUR + 5)).toBe(expected);
  });
});

describe('drift', () => {
  const day = 24 * HOUR;
  const none = { raw: 5, in: 0, out: 0 };
  it('is unknown until somebody has counted twice: the first one says how many were there to begin with', () => {
    expect(driftOf(none, [])).toEqual({ samples: 0 });
    expect(driftOf(none, [mark(day, 40, { counted: 0, crossings: 90 })])).toEqual({ samples: 0 });
  });
  it('is learnt from what was wrong at each mark and grows with crossings since; carries are nobody’s count', () => {
    const marks = [
      mark(3 * day + 1, 0, { kind: 'carry', counted: 0, crossings: 100 }),
      mark(3 * day, 0, { kind: 'reset', counted: 6, crossings: 300 }),
      mark(2.5 * day, 0, { kind: 'carry', counted: 9, crossings: 200 }),
      mark(2 * day, 50, { counted: 46, crossings: 500 }),
      mark(day, 40, { counted: 0, crossings: 7000 }),
    ];
    // Wrong by 10 in 1000 crossings and two days.
    expect(driftOf({ raw: 30, in: 60, out: 40 }, marks)).toEqual({
      plusMinus: 2,
      perDay: 5,
      perThousand: 10,
      samples: 2,
    });
    expect(driftOf({ raw: 30, in: 61, out: 40 }, marks).plusMinus).toBe(3);
  });
  it('what is counted below nothing is wrong by that much at least', () => {
    expect(driftOf({ raw: -4, in: 0, out: 4 }, [])).toEqual({ plusMinus: 4, samples: 0 });
    const marks = [mark(2 * day, 5, { counted: 5, crossings: 100 }), mark(day, 5)];
    expect(driftOf({ raw: -4, in: 0, out: 9 }, marks).plusMinus).toBe(4);
  });
});

describe('thresholds of areas', () => {
  it.each([
    [{ above: 100 }, 90],
    [{ above: 5 }, 4],
    [{ above: 1 }, 0],
    [{ above: 50, clearAt: 50 }, 50],
    [{ above: 50, clearAt: 0 }, 0],
  ])('%j falls back at %i', (threshold, expected) => expect(clearAtOf(threshold)).toBe(expected));

  it('changes only above the threshold and at its end, never between', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.array(fc.integer({ min: 0, max: 60 })),
        (above, counts) => {
          let isOver = false;
          for (const inside of counts) {
            const next = isOverNow({ above }, isOver, inside);
            if (next && !isOver) expect(inside).toBeGreaterThan(above);
            if (!next && isOver) expect(inside).toBeLessThanOrEqual(clearAtOf({ above }));
            if (inside > above) expect(next).toBe(true);
            isOver = next;
          }
        },
      ),
      { numRuns: 100 },
    );
    expect(isOverNow(undefined, true, 1000)).toBe(false);
  });
});
