import { boxOf, scaleOf } from './kalman.js';
import { kindDistance } from './association.js';
import { isConfirmed, labelOf, type Track } from './track.js';

/** Off the straight way between the two, box scales, at once and for each second unseen. */
const OFF = 0.8;
const OFF_A_SECOND = 0.9;
const LONGEST_MS = 4000;

/**
 * A thing that was lost and is found again farther than one look could tell: once the new track has a direction
 * of its own, going back along it must lead to where a lost one of a like kind was last seen. The new track then
 * goes on under the old identity, with what lines and zones remember, so a crossing in the gap counts once.
 * @returns the continued track and the lost one it replaces; `undefined` when nothing fits.
 */
export function stitch(
  found: Track,
  tracks: readonly Track[],
  aspect: number,
): { track: Track; from: Track } | undefined {
  let best: { from: Track; off: number } | undefined;
  for (const lost of tracks) {
    if (!isConfirmed(lost) || lost.misses === 0 || lost.seenAt >= found.bornAt) continue;
    if (
      found.bornAt - lost.seenAt > LONGEST_MS ||
      kindDistance(lost, { ...found, label: labelOf(found) }) > 1
    )
      continue;
    const off = offWay(lost, found, aspect);
    if (off < 1 && (!best || off < best.off)) best = { from: lost, off };
  }
  if (!best) return undefined;
  const { from } = best;
  const track = {
    ...found,
    id: from.id,
    votes: sum(from, found),
    ...(from.ridden && { ridden: true as const }),
    bornAt: from.bornAt,
    path: from.path,
    trail: from.trail,
    lines: from.lines,
    zones: from.zones,
    ...(from.plate && { plate: from.plate }),
  };
  return { track, from };
}

/** How badly the two fit as one thing; below 1 they do. */
function offWay(lost: Track, found: Track, aspect: number): number {
  const gapS = (found.bornAt - lost.seenAt) / 1000;
  const a = boxOf(lost.motion);
  const b = boxOf(found.motion);
  const scale = (scaleOf(a, aspect) + scaleOf(b, aspect)) / 2;
  if (Math.abs(Math.log(scaleOf(a, aspect) / scaleOf(b, aspect))) > 0.45) return Infinity;
  const sinceS = (found.seenAt - lost.seenAt) / 1000;
  const offFrom = (vx: number, vy: number): number =>
    Math.hypot(
      (found.motion.x - vx * sinceS - lost.motion.x) * aspect,
      found.motion.y - vy * sinceS - lost.motion.y,
    ) / scale;
  // Either its own way leads back to the lost one, or the lost one's way leads to it; turning round is neither.
  const agree = lost.motion.vx * found.motion.vx * aspect ** 2 + lost.motion.vy * found.motion.vy;
  const isTurned = agree < -((0.4 * scale) ** 2);
  if (isTurned) return Infinity;
  const off = Math.max(
    offFrom(found.motion.vx, found.motion.vy),
    0.7 * offFrom(lost.motion.vx, lost.motion.vy),
  );
  return off / (OFF + OFF_A_SECOND * gapS);
}

function sum(a: Track, b: Track): Record<string, number> {
  const votes: Record<string, number> = { ...a.votes };
  for (const [label, count] of Object.entries(b.votes))
    votes[label] = Math.round(((votes[label] ?? 0) + count) * 100) / 100;
  return votes;
}
