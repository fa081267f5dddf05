import { CongestionLevel } from '../minute.js';
import type { FlowReport } from '../report.js';
import { localIso } from './format.js';
import { orderedClasses } from './patterns.js';

type Row = Readonly<Record<string, string | number | undefined>>;
type Speeds = FlowReport['speed'];

/**
 * Reports as a table for spreadsheets and programs: the names of the columns, then the rows. `row` says what a row is of:
 * `window` the whole of it, `line` one line and direction, `part` an hour of a day or a quarter of an hour; each kind by
 * itself sums up to the whole. An empty cell is unknown, never 0.
 * @param timeZone of the times, IANA name
 */
export function flowRows(reports: readonly FlowReport[], timeZone: string): string[][] {
  const classes = orderedClasses(
    reports.flatMap(({ byClass, lines }) => [byClass, ...lines.map((line) => line.byClass)]),
  );
  const columns = [
    ...['row', 'camera', 'granularity', 'from', 'to', 'line', 'direction', 'name', 'total', 'in', 'out'],
    ...[...classes, 'mean_kmh', 'p85_kmh', 'speeds_known', 'speeds_unknown'],
    ...['headway_median_s', 'headway_mean_s', 'vehicles_mean', 'vehicles_most', 'worst_level'],
    ...[...CongestionLevel.options.map((level) => `${level}_min`), 'watched', 'computed_at'],
  ];
  const rows = reports.flatMap((report) => rowsOf(report, classes, timeZone));
  return [columns, ...rows.map((row) => columns.map((column) => cellOf(row[column])))];
}

function rowsOf(report: FlowReport, classes: readonly string[], timeZone: string): Row[] {
  const iso = (at: number): string => localIso(at, timeZone);
  const { cameraId, granularity, from, to, series } = report;
  const about = { camera: cameraId, granularity, from: iso(from), to: iso(to) };
  const counts = (byClass: Readonly<Record<string, number>>): Row =>
    Object.fromEntries(classes.map((name) => [name, byClass[name] ?? 0]));
  const way = (direction: 'in' | 'out'): number =>
    report.lines.reduce((sum, line) => sum + (line.direction === direction ? line.total : 0), 0);
  return [
    {
      ...{ row: 'window', ...about, total: report.crossings, in: way('in'), out: way('out') },
      ...{ ...counts(report.byClass), ...speeds(report.speed), ...levels(report.congestion.minutes) },
      ...{ vehicles_mean: report.density['vehicles']?.mean, vehicles_most: report.density['vehicles']?.most },
      ...{ watched: report.watched, computed_at: iso(report.computedAt) },
    },
    ...report.lines.map(({ line, direction, name, total, byClass, speed, headwayS }) => ({
      ...{ row: 'line', ...about, line, direction, name, total, [direction]: total },
      ...{ ...counts(byClass), ...speeds(speed) },
      ...{ headway_median_s: headwayS?.median, headway_mean_s: headwayS?.mean },
    })),
    ...series.map((part, i) => ({
      ...{ row: 'part', ...about, from: iso(part.at), to: iso(series[i + 1]?.at ?? to) },
      ...{ total: part.in + part.out, in: part.in, out: part.out, ...counts(part.byClass) },
      ...{ mean_kmh: part.meanKmh, ...(part.minutes && levels(part.minutes)) },
    })),
  ];
}

function speeds({ mean, p85, known, unknown }: Speeds): Row {
  return { mean_kmh: mean, p85_kmh: p85, speeds_known: known, speeds_unknown: unknown };
}

function levels(minutes: Readonly<Record<CongestionLevel, number>>): Row {
  const worst = [...CongestionLevel.options].reverse().find((level) => minutes[level] > 0);
  return {
    worst_level: worst,
    ...(worst &&
      Object.fromEntries(CongestionLevel.options.map((level) => [`${level}_min`, minutes[level]]))),
  };
}

function cellOf(value: string | number | undefined): string {
  // Three places after the point are more than any of these numbers can be known to.
  return typeof value === 'number' ? String(Math.round(value * 1000) / 1000) : (value ?? '');
}
