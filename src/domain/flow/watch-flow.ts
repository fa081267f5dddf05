import type { Calibration } from '../camera-fields/calibration.js';
import type { Flow } from '../camera-fields/counting.js';
import type { Zone } from '../camera-fields/lines-zones.js';
import type { SceneEvent } from '../scene.js';
import type { Moment, Track } from '../track.js';
import type { CongestionLevel, FlowMinute } from './minute.js';

/** What is remembered of how traffic flows; checkpointed with the scene. */
export interface FlowMemory {
  /** Start of the minute being summed, epoch ms. */
  readonly minuteAt: number;
  readonly sums: Omit<FlowMinute, 'level'>;
  readonly level: CongestionLevel;
}

export interface FlowConfig {
  readonly flow?: Flow | undefined;
  readonly calibration?: Calibration | undefined;
  readonly zones: readonly Zone[];
}

/**
 * Sums one moment of what is in view into its minute, and judges the flow when a minute is over.
 * @param tracks all that are followed
 * @param elapsedMs since the last moment that was taken in
 */
export function watchFlow(
  memory: FlowMemory | undefined,
  _tracks: readonly Track[],
  _elapsedMs: number,
  _config: FlowConfig,
  _now: Moment,
): { memory?: FlowMemory | undefined; events: SceneEvent[] } {
  return { ...(memory && { memory }), events: [] };
}
