import type { TracePoint } from '../events.js';
import type { Calibration } from '../camera-fields/calibration.js';

/** How fast something goes, km/h; `errorKmh` is half of the 95 % interval. */
export interface Speed {
  readonly kmh: number;
  readonly errorKmh: number;
}

/**
 * Speed of a thing from its way on the ground.
 * @param trail ground points in unit coordinates with capture times, epoch ms, oldest first
 * @param aspect width / height of the picture
 * @returns `undefined`: unknown, the data supports no number
 */
export function speedOf(
  _trail: readonly TracePoint[],
  _calibration: Calibration,
  _aspect: number,
): Speed | undefined {
  return undefined;
}
