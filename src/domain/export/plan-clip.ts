import type { Hole } from '../coverage.js';

/** A stretch of one recording that goes into a clip; capture times, epoch ms, `to` is not included. */
export interface ClipStretch {
  readonly segmentId: string;
  readonly from: number;
  readonly to: number;
}

/** Where nothing was recorded, and why. */
export type ClipGap = Hole;

/** What goes into a clip, in order of time, without overlap: together it is all of [from, to). */
export interface ClipPlan {
  readonly from: number;
  readonly to: number;
  readonly stretches: readonly ClipStretch[];
  readonly gaps: readonly ClipGap[];
}

/** Two recordings of one connection follow each other; up to a second between them is no gap that anybody sees, ms. */
export const JOINT_MS = 1000;

/**
 * What of a camera's recordings goes into a clip. Where recordings overlap (the same camera was recorded twice) the one that
 * began first goes on to its end.
 * @param segments those that touch [from, to), in any order
 * @param gaps holes of the coverage of [from, to)
 */
export function planClip(
  asked: { readonly from: number; readonly to: number },
  segments: readonly { readonly id: string; readonly startAt: number; readonly endAt: number }[],
  gaps: readonly ClipGap[],
): ClipPlan {
  const { from, to } = asked;
  const stretches: ClipStretch[] = [];
  let reached = from;
  for (const { id, startAt, endAt } of [...segments].sort((a, b) => a.startAt - b.startAt)) {
    const begin = Math.max(startAt, reached);
    const end = Math.min(endAt, to);
    if (end <= begin) continue;
    stretches.push({ segmentId: id, from: begin, to: end });
    reached = end;
  }
  return { from, to, stretches, gaps };
}
