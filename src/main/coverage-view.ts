import type { CoverageReport } from '../api/coverage-report.js';
import { isQuiet } from '../api/coverage-svg.js';
import type { Coverage, Hole, HoleCause } from '../domain/coverage.js';
import type { HourAccount } from '../domain/frame-account.js';
import { cut, lengthOf } from '../domain/spans.js';

const BLOCKS = 48;
const MARKS: Readonly<Record<HoleCause, string>> = {
  still: '░',
  off: '·',
  'not-watched': '·',
  disabled: '·',
  camera: 'C',
  network: 'N',
  disk: 'D',
  process: 'P',
  unknown: '?',
};
const LEGEND =
  '█ there  ░ nothing moved  · off or not there  C camera  N network  D disk  P process  ? unknown';

/**
 * A strip a camera and track, then every gap that is one, and frames that are missing beyond gaps.
 * @param timeZone IANA name, for times
 */
export function drawCoverage(reports: readonly CoverageReport[], timeZone: string): string[] {
  const time = clock(timeZone);
  const [first] = reports;
  if (!first) return ['there is no camera'];
  const width = Math.max(...reports.map(({ cameraId }) => cameraId.length));
  const strips = reports.flatMap((report) =>
    tracksOf(report).map(
      ([track, coverage]) =>
        `${report.cameraId.padEnd(width)}  ${track.padEnd(9)}  ${strip(coverage, report)}  ${share(coverage, report)}`,
    ),
  );
  const gaps = reports.flatMap((report) =>
    tracksOf(report).flatMap(([track, { holes }]) =>
      holes
        .filter(({ cause }) => !isQuiet(cause))
        .map((hole) => `${report.cameraId.padEnd(width)}  ${track.padEnd(9)}  ${describe(hole, time)}`),
    ),
  );
  const frames = reports.flatMap(({ cameraId, hours }) =>
    hours
      .filter(({ why }) => why !== undefined && why !== 'edges of gaps')
      .map((hour) => `${cameraId.padEnd(width)}  frames     ${account(hour, time)}`),
  );
  return [
    `${time(first.from)} to ${time(first.to)} (${timeZone})`,
    ...['', ...strips, LEGEND],
    ...(gaps.length === 0 ? [] : ['', ...gaps]),
    ...(frames.length === 0 ? [] : ['', ...frames]),
  ];
}

function tracksOf({ mode, recording, analysis }: CoverageReport): [string, Coverage][] {
  const isRecorded = mode !== 'off' || recording.covered.length > 0;
  return [...(isRecorded ? [['recording', recording] as [string, Coverage]] : []), ['analysis', analysis]];
}

/** A block shows the worst of its time: a short gap must be seen. */
function strip({ covered, holes }: Coverage, { from, to }: CoverageReport): string {
  return Array.from({ length: BLOCKS }, (_, i) => {
    const block = { from: from + ((to - from) * i) / BLOCKS, to: from + ((to - from) * (i + 1)) / BLOCKS };
    const here = holes.filter((hole) => cut([hole], block).length > 0);
    const loud = here.find(({ cause }) => !isQuiet(cause));
    if (loud) return MARKS[loud.cause];
    const isMostly = lengthOf(cut(covered, block)) * 2 >= block.to - block.from;
    return isMostly || !here[0] ? '█' : MARKS[here[0].cause];
  }).join('');
}

function share({ coveredMs }: Coverage, { from, to }: CoverageReport): string {
  return `${((coveredMs / (to - from)) * 100).toFixed(1)} %`;
}

function describe({ from, to, cause, reason }: Hole, time: (at: number) => string): string {
  return `${time(from)} to ${time(to)}  ${duration(to - from)}  ${cause}${reason === undefined ? '' : `: ${reason}`}`;
}

function account(
  { hourAt, expected, counts, remainder, why }: HourAccount,
  time: (at: number) => string,
): string {
  return `${time(hourAt)}  ${counts.captured} of ${expected} captured; ${remainder} beyond the gaps: ${why ?? ''}`;
}

function duration(ms: number): string {
  const s = Math.round(ms / 1000);
  if (s < 120) return `${s} s`;
  return s < 7200 ? `${Math.round(s / 60)} min` : `${(s / 3600).toFixed(1)} h`;
}

function clock(timeZone: string): (at: number) => string {
  // Swedish writes dates as ISO 8601 does.
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  return (at) => format.format(at);
}
