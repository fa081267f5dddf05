import { nearestRank } from '../percentiles.js';
import type { FlowReport } from './report.js';

/** Speeds of crossings as they are counted: tenths of km/h, so that sums are exact in whatever order they come. */
export interface SpeedTally {
  unknown: number;
  readonly tenths: number[];
}

/** Width of a histogram's bars, km/h. */
const BAR_KMH = 10;

export function newSpeeds(): SpeedTally {
  return { unknown: 0, tenths: [] };
}

/** @param kmh `undefined`: unknown; it stays so and makes no number */
export function addSpeed(tally: SpeedTally, kmh: number | undefined): void {
  if (kmh === undefined) tally.unknown += 1;
  else tally.tenths.push(Math.round(kmh * 10));
}

/**
 * Mean of the speeds at a point (time-mean), and the 85th percentile: the speed at or below which 85 of 100 travel under
 * free flow, by which limits are set (Institute of Transportation Engineers, Manual of Transportation Engineering
 * Studies; FHWA Manual on Uniform Traffic Control Devices, section 2B.21). Nearest rank, from each vehicle's speed.
 */
export function speedsOf({ unknown, tenths }: SpeedTally): FlowReport['speed'] {
  const sorted = [...tenths].sort((a, b) => a - b);
  const histogram: number[] = [];
  for (const speed of sorted) {
    const bar = Math.floor(speed / (10 * BAR_KMH));
    while (histogram.length <= bar) histogram.push(0);
    histogram[bar]! += 1;
  }
  const known = sorted.length;
  if (known === 0) return { known, unknown, histogram };
  return { known, unknown, mean: meanOf(tenths)!, p85: nearestRank(sorted, 0.85) / 10, histogram };
}

/** km/h, to the hundredth; `undefined` of none. @param tenths of km/h */
export function meanOf(tenths: readonly number[]): number | undefined {
  if (tenths.length === 0) return undefined;
  return Math.round((10 * tenths.reduce((sum, speed) => sum + speed, 0)) / tenths.length) / 100;
}
