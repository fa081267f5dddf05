import { CongestionLevel } from '../minute.js';
import { orderedClasses } from './patterns.js';
import type { Sheet } from './sheet.js';

/** A table for people: cells are text already. */
export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** So many columns at the left are words, the others numbers. */
  readonly words: number;
}

const NONE = '–';

/** All numbers of the report, those first that people ask for most; tables without rows are left out. */
export function tablesOf(sheet: Sheet): Table[] {
  return [lines(sheet), overTime(sheet), trips(sheet), inView(sheet), weeksBefore(sheet)].filter(
    ({ rows }) => rows.length > 0,
  );
}

function lines(sheet: Sheet): Table {
  const { report, words, format } = sheet;
  const { labels } = words;
  const classes = orderedClasses(report.lines.map(({ byClass }) => byClass));
  return {
    title: labels.lines,
    columns: [
      ...[labels.line, labels.direction, ...classes.map((name) => words.classes[name] ?? name), labels.total],
      ...[`${labels.meanSpeed}, km/h`, `${labels.p85}, km/h`, labels.headway],
    ],
    rows: report.lines.map(({ line, direction, byClass, total, speed, headwayS }) => [
      ...[line, sheet.direction(direction, line)],
      ...classes.map((name) => format.number(byClass[name] ?? 0)),
      ...[format.number(total), orNone(sheet, speed.mean), orNone(sheet, speed.p85)],
      orNone(sheet, headwayS?.median),
    ]),
    words: 2,
  };
}

function overTime(sheet: Sheet): Table {
  const { report, words, format, isJudged } = sheet;
  const classes = orderedClasses(report.series.map(({ byClass }) => byClass));
  return {
    title: words.labels.byTime,
    columns: [
      ...[words.labels.time, ...classes.map((name) => words.classes[name] ?? name)],
      ...[
        sheet.direction('in'),
        sheet.direction('out'),
        words.labels.total,
        `${words.labels.meanSpeed}, km/h`,
      ],
      ...(isJudged ? [words.labels.worst] : []),
    ],
    rows: report.series.map((part) => [
      ...[sheet.partLabel(part.at), ...classes.map((name) => format.number(part.byClass[name] ?? 0))],
      ...[part.in, part.out, part.in + part.out].map((count) => format.number(count)),
      orNone(sheet, part.meanKmh),
      ...(isJudged ? [worstOf(sheet, part.minutes)] : []),
    ]),
    words: 1,
  };
}

function worstOf({ words }: Sheet, minutes: Readonly<Record<CongestionLevel, number>> | undefined): string {
  const worst = [...CongestionLevel.options].reverse().find((level) => (minutes?.[level] ?? 0) > 0);
  return worst === undefined ? NONE : words.levels[worst];
}

function trips(sheet: Sheet): Table {
  const { report, words, format } = sheet;
  const classes = orderedClasses(report.trips.map(({ byClass }) => byClass));
  return {
    title: words.labels.trips,
    columns: [
      ...[words.labels.from, words.labels.to, ...classes.map((name) => words.classes[name] ?? name)],
      words.labels.total,
    ],
    rows: report.trips.map((trip) => [
      `${trip.from}, ${sheet.direction(trip.fromDirection, trip.from)}`,
      `${trip.to}, ${sheet.direction(trip.toDirection, trip.to)}`,
      ...classes.map((name) => format.number(trip.byClass[name] ?? 0)),
      format.number(trip.total),
    ]),
    words: 2,
  };
}

function inView({ report, words, format }: Sheet): Table {
  const { labels } = words;
  return {
    title: labels.density,
    columns: [labels.class, labels.mean, labels.most],
    rows: Object.entries(report.density)
      .filter(([, { most }]) => most > 0)
      .map(([name, { mean, most }]) => [
        words.classes[name] ?? name,
        format.number(mean, 1),
        format.number(most, 1),
      ]),
    words: 1,
  };
}

function weeksBefore(sheet: Sheet): Table {
  const { report, words, format } = sheet;
  return {
    title: words.labels.weeksBefore,
    columns: [words.labels.window, words.labels.crossings, `${words.labels.meanSpeed}, km/h`],
    rows: report.before.map(({ from, crossings, meanKmh }) => [
      report.granularity === 'day' ? format.day(from) : format.moment(from),
      format.number(crossings),
      orNone(sheet, meanKmh),
    ]),
    words: 1,
  };
}

function orNone({ format }: Sheet, value: number | undefined): string {
  return value === undefined ? NONE : format.number(value, 1);
}
