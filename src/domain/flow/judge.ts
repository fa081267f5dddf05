import type { Flow } from '../camera-fields/counting.js';
import { isVehicle } from '../object-class.js';
import { CongestionLevel } from './minute.js';
import type { FlowSums } from './moment.js';

const LEVELS = CongestionLevel.options;
/** To be judged better than it was, traffic must be that much faster (or thinner) than the limit it fell below. */
const BETTER_BY = 1.2;

/** 0 free … 3 standstill */
export function badness(level: CongestionLevel): number {
  return LEVELS.indexOf(level);
}

/**
 * Mean speed of the vehicles of a minute: way of all of them divided by the time of all of them, which is the mean over
 * the road rather than over those that pass a point (Edie, "Discussion of traffic stream measurements and definitions",
 * 1963). Vehicles that move at unknown speed are taken to move like those whose speed is known; where most are unknown,
 * km/h are not.
 */
export function meanSpeed(sums: FlowSums): {
  readonly kmh?: number;
  readonly lengthsASecond: number;
  readonly vehicles: number;
} {
  const presentMs = vehicleMs(sums);
  const movingMs = Math.max(0, presentMs - sums.standingMs);
  const knownMs = sums.measuredMs - sums.standingMs;
  const vehicles = sums.watchedMs > 0 ? presentMs / sums.watchedMs : 0;
  const lengthsASecond = presentMs > 0 ? (1000 * sums.lengths) / presentMs : 0;
  if (sums.measuredMs === 0 || knownMs < movingMs / 2) return { lengthsASecond, vehicles };
  const movingKmh = knownMs > 0 ? (3600 * sums.metres) / knownMs : 0;
  return { kmh: presentMs > 0 ? (movingKmh * movingMs) / presentMs : 0, lengthsASecond, vehicles };
}

/**
 * The level one minute would have by itself. Limits are the camera's own (`belowKmh`, `belowLengths`): levels of
 * service of the Highway Capacity Manual want the length and free speed of a road section, which a camera does not know.
 * @param current the level in force: what it has fallen below must be exceeded by a fifth to be left
 */
export function judgeMinute(sums: FlowSums, current: CongestionLevel, flow: Flow): CongestionLevel {
  const { kmh, lengthsASecond, vehicles } = meanSpeed(sums);
  const isFew = vehicles < (current === 'free' ? flow.vehicles : flow.vehicles / BETTER_BY);
  if (isFew) return 'free';
  const [speed, limits] = kmh === undefined ? [lengthsASecond, flow.belowLengths] : [kmh, flow.belowKmh];
  const worse = (['standstill', 'congested', 'dense'] as const).find((level) => {
    const wasBelow = badness(current) >= badness(level);
    return speed < limits[level] * (wasBelow ? BETTER_BY : 1);
  });
  return worse ?? 'free';
}

/**
 * The level in force after the newest minutes: it changes when all of them say worse (to the least bad of them), or all
 * say better (to the worst of them).
 * @param recent what each would have been by itself; as many as it takes
 */
export function settled(current: CongestionLevel, recent: readonly CongestionLevel[]): CongestionLevel {
  const said = recent.map(badness);
  const [least, most] = [Math.min(...said), Math.max(...said)];
  if (least > badness(current)) return LEVELS[least]!;
  if (most < badness(current)) return LEVELS[most]!;
  return current;
}

function vehicleMs({ presentMs }: FlowSums): number {
  return Object.entries(presentMs).reduce((sum, [label, ms]) => sum + (isVehicle(label) ? ms : 0), 0);
}
