import type { Zone } from '../camera-fields/lines-zones.js';
import type { SceneEvent } from '../scene.js';
import type { Moment, Track } from '../track.js';

/** By zone id: since when there have been too many (or few enough again), and whether that was said. */
export type ThresholdMemory = Readonly<Record<string, { readonly since: number; readonly said: boolean }>>;

/**
 * Counts what is in each zone that has a threshold, and says once when it is exceeded and once when it is not any more.
 * @param tracks all that are followed, with what zones remember of them
 */
export function watchThresholds(
  memory: ThresholdMemory | undefined,
  _tracks: readonly Track[],
  _zones: readonly Zone[],
  _now: Moment,
): { memory?: ThresholdMemory | undefined; events: SceneEvent[] } {
  return { ...(memory && { memory }), events: [] };
}
