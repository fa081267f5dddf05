import { MOST_TRACE, type TracePoint } from './events.js';
import type { UnitBox } from './geometry.js';
import type { PathPoint } from './track.js';

/** Points nearer than this in time are not kept both, ms. */
const LEAST_STEP_MS = 90;
/** A trail reaches back no farther than this, ms: what was before says little about now. */
const LONGEST_MS = 8000;
/** A box that ends this near to the picture's edge may be cut by it, unit coordinates. */
const EDGE = 0.008;

/**
 * The way of a thing with one more measured ground point (unit coordinates). A full trail is thinned evenly: the point
 * goes whose neighbours in time are nearest to each other, never the first or the newest.
 */
export function extended(trail: readonly TracePoint[], { x, y, at }: PathPoint): readonly TracePoint[] {
  const last = trail.at(-1);
  if (last && at - last[2] < LEAST_STEP_MS) return trail;
  const point: TracePoint = [Math.round(x * 1e4) / 1e4, Math.round(y * 1e4) / 1e4, at];
  const recent = [...trail, point].filter((known) => at - known[2] <= LONGEST_MS);
  if (recent.length <= MOST_TRACE) return recent;
  const gap = (i: number): number => recent[i + 1]![2] - recent[i - 1]![2];
  let least = 1;
  for (let i = 2; i < recent.length - 1; i++) if (gap(i) < gap(least)) least = i;
  return recent.filter((_, i) => i !== least);
}

/**
 * Whether a box shows where its thing stands: not where the picture's left, right or lower edge may cut it, since its foot
 * then follows the edge.
 */
export function showsFoot({ x, y, width, height }: UnitBox): boolean {
  return x > EDGE && x + width < 1 - EDGE && y + height < 1 - EDGE;
}
