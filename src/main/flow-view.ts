import { orderedClasses } from '../domain/flow/render/patterns.js';
import type { FlowNote, FlowReport } from '../domain/flow/report.js';
import { moment } from './moment.js';
import { table } from './view.js';

const NOTES: Readonly<Record<FlowNote, string>> = {
  'not-calibrated': 'speeds are unknown: the camera has no calibration',
  'not-judged': 'congestion was not judged: the camera file has no flow for this camera',
  'not-watched': '* not all of this window was watched; what nobody looked at was not counted',
  unfinished: '+ not over yet',
};

/**
 * Reports as a table, a window a row, and what is to be known about them. `-` is unknown, never 0.
 * @param reports of one camera, oldest first, at least one
 * @param timeZone of the site, IANA name
 */
export function drawFlow(reports: readonly FlowReport[], timeZone: string): string[] {
  const classes = orderedClasses(reports.map(({ byClass }) => byClass));
  const { cameraId, granularity } = reports[0]!;
  const notes = (Object.keys(NOTES) as FlowNote[]).filter((note) =>
    reports.some((report) => report.notes.includes(note)),
  );
  return [
    `${cameraId} by ${granularity} (${timeZone})`,
    ...table([
      ['FROM', 'IN', 'OUT', ...classes.map((name) => name.toUpperCase())].concat([
        'KM/H',
        'P85',
        'VEHICLES',
        'WORST',
        'WATCHED',
        'WEEK BEFORE',
      ]),
      ...reports.map((report) => rowOf(report, classes, timeZone)),
    ]),
    ...notes.map((note) => NOTES[note]),
  ];
}

function rowOf(report: FlowReport, classes: readonly string[], timeZone: string): string[] {
  const { from, lines, byClass, speed, density, congestion, watched, before, notes } = report;
  const way = (direction: 'in' | 'out'): string =>
    String(lines.reduce((sum, line) => sum + (line.direction === direction ? line.total : 0), 0));
  const mark = (notes.includes('not-watched') ? '*' : '') + (notes.includes('unfinished') ? '+' : '');
  return [
    moment(from, timeZone).slice(0, 16) + mark,
    ...[way('in'), way('out'), ...classes.map((name) => String(byClass[name] ?? 0))],
    ...[tenths(speed.mean), tenths(speed.p85), tenths(density['vehicles']?.mean ?? 0)],
    notes.includes('not-judged') || watched === 0 ? '-' : congestion.worst,
    `${Math.round(watched * 100)}%`,
    before[0] === undefined ? '-' : String(before[0].crossings),
  ];
}

function tenths(value: number | undefined): string {
  return value === undefined ? '-' : value.toFixed(1);
}
