import type { Coverage, HoleCause } from '../domain/coverage.js';
import type { CoverageReport } from './coverage-report.js';

/** Colours that can be told apart on light and dark, and by most people who see few of them. */
export const COLOURS: Readonly<Record<HoleCause | 'covered', string>> = {
  covered: '#2e9e6b',
  still: '#a8d5bf',
  off: '#c9ced8',
  'not-watched': '#c9ced8',
  disabled: '#8d95a5',
  camera: '#d64545',
  network: '#e38b2c',
  disk: '#8e5bc2',
  process: '#b0306a',
  unknown: '#1f2430',
};

const WIDTH = 1000;
const ROW = 10;
const BETWEEN = 2;
/** A gap of a minute in a day must still be seen, units of the width. */
const LEAST = 2;

/** The report as a strip: recording above analysis, or analysis alone where nothing is to be recorded. */
export function coverageSvg(report: CoverageReport): string {
  const isRecorded = report.mode !== 'off' || report.recording.covered.length > 0;
  const rows = isRecorded ? [report.recording, report.analysis] : [report.analysis];
  const height = rows.length * (ROW + BETWEEN) - BETWEEN;
  const drawn = rows.map((coverage, i) => row(coverage, report, i * (ROW + BETWEEN))).join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" preserveAspectRatio="none" shape-rendering="crispEdges">${drawn}</svg>`;
}

function row(coverage: Coverage, { from, to }: CoverageReport, y: number): string {
  const x = (at: number): number => ((at - from) / (to - from)) * WIDTH;
  const bar = (cause: HoleCause | 'covered', span: { from: number; to: number }, least: number): string => {
    const width = Math.max(least, x(span.to) - x(span.from));
    const left = Math.min(x(span.from), WIDTH - width);
    return `<rect x="${left.toFixed(2)}" y="${y}" width="${width.toFixed(2)}" height="${ROW}" fill="${COLOURS[cause]}"/>`;
  };
  const quiet = coverage.holes.filter(({ cause }) => isQuiet(cause));
  const loud = coverage.holes.filter(({ cause }) => !isQuiet(cause));
  return [
    bar('covered', { from, to }, 0),
    ...quiet.map((hole) => bar(hole.cause, hole, 0)),
    // Last, so that a short one is not painted over.
    ...loud.map((hole) => bar(hole.cause, hole, LEAST)),
  ].join('');
}

/** Nothing is wrong there. */
export function isQuiet(cause: HoleCause): boolean {
  return cause === 'still' || cause === 'off' || cause === 'not-watched' || cause === 'disabled';
}
