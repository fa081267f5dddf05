import { CongestionLevel } from '../minute.js';
import { FlowNote, type FlowReport } from '../report.js';

const WEEK_MS = 7 * 86_400_000;
const LEVELS = CongestionLevel.options;

type Line = FlowReport['lines'][number];
type Speeds = FlowReport['speed'];

/**
 * Several windows of one camera that follow each other as one: the hours of a day that is not over, the days of a week.
 * Each becomes a part of its series. What cannot be had from sums (percentiles, headways) is left out.
 * @param reports of one granularity, oldest first, at least one; a single one is given back as it is
 */
export function mergeReports(reports: readonly FlowReport[]): FlowReport {
  const [first, ...others] = reports;
  if (!first) throw new RangeError('there is no report to merge');
  if (others.length === 0) return first;
  const last = others.at(-1)!;
  const watchedMs = (one: FlowReport): number => one.watched * (one.to - one.from);
  // What lies between them was not watched.
  const watched = Math.min(1, total(reports.map(watchedMs)) / (last.to - first.from));
  const hasHoles = total(reports.map(({ from, to }) => to - from)) < last.to - first.from;
  return {
    ...first,
    to: last.to,
    computedAt: Math.max(...reports.map(({ computedAt }) => computedAt)),
    crossings: total(reports.map(({ crossings }) => crossings)),
    lines: linesOf(reports),
    byClass: sums(reports.map(({ byClass }) => byClass)),
    speed: speedsOf(reports.map(({ speed }) => speed)),
    trips: tripsOf(reports),
    density: densityOf(reports, watchedMs),
    congestion: {
      worst: LEVELS[Math.max(...reports.map(({ congestion }) => LEVELS.indexOf(congestion.worst)))] ?? 'free',
      minutes: { ...zeros(), ...sums(reports.map(({ congestion }) => congestion.minutes)) },
    },
    series: reports.map(partOf),
    before: beforeOf(reports),
    watched,
    notes: FlowNote.options.filter(
      (note) => reports.some(({ notes }) => notes.includes(note)) || (note === 'not-watched' && hasHoles),
    ),
  };
}

function partOf({ from, byClass, lines, speed, congestion }: FlowReport): FlowReport['series'][number] {
  const way = (direction: 'in' | 'out'): number =>
    total(lines.filter((line) => line.direction === direction).map((line) => line.total));
  return {
    ...{ at: from, byClass, in: way('in'), out: way('out') },
    ...(speed.mean !== undefined && { meanKmh: speed.mean }),
    ...(total(Object.values(congestion.minutes)) > 0 && { minutes: congestion.minutes }),
  };
}

function linesOf(reports: readonly FlowReport[]): Line[] {
  const groups = grouped(
    reports.flatMap(({ lines }) => lines),
    ({ line, direction }) => `${line} ${direction}`,
  );
  return groups.map((same) => {
    const { headwayS: _headwayS, ...newest } = same.at(-1)!;
    return {
      ...newest,
      total: total(same.map((line) => line.total)),
      byClass: sums(same.map(({ byClass }) => byClass)),
      speed: speedsOf(same.map(({ speed }) => speed)),
    };
  });
}

function tripsOf(reports: readonly FlowReport[]): FlowReport['trips'] {
  const groups = grouped(
    reports.flatMap(({ trips }) => trips),
    (trip) => [trip.from, trip.fromDirection, trip.to, trip.toDirection].join(' '),
  );
  return groups.map((same) => ({
    ...same[0]!,
    total: total(same.map((trip) => trip.total)),
    byClass: sums(same.map(({ byClass }) => byClass)),
  }));
}

function speedsOf(all: readonly Speeds[]): Speeds {
  const known = total(all.map((one) => one.known));
  const measured = all.filter(({ mean }) => mean !== undefined);
  const weighted = total(measured.map((one) => (one.mean ?? 0) * one.known));
  const bins = Math.max(0, ...all.map(({ histogram }) => histogram.length));
  return {
    known,
    unknown: total(all.map((one) => one.unknown)),
    ...(known > 0 && measured.length > 0 && { mean: weighted / known }),
    histogram: Array.from({ length: bins }, (_, bin) =>
      total(all.map(({ histogram }) => histogram[bin] ?? 0)),
    ),
  };
}

function densityOf(
  reports: readonly FlowReport[],
  watchedMs: (one: FlowReport) => number,
): FlowReport['density'] {
  const allMs = total(reports.map(watchedMs));
  const names = [...new Set(reports.flatMap(({ density }) => Object.keys(density)))];
  return Object.fromEntries(
    names.map((name) => [
      name,
      {
        mean:
          allMs === 0
            ? 0
            : total(reports.map((one) => (one.density[name]?.mean ?? 0) * watchedMs(one))) / allMs,
        most: Math.max(...reports.map((one) => one.density[name]?.most ?? 0)),
      },
    ]),
  );
}

/** Weeks of which every window has a report: a sum with holes would compare unlike things. */
function beforeOf(reports: readonly FlowReport[]): FlowReport['before'] {
  // An hour more or less where the clocks were changed in between.
  const weeksBack = (report: FlowReport, from: number): number => Math.round((report.from - from) / WEEK_MS);
  const weeks = (reports[0]?.before ?? []).map(({ from }) => weeksBack(reports[0]!, from));
  return weeks.flatMap((week) => {
    const same = reports.map((one) => one.before.find(({ from }) => weeksBack(one, from) === week));
    if (same.some((one) => one === undefined)) return [];
    return [{ from: same[0]!.from, crossings: total(same.map((one) => one?.crossings ?? 0)) }];
  });
}

export function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function sums(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const summed: Record<string, number> = {};
  for (const one of all)
    for (const [name, value] of Object.entries(one)) summed[name] = (summed[name] ?? 0) + value;
  return summed;
}

function zeros(): Record<CongestionLevel, number> {
  return { free: 0, dense: 0, congested: 0, standstill: 0 };
}

function grouped<T>(values: readonly T[], keyOf: (value: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const value of values) groups.set(keyOf(value), [...(groups.get(keyOf(value)) ?? []), value]);
  return [...groups.values()];
}
