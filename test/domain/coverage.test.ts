import fc from 'fast-check';
import { type CoverageInput, coverageOf } from '../../src/domain/coverage.js';
import { accountHours } from '../../src/domain/frame-account.js';
import { lengthOf } from '../../src/domain/spans.js';

const S = 1000;
const MIN = 60 * S;
const HOUR = 60 * MIN;
const base: CoverageInput = {
  from: 0,
  to: HOUR,
  track: 'recording',
  mode: 'always',
  segments: [],
  gaps: [],
  firstAt: 0,
};
const segments = (...spans: [number, number][]) =>
  spans.map(([from, to]) => ({ startAt: from * MIN, endAt: to * MIN }));
/** Minutes and causes. */
const holes = (input: Partial<CoverageInput>) =>
  coverageOf({ ...base, ...input }).holes.map(({ from, to, cause }) => [from / MIN, to / MIN, cause]);

describe('the recording', () => {
  const gap = (
    from: number,
    to: number | undefined,
    cause: 'camera' | 'network' | 'disk',
    track = 'recording',
  ) => ({
    track: track as 'recording' | 'analysis',
    from: from * MIN,
    ...(to !== undefined && { to: to * MIN }),
    cause,
  });
  it.each<[string, Partial<CoverageInput>, unknown[]]>([
    ['is whole', { segments: segments([0, 30], [30, 60]) }, []],
    ['is whole when files begin a frame after each other', { segments: segments([-5, 30], [30.01, 70]) }, []],
    [
      'has a hole with its own cause',
      { segments: segments([0, 10], [20, 60]), gaps: [gap(10, 20, 'disk')] },
      [[10, 20, 'disk']],
    ],
    [
      'has a hole where a file is damaged',
      {
        segments: segments([0, 10], [10, 20], [20, 60]).map((one, i) =>
          i === 1 ? { ...one, damagedAt: 1 } : one,
        ),
        gaps: [gap(10, 20, 'disk')],
      },
      [[10, 20, 'disk']],
    ],
    [
      'takes the cause from the analysis where it has none of its own',
      {
        segments: segments([0, 10], [20, 60]),
        gaps: [gap(5, 15, 'network', 'analysis'), gap(15, 20, 'disk')],
      },
      [
        [10, 15, 'network'],
        [15, 20, 'disk'],
      ],
    ],
    [
      'is still where nothing moved',
      { mode: 'motion', segments: segments([5, 10]), gaps: [gap(20, 30, 'camera', 'analysis')] },
      [
        [0, 5, 'still'],
        [10, 20, 'still'],
        [20, 30, 'camera'],
        [30, 60, 'still'],
      ],
    ],
    [
      'is off, whatever happened to the analysis',
      { mode: 'off', segments: segments([0, 5]), gaps: [gap(20, 30, 'camera', 'analysis')] },
      [[5, 60, 'off']],
    ],
    ['is unknown where nobody can say', { segments: segments([0, 10], [20, 60]) }, [[10, 20, 'unknown']]],
    [
      'has a gap that lasts',
      { segments: segments([0, 10]), gaps: [gap(10, undefined, 'network')] },
      [[10, 60, 'network']],
    ],
    ['begins with the camera', { firstAt: 50 * MIN, segments: segments([50, 60]) }, [[0, 50, 'not-watched']]],
    ['was never begun', { firstAt: undefined }, [[0, 60, 'not-watched']]],
    [
      'ends with its sampler',
      { segments: segments([0, 40]), end: { from: 40 * MIN, cause: 'process' } },
      [[40, 60, 'process']],
    ],
    [
      'gives what is left beside a gap to the gap',
      { segments: segments([0, 9.99], [20.01, 60]), gaps: [gap(10, 20, 'network')] },
      [[9.99, 20.01, 'network']],
    ],
  ])('%s', (_, input, wanted) => {
    expect(holes(input)).toEqual(wanted);
  });
});

describe('the analysis', () => {
  it('is covered wherever there is no gap', () => {
    const gaps = [
      { track: 'analysis' as const, from: 5 * MIN, to: 6 * MIN, cause: 'camera' as const, reason: 'refused' },
      { track: 'recording' as const, from: 10 * MIN, to: 20 * MIN, cause: 'disk' as const },
      { track: 'analysis' as const, from: 50 * MIN, cause: 'network' as const },
    ];
    expect(coverageOf({ ...base, track: 'analysis', gaps, firstAt: MIN })).toEqual({
      covered: [
        { from: MIN, to: 5 * MIN },
        { from: 6 * MIN, to: 50 * MIN },
      ],
      holes: [
        { from: 0, to: MIN, cause: 'not-watched' },
        { from: 5 * MIN, to: 6 * MIN, cause: 'camera', reason: 'refused' },
        { from: 50 * MIN, to: HOUR, cause: 'network' },
      ],
      coveredMs: 48 * MIN,
    });
  });
});

it('covered and holes are all of the time, in order, without overlap; a recorded instant is never a hole', () => {
  const at = fc.integer({ min: -100, max: 1100 });
  const cause = fc.constantFrom('camera' as const, 'network' as const, 'disk' as const);
  const track = fc.constantFrom('analysis' as const, 'recording' as const);
  const input = fc.record({
    track,
    mode: fc.constantFrom('always' as const, 'motion' as const, 'off' as const),
    segments: fc.array(
      fc.tuple(at, at).map(([startAt, endAt]) => ({ startAt: startAt * S, endAt: endAt * S })),
    ),
    gaps: fc.array(fc.record({ track, from: at.map((s) => s * S), to: at.map((s) => s * S), cause })),
    firstAt: fc.option(
      at.map((s) => s * S),
      { nil: undefined },
    ),
  });
  fc.assert(
    fc.property(input, (given) => {
      const asked = { from: 0, to: 1000 * S };
      const { covered, holes: all, coveredMs } = coverageOf({ ...given, ...asked });
      const pieces = [...covered, ...all].sort((a, b) => a.from - b.from);
      expect(pieces[0]?.from).toBe(0);
      expect(pieces.at(-1)?.to).toBe(asked.to);
      pieces.slice(1).forEach((piece, i) => expect(piece.from).toBe(pieces[i]?.to));
      expect(coveredMs + lengthOf(all)).toBe(asked.to);
      if (given.track === 'recording')
        for (const { startAt, endAt } of given.segments.filter((one) => one.startAt < one.endAt))
          for (const hole of all) expect(hole.from >= endAt || hole.to <= startAt).toBe(true);
    }),
  );
});

describe('the frames of an hour', () => {
  const counts = (captured: number) => ({ captured, analysed: captured, gated: 0, dropped: 0, failed: 0 });
  const network = { from: 10 * MIN, to: 20 * MIN, cause: 'network' as const };
  const one = (captured: number, more: object = {}) =>
    accountHours({
      ...{ from: 0, to: HOUR, fps: 5, holes: [] },
      hours: [{ hourAt: 0, counts: counts(captured) }],
      ...more,
    })[0];

  it.each([
    ['all there', 18_000, {}, { missing: 0, explainedByGaps: 0, remainder: 0 }],
    ['more than expected', 18_050, {}, { missing: 0, remainder: 0 }],
    [
      'missing in a gap',
      15_000,
      { holes: [network] },
      { missing: 3000, explainedByGaps: 3000, remainder: 0 },
    ],
    [
      'a little more than the gap',
      14_980,
      { holes: [network] },
      { missing: 3020, explainedByGaps: 3000, remainder: 20, why: 'edges of gaps' },
    ],
    [
      'from a source slower than asked',
      10_800,
      { sourceFps: 3 },
      { missing: 7200, explainedByGaps: 0, remainder: 7200, why: 'source slower than fps' },
    ],
    ['that nobody can explain', 10_800, {}, { remainder: 7200, why: 'unknown' }],
    [
      'before the camera was there',
      9000,
      { holes: [{ from: 0, to: 30 * MIN, cause: 'not-watched' }] },
      { expected: 9000, missing: 0 },
    ],
  ])('%s', (_, captured, more, wanted) => {
    expect(one(captured, more)).toMatchObject(wanted);
    expect(one(captured, more)?.why).toBe((wanted as { why?: string }).why);
  });

  it('an hour without counts is there; the last one is counted to the end of the time', () => {
    expect(
      accountHours({ from: 30 * MIN, to: 2.5 * HOUR, fps: 1, holes: [], hours: [] }).map(
        ({ hourAt, expected, why }) => [hourAt / HOUR, expected, why],
      ),
    ).toEqual([
      [0, 3600, 'unknown'],
      [1, 3600, 'unknown'],
      [2, 1800, 'unknown'],
    ]);
  });
});
