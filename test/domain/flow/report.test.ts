import fc from 'fast-check';
import type { Line } from '../../../src/domain/camera-fields/lines-zones.js';
import { comparedStarts, comparedWith } from '../../../src/domain/flow/compare.js';
import { computeReport, saysTheSame } from '../../../src/domain/flow/compute-report.js';
import type { StoredMinute } from '../../../src/domain/flow/density.js';
import { headwayOf } from '../../../src/domain/flow/headway.js';
import { FlowReport, type Granularity } from '../../../src/domain/flow/report.js';
import { addSpeed, newSpeeds, speedsOf } from '../../../src/domain/flow/speeds.js';
import { newTally, type TalliedCrossing } from '../../../src/domain/flow/tally.js';
import { tripsOf, type TripStep } from '../../../src/domain/flow/trips.js';
import { partsOf, weeksBefore, windowsIn } from '../../../src/domain/flow/windows.js';
import type { Span } from '../../../src/domain/spans.js';
import { flowReport } from '../../support/flow-reports.js';

const BERLIN = 'Europe/Berlin';
const HCMC = 'Asia/Ho_Chi_Minh';
const HOUR = 3_600_000;
const time = (text: string): number => Date.parse(text);

describe('windows', () => {
  const between = (granularity: Granularity, from: string, to: string, zone: string): string[] =>
    windowsIn(granularity, { from: time(from), to: time(to) }, zone).map(
      (window) => `${new Date(window.from).toISOString().slice(5, 16)} ${(window.to - window.from) / HOUR}`,
    );

  it.each<[what: string, Granularity, from: string, to: string, zone: string, expected: string[]]>([
    ['a day in Vietnam', 'day', '2026-11-20T17:00Z', '2026-11-21T17:00Z', HCMC, ['11-20T17:00 24']],
    [
      ...(['days on which clocks go back', 'day', '2026-10-23T22:00Z', '2026-10-25T23:00Z', BERLIN] as const),
      ['10-23T22:00 24', '10-24T22:00 25'],
    ],
    ['the day they go forward', 'day', '2026-03-28T23:00Z', '2026-03-29T00:00Z', BERLIN, ['03-28T23:00 23']],
    [
      ...(['the hour that comes twice', 'hour', '2026-10-24T23:00Z', '2026-10-25T03:00Z', BERLIN] as const),
      ['10-24T23:00 1', '10-25T00:00 1', '10-25T01:00 1', '10-25T02:00 1'],
    ],
    [
      ...(['the hour that is skipped', 'hour', '2026-03-29T00:00Z', '2026-03-29T02:00Z', BERLIN] as const),
      ['03-29T00:00 1', '03-29T01:00 1'],
    ],
    [
      ...([
        'hours of a zone half an hour off',
        'hour',
        '2026-11-21T00:00Z',
        '2026-11-21T02:00Z',
        'Asia/Kolkata',
      ] as const),
      ['11-21T00:30 1', '11-21T01:30 1'],
    ],
    [
      ...([
        'a clock put forward half an hour',
        'hour',
        '2026-10-03T14:00Z',
        '2026-10-03T16:30Z',
        'Australia/Lord_Howe',
      ] as const),
      ['10-03T14:30 1', '10-03T15:30 0.5', '10-03T16:00 1'],
    ],
    [
      ...([
        'a midnight that never was',
        'day',
        '2018-11-03T12:00Z',
        '2018-11-05T12:00Z',
        'America/Sao_Paulo',
      ] as const),
      ['11-04T03:00 23', '11-05T02:00 24'],
    ],
    [
      'only those that begin in it',
      'hour',
      '2026-11-21T03:20Z',
      '2026-11-21T04:10Z',
      HCMC,
      ['11-21T04:00 1'],
    ],
    ['none', 'hour', '2026-11-21T03:20Z', '2026-11-21T03:40Z', HCMC, []],
    [
      'quarters',
      'quarter',
      '2026-11-21T03:01Z',
      '2026-11-21T03:31Z',
      HCMC,
      ['11-21T03:15 0.25', '11-21T03:30 0.25'],
    ],
  ])('%s', (_what, granularity, from, to, zone, expected) => {
    expect(between(granularity, from, to, zone)).toEqual(expected);
  });

  test('follow each other without a hole, days are made of their hours, hours of their quarters', () => {
    const anyTime = fc.integer({ min: time('2015-01-01T00:00Z'), max: time('2030-01-01T00:00Z') });
    const zone = fc.constantFrom(BERLIN, HCMC, 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe');
    fc.assert(
      fc.property(anyTime, zone, fc.constantFrom('day', 'hour'), (from, timeZone, granularity) => {
        const windows = windowsIn(granularity, { from, to: from + 60 * HOUR }, timeZone);
        for (const [i, window] of windows.entries()) {
          if (i > 0) expect(window.from).toBe(windows[i - 1]!.to);
          const parts = partsOf(granularity, window, timeZone);
          expect([parts[0]!.from, parts.at(-1)!.to]).toEqual([window.from, window.to]);
        }
      }),
      { numRuns: 12 },
    );
  });

  test('no more than asked for', () => {
    expect(windowsIn('quarter', { from: 0, to: 1e15 }, HCMC, 3)).toHaveLength(3);
  });

  it.each<[string, number, string | undefined]>([
    // 08:00 in winter is 08:00 in summer, an hour less before UTC.
    ['2026-10-26T07:00Z', 1, '2026-10-19T06:00Z'],
    // The second 02:00 of the day the clocks go back: there was one 02:00 a week before.
    ['2026-10-25T01:00Z', 1, '2026-10-18T00:00Z'],
    // 02:00 was skipped the week before.
    ['2026-04-05T00:00Z', 1, undefined],
  ])('the same clock time: %s, %d week before', (at, weeks, expected) => {
    expect(weeksBefore(time(at), weeks, BERLIN)).toBe(expected === undefined ? undefined : time(expected));
  });

  test('four weeks, newest first', () => {
    const from = time('2026-11-21T00:00Z');
    expect(comparedStarts(from, HCMC)).toEqual([1, 2, 3, 4].map((weeks) => from - weeks * 7 * 24 * HOUR));
    const earlier = flowReport({
      from,
      crossings: 7,
      speed: { known: 1, unknown: 6, mean: 31, histogram: [] },
    });
    expect(comparedWith(earlier)).toEqual({ from, crossings: 7, meanKmh: 31 });
    expect(comparedWith(flowReport({ from }))).toEqual({ from, crossings: 0 });
  });
});

describe('speeds', () => {
  const of = (...values: (number | undefined)[]) => {
    const tally = newSpeeds();
    for (const value of values) addSpeed(tally, value);
    return speedsOf(tally);
  };

  it.each([
    ['none', of(), { known: 0, unknown: 0, histogram: [] }],
    ['only unknown ones make no number', of(undefined, undefined), { known: 0, unknown: 2, histogram: [] }],
    ['one', of(37.25), { known: 1, unknown: 0, mean: 37.3, p85: 37.3, histogram: [0, 0, 0, 1] }],
    [
      'on a bar’s edge',
      of(9.94, 10, undefined),
      { known: 2, unknown: 1, mean: 9.95, p85: 10, histogram: [1, 1] },
    ],
  ])('%s', (_what, speeds, expected) => {
    expect(speeds).toEqual(expected);
  });

  test('85 of 100 do not exceed the 85th percentile', () => {
    expect(of(...Array.from({ length: 100 }, (_, i) => i + 1)).p85).toBe(85);
    expect(of(...Array.from({ length: 20 }, (_, i) => i + 1)).p85).toBe(17);
  });
});

test.each([
  [[5000], undefined],
  [[10_000, 1000, 3000], { median: 2, mean: 4.5 }],
  [[0, 1000, 2000, 12_000], { median: 1, mean: 4 }],
])('headway of %j', (times, expected) => {
  expect(headwayOf(times)).toEqual(expected);
});

describe('trips', () => {
  const step = (line: string, minute: number, label = 'car', direction: 'in' | 'out' = 'in'): TripStep => ({
    ...{ line, at: minute * 60_000, class: label, direction },
  });
  const hour = { from: 60 * 60_000, to: 120 * 60_000 };
  const names = (steps: TripStep[][]) =>
    tripsOf(steps, hour).map(({ from, to, total }) => `${from}-${to} ${total}`);

  it.each<[what: string, steps: TripStep[][], trips: string[]]>([
    ['one track over two lines', [[step('north', 61), step('east', 62)]], ['north-east 1']],
    ['over three: two trips', [[step('c', 63), step('a', 61), step('b', 62)]], ['a-b 1', 'b-c 1']],
    ['and back over the same line', [[step('a', 61), step('a', 62, 'car', 'out')]], ['a-a 1']],
    ['begun before the window', [[step('a', 59), step('b', 61)]], ['a-b 1']],
    ['ended after the window', [[step('a', 119), step('b', 121)]], []],
    ['the number given again after a while', [[step('a', 61), step('b', 72)]], []],
    ['the number given to another kind of thing', [[step('a', 61, 'person'), step('b', 62)]], []],
    ['a car that was called truck once', [[step('a', 61, 'truck'), step('b', 62)]], ['a-b 1']],
    ['two tracks', [[step('a', 61)], [step('b', 62)]], []],
  ])('%s', (_what, steps, trips) => {
    expect(names(steps)).toEqual(trips);
  });
});

const from = time('2026-11-21T03:00Z');
const hour: Span = { from, to: from + HOUR };
const crossing = fc.record({
  at: fc.integer({ min: from - 15 * 60_000, max: from + HOUR + 60_000 }),
  line: fc.constantFrom('north', 'south'),
  direction: fc.constantFrom('in' as const, 'out' as const),
  class: fc.constantFrom('car', 'motorcycle', 'person'),
  trackId: fc.integer({ min: 1, max: 12 }),
  speedKmh: fc.option(fc.double({ min: 0, max: 90, noNaN: true }), { nil: undefined }),
});
const crossings = fc.array(crossing, { maxLength: 60 }).map((all) =>
  all.map(({ speedKmh, ...rest }): TalliedCrossing => ({
    ...rest,
    ...(speedKmh !== undefined && { speedKmh }),
  })),
);
const minute = fc.record({
  minute: fc.integer({ min: 0, max: 59 }),
  cars: fc.integer({ min: 1, max: 9 }),
  level: fc.constantFrom('free' as const, 'dense' as const, 'congested' as const, 'standstill' as const),
});
const minutesOfHour = fc.uniqueArray(minute, { selector: (one) => one.minute, maxLength: 30 }).map((all) =>
  all.map((one): StoredMinute => ({
    ...{ at: from + one.minute * 60_000, watchedMs: 60_000, presentMs: { car: one.cars * 60_000 } },
    ...{ standingMs: 0, lengths: 0, metres: 0, measuredMs: 0, level: one.level },
  })),
);

const lines: Line[] = [
  { id: 'north', from: [0, 0.5], to: [1, 0.5], names: { in: 'to town', out: 'to the sea' } },
];

function reportOf(
  granularity: Granularity,
  window: Span,
  rows: readonly TalliedCrossing[],
  minutes: readonly StoredMinute[] = [],
  more: Partial<Parameters<typeof computeReport>[0]> = {},
): FlowReport {
  const parts = partsOf(granularity, window, HCMC);
  const tally = newTally(window, lines, parts);
  rows.forEach(tally.add);
  return computeReport({
    ...{ camera: { id: 'gate-1' }, granularity, window, parts, crossings: tally, before: [] },
    minutes: minutes.filter(({ at }) => at >= window.from && at < window.to),
    ...{ watched: [window], knownTo: window.to, computedAt: window.to + 1 },
    ...more,
  });
}

const added = (reports: readonly FlowReport[], number: (report: FlowReport) => number): number =>
  reports.reduce((sum, report) => sum + number(report), 0);

describe('reports', () => {
  test('the quarters add up to the hour, the parts of the hour too', () => {
    fc.assert(
      fc.property(crossings, minutesOfHour, (rows, minutes) => {
        const whole = reportOf('hour', hour, rows, minutes);
        const quarters = windowsIn('quarter', hour, HCMC).map((window) =>
          reportOf('quarter', window, rows, minutes),
        );
        const numbers: ((report: FlowReport) => number)[] = [
          ({ crossings: all }) => all,
          ({ byClass }) => byClass['car'] ?? 0,
          ({ speed }) => speed.known,
          ({ speed }) => speed.histogram[3] ?? 0,
          ({ lines: all }) =>
            all.find(({ line, direction }) => line === 'south' && direction === 'out')?.total ?? 0,
          ({ lines: all }) => all.reduce((sum, { total }) => sum + total, 0),
          ({ trips }) => trips.reduce((sum, { total }) => sum + total, 0),
          ({ congestion }) => congestion.minutes.congested,
          ({ congestion }) => congestion.minutes.free,
        ];
        for (const number of numbers) expect(added(quarters, number)).toBe(number(whole));
        const mean = added(quarters, ({ speed }) => (speed.mean ?? 0) * speed.known);
        if (whole.speed.known > 0) expect(mean / whole.speed.known).toBeCloseTo(whole.speed.mean!, 1);
        expect(added(quarters, ({ density }) => (density['car']?.mean ?? 0) / 4)).toBeCloseTo(
          whole.density['car']?.mean ?? 0,
          1,
        );
        expect(whole.series.reduce((sum, part) => sum + part.in + part.out, 0)).toBe(whole.crossings);
        expect(whole.series.map(({ at }) => at)).toEqual(quarters.map((quarter) => quarter.from));
        expect(whole.series.map((part) => part.minutes)).toEqual(
          quarters.map((quarter) => quarter.congestion.minutes),
        );
      }),
      { numRuns: 40 },
    );
  });

  test('the order of rows and minutes changes nothing, nor does computing twice', () => {
    const shuffled = fc
      .tuple(crossings, minutesOfHour)
      .chain(([rows, minutes]) =>
        fc.tuple(
          fc.constant(rows),
          fc.shuffledSubarray(rows, { minLength: rows.length }),
          fc.constant(minutes),
          fc.shuffledSubarray(minutes, { minLength: minutes.length }),
        ),
      );
    fc.assert(
      fc.property(shuffled, ([rows, otherRows, minutes, otherMinutes]) => {
        const one = reportOf('hour', hour, rows, minutes);
        const other = reportOf('hour', hour, otherRows, otherMinutes, { computedAt: 1 });
        expect(saysTheSame(one, other)).toBe(true);
        // As it is read from the database again.
        expect(saysTheSame(one, FlowReport.parse(JSON.parse(JSON.stringify(other))))).toBe(true);
        expect(saysTheSame(one, { ...other, crossings: other.crossings + 1 })).toBe(false);
      }),
      { numRuns: 40 },
    );
  });

  const row = (parts: Partial<TalliedCrossing> = {}): TalliedCrossing => ({
    ...{ at: from + 1000, line: 'north', direction: 'in', class: 'car', trackId: 1 },
    ...parts,
  });

  test('every line has its rows, crossed or not, also one that the camera file has no more', () => {
    const rows = [
      row(),
      row({ trackId: 2, at: from + 5000 }),
      row({ line: 'old', class: 'person', trackId: 3 }),
    ];
    const { lines: all } = reportOf('hour', hour, rows);
    expect(all.map(({ line, direction, name, total }) => [line, direction, name, total])).toEqual([
      ['north', 'in', 'to town', 2],
      ['north', 'out', 'to the sea', 0],
      ['old', 'in', undefined, 1],
      ['old', 'out', undefined, 0],
    ]);
    expect(all[0]!.headwayS).toEqual({ median: 4, mean: 4 });
    expect(all[2]!.headwayS).toBeUndefined();
  });

  test('density is over all that was watched, in view or not; the fullest minute is told', () => {
    const minutes: StoredMinute[] = [10, 20].map((at, i) => ({
      ...{ at: from + at * 60_000, watchedMs: 60_000, presentMs: { car: 6 * 60_000, person: i * 60_000 } },
      ...{
        standingMs: 0,
        lengths: 0,
        metres: 0,
        measuredMs: 0,
        level: i ? ('dense' as const) : ('free' as const),
      },
    }));
    const report = reportOf('hour', hour, [], minutes, { watched: [{ from, to: from + HOUR / 2 }] });
    expect(report.density).toEqual({
      car: { mean: 0.4, most: 6 },
      person: { mean: 0.03, most: 1 },
      vehicles: { mean: 0.4, most: 6 },
    });
    expect(report.congestion).toEqual({
      worst: 'dense',
      minutes: { free: 29, dense: 1, congested: 0, standstill: 0 },
    });
    expect(report.watched).toBe(0.5);
  });

  it.each<[what: string, more: Partial<Parameters<typeof computeReport>[0]>, notes: string[]]>([
    ['no calibration, no flow', {}, ['not-calibrated', 'not-judged']],
    ['half of it watched', { watched: [] }, ['not-calibrated', 'not-judged', 'not-watched']],
    [
      'half of it over, all of that watched',
      { watched: [{ from, to: from + HOUR / 2 }], knownTo: from + HOUR / 2 },
      ['not-calibrated', 'not-judged', 'unfinished'],
    ],
  ])('notes: %s', (_what, more, notes) => {
    expect(reportOf('hour', hour, [], [], more).notes).toEqual(notes);
  });

  test('a day of 200,000 crossings is counted in little memory and time', () => {
    const day = { from, to: from + 24 * HOUR };
    const tally = newTally(day, [], partsOf('day', day, HCMC));
    for (let i = 0; i < 200_000; i++) tally.add(row({ at: from + i * 400, trackId: i, speedKmh: i % 90 }));
    expect(tally.result()).toMatchObject({
      crossings: 200_000,
      speed: { known: 200_000, p85: 76 },
      trips: [],
    });
  });
});
