import { redactUrls } from '../../domain/redact.js';
import type { Crossing } from './protocol.js';
import type { Tally } from './tally.js';

/** The tables of the results, row by row, as text: how they are written is the writer's matter. */
export const CROSSING_COLUMNS = [
  ...['time', 'seconds', 'frame', 'line', 'direction', 'class', 'track', 'score', 'reading', 'trace'],
];

/** @param reading of the source: track ids begin again with each. The trace is x y and seconds into the reading, point by point. */
export function crossingRow(crossing: Crossing, reading: number): string[] {
  const { at, seconds, frame, line, direction, trackId, score, trace = [] } = crossing;
  const way = trace.map(
    ([x, y, t]) => `${x.toFixed(4)} ${y.toFixed(4)} ${(seconds + (t - at) / 1000).toFixed(3)}`,
  );
  return [
    ...[new Date(at).toISOString(), seconds.toFixed(3), String(frame), line, direction, crossing.class],
    ...[String(trackId), score.toFixed(3), String(reading), way.join('; ')],
  ];
}

const TOTAL_COLUMNS = [
  ...['id', 'alias', 'location', 'source', 'status', 'line', 'in', 'out', 'net', 'by_class', 'error'],
];

/** A row for each source and line, one for a source without, and the sum. */
export function totalRows(tallies: readonly Tally[]): string[][] {
  const rows = tallies.flatMap(({ source, status, lines, end, reason }) => {
    const about = [source.id, source.alias ?? '', source.location ?? '', redactUrls(source.source), status];
    const error = end !== undefined ? (reason ?? '') : '';
    if (lines.length === 0) return [[...about, '', '0', '0', '0', '', error]];
    return lines.map((line) => {
      const byClass = Object.entries(line.byClass).map(([name, count]) => `${name} ${count.in}/${count.out}`);
      return [...about, line.id, ...numbers(line), byClass.join('; '), error];
    });
  });
  const all = tallies.flatMap(({ lines }) => lines);
  const sum = (direction: 'in' | 'out'): number => all.reduce((total, line) => total + line[direction], 0);
  const total = numbers({ in: sum('in'), out: sum('out') });
  return [TOTAL_COLUMNS, ...rows, ['total', '', '', '', '', '', ...total, '', '']];
}

function numbers(count: { readonly in: number; readonly out: number }): string[] {
  return [count.in, count.out, count.in - count.out].map(String);
}
