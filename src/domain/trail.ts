import { MOST_TRACE, type TracePoint } from './events.js';
import type { PathPoint } from './track.js';

/** Points nearer than this in time are not kept both, ms: with `MOST_TRACE` points a trail reaches back some seconds. */
const LEAST_STEP_MS = 180;

/**
 * The way of a thing with one more measured ground point (unit coordinates). The oldest points go when it is full.
 */
export function extended(trail: readonly TracePoint[], { x, y, at }: PathPoint): readonly TracePoint[] {
  const last = trail.at(-1);
  if (last && at - last[2] < LEAST_STEP_MS) return trail;
  const point: TracePoint = [Math.round(x * 1e4) / 1e4, Math.round(y * 1e4) / 1e4, at];
  return [...trail.slice(1 - MOST_TRACE), point];
}
