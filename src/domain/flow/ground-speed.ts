import type { Calibration } from '../camera-fields/calibration.js';
import { boxOf } from '../kalman.js';
import { groundOf, homographyOf, localScale } from '../speed/homography.js';
import { groundOf as standsAt, type Track } from '../track.js';

/** Over so short a time the way is straight, s. */
const STEP_S = 0.2;
/** Where lengths on the ground are less sure than this share, no speed is taken. */
const LEAST_SURE = 0.25;
/** Faster is a tracking error, km/h. */
const FASTEST_KMH = 250;

/**
 * How fast a thing goes just now: its followed velocity, put on the ground. Cheap enough for every frame, and without an
 * error bar: good for sums over many vehicles. What is said of one vehicle is measured over its whole way (`speedOf`).
 * @returns km/h; `undefined`: it stands where the calibration says little, or at the picture's edge
 */
export function groundSpeed(
  { motion, trail }: Pick<Track, 'motion' | 'trail'>,
  calibration: Calibration,
  aspect: number,
): number | undefined {
  const { x, y, width, height } = boxOf(motion);
  // Two sightings give no velocity yet.
  if (trail.length < 2 || x < 0 || x + width > 1 || y + height > 1) return undefined;
  const homography = homographyOf(calibration, aspect);
  const now = standsAt(motion);
  const before = {
    x: now.x - motion.vx * STEP_S,
    y: now.y - (motion.vy + (motion.gh * motion.h) / 2) * STEP_S,
  };
  const [from, to] = [groundOf(homography, before), groundOf(homography, now)];
  const scale = localScale(homography, now);
  if (!from || !to || !scale || scale.errorShare > LEAST_SURE) return undefined;
  const kmh = (3.6 * Math.hypot(to.xM - from.xM, to.yM - from.yM)) / STEP_S;
  return kmh > FASTEST_KMH ? undefined : kmh;
}
