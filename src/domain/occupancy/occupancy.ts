import type { CountedArea } from './areas.js';
import type { OccupancyMark } from './mark.js';

/** Crossings of one camera, summed; as `EventStore.crossings` gives them. */
export interface CrossingSum {
  readonly cameraId: string;
  readonly line: string;
  readonly direction: 'in' | 'out';
  readonly class: string;
  readonly count: number;
}

/** Where an area's count is read from. */
export interface AreaReads {
  lastMark(areaId: string, at: number): Promise<OccupancyMark | undefined>;
  /** Crossings captured in [from, to). */
  crossings(filter: { cameraId: string; from?: number; to?: number }): Promise<readonly CrossingSum[]>;
}

/** How many are inside. */
export interface AreaCount {
  /** What is shown: never below 0. */
  readonly inside: number;
  /** What marks and crossings say; below 0 where entries were missed. */
  readonly raw: number;
  /** Into the area and out of it, since the mark. */
  readonly in: number;
  readonly out: number;
  /** The mark it begins with; undefined: all crossings that are known. */
  readonly mark?: OccupancyMark;
}

/**
 * How many are inside an area: the value of its newest mark plus in minus out of its gates since then. Exact and the
 * same however often it is asked; crossings that come late count as soon as they are there.
 * @param at epoch ms; default: now, with everything that was captured
 */
export async function countArea(area: CountedArea, reads: AreaReads, at?: number): Promise<AreaCount> {
  const mark = await reads.lastMark(area.id, at ?? Number.MAX_SAFE_INTEGER);
  let sum = { in: 0, out: 0 };
  for (const cameraId of new Set(area.gates.map(({ camera }) => camera))) {
    const range = { ...(mark && { from: mark.at }), ...(at !== undefined && { to: at }) };
    const passed = throughGates(area, await reads.crossings({ cameraId, ...range }));
    sum = { in: sum.in + passed.in, out: sum.out + passed.out };
  }
  const raw = (mark?.value ?? 0) + sum.in - sum.out;
  return { inside: Math.max(0, raw), raw, ...sum, ...(mark && { mark }) };
}

/** What went through an area's gates, of its classes: into it and out of it. */
export function throughGates(
  { gates, classes }: Pick<CountedArea, 'gates' | 'classes'>,
  sums: readonly CrossingSum[],
): { in: number; out: number } {
  const passed = { in: 0, out: 0 };
  for (const { cameraId, line, direction, class: label, count } of sums) {
    if (classes !== undefined && !classes.includes(label)) continue;
    const gate = gates.find((one) => one.camera === cameraId && one.line === line);
    if (!gate) continue;
    const isIn = (direction === 'in') !== gate.reversed;
    passed[isIn ? 'in' : 'out'] += count;
  }
  return passed;
}
