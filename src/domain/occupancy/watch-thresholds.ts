import type { Zone } from '../camera-fields/lines-zones.js';
import type { SceneEvent } from '../scene.js';
import { isConfirmed, type Moment, type Track } from '../track.js';
import { clearAtOf } from './judge-area.js';

interface Watched {
  /** Not said: since when there are too many. Said: since when there are few enough again, absent while not. Epoch ms. */
  readonly since?: number;
  readonly said: boolean;
  /** What was exceeded: the end is told also when the zone has lost its threshold. */
  readonly limit: number;
}
/** By zone id; only zones with too many in them, or of which that was said. */
export type ThresholdMemory = Readonly<Record<string, Watched>>;

/**
 * Counts what is in each zone that has a threshold, and says once when it is exceeded and once when it is not any more.
 * Between `clearAt` and `above` it stays as it was; either must last for `forMs`. A source that begins anew has nothing
 * in its zones.
 * @param tracks all that are followed, with what zones remember of them
 */
export function watchThresholds(
  memory: ThresholdMemory | undefined,
  tracks: readonly Track[],
  zones: readonly Zone[],
  now: Moment,
): { memory?: ThresholdMemory | undefined; events: SceneEvent[] } {
  const limited = zones.filter(({ threshold }) => threshold !== undefined);
  if (limited.length === 0 && !memory) return { events: [] };
  const kept: Record<string, Watched> = {};
  const events: SceneEvent[] = [];
  const say = (zone: string, phase: 'begin' | 'end', count: number, limit: number): void => {
    events.push({ type: 'threshold', at: now.at, zone, phase, count, limit });
  };
  for (const zone of limited) {
    const count = countIn(zone.id, tracks);
    const { next, phase } = watched(memory?.[zone.id], zone.threshold!, count, now.at);
    if (next) kept[zone.id] = next;
    if (phase)
      say(zone.id, phase, count, phase === 'begin' ? zone.threshold!.above : memory![zone.id]!.limit);
  }
  for (const [zone, { said, limit }] of Object.entries(memory ?? {})) {
    if (said && !limited.some(({ id }) => id === zone)) say(zone, 'end', countIn(zone, tracks), limit);
  }
  return { ...(Object.keys(kept).length > 0 && { memory: kept }), events };
}

function watched(
  known: Watched | undefined,
  threshold: NonNullable<Zone['threshold']>,
  count: number,
  at: number,
): { next?: Watched; phase?: 'begin' | 'end' } {
  const { above, forMs } = threshold;
  // Time that goes back: the source begins anew.
  const since = Math.min(known?.since ?? at, at);
  const isLasting = at - since >= forMs;
  if (known?.said) {
    const { said, limit } = known;
    if (count > clearAtOf(threshold)) return { next: { said, limit } };
    return isLasting ? { phase: 'end' } : { next: { said, limit, since } };
  }
  if (count <= above) return {};
  return isLasting
    ? { next: { said: true, limit: above }, phase: 'begin' }
    : { next: { said: false, limit: above, since } };
}

/** Things that count as entered; those not seen at the moment are where they were. */
function countIn(zone: string, tracks: readonly Track[]): number {
  return tracks.filter((track) => isConfirmed(track) && track.zones[zone]?.entered === true).length;
}
