import { isVehicle } from '../object-class.js';
import { speedOf as scalesASecond } from '../kalman.js';
import { groundOf, isConfirmed, isMoving, labelOf, type Moment, type Track } from '../track.js';
import { isInside } from '../zone-watch.js';
import { groundSpeed } from './ground-speed.js';
import type { FlowMinute } from './minute.js';
import type { FlowConfig } from './watch-flow.js';

/** What a minute of traffic is summed from. */
export type FlowSums = Omit<FlowMinute, 'level'>;

export const NOTHING: FlowSums = {
  ...{ watchedMs: 0, presentMs: {}, standingMs: 0, lengths: 0, metres: 0, measuredMs: 0 },
};

/** A vehicle that has not moved for so long is parked, not waiting; standing traffic creeps on before that, ms. */
const PARKED_MS = 30 * 60_000;

/** What is in view at one moment, as sums grow by it in each millisecond. */
export interface InView {
  readonly present: Readonly<Record<string, number>>;
  readonly standing: number;
  readonly lengths: number;
  readonly metres: number;
  readonly measured: number;
}

/**
 * Traffic in view: what the tracker is sure of and, where `flow.zone` is given, what stands in it. Vehicles that have
 * not moved since they are followed, or not for half an hour, are parked: they are no traffic.
 */
export function inView(tracks: readonly Track[], config: FlowConfig, now: Moment): InView {
  const zone = config.zones.find(({ id }) => id === config.flow?.zone);
  const present: Record<string, number> = {};
  let [standing, lengths, metres, measured] = [0, 0, 0, 0];
  for (const track of tracks) {
    const label = labelOf(track);
    if (!isConfirmed(track) || (zone && !isInside(zone.polygon, groundOf(track.motion)))) continue;
    if (isVehicle(label) && isParked(track, now.at)) continue;
    present[label] = (present[label] ?? 0) + 1;
    if (!isVehicle(label)) continue;
    const { calibration } = config;
    if (!isMoving(track, now.at)) {
      standing += 1;
      // That it stands is known without measuring.
      if (calibration) measured += 1;
      continue;
    }
    lengths += scalesASecond(track.motion, now.aspect) / 1000;
    const kmh = calibration && groundSpeed(track, calibration, now.aspect);
    if (kmh === undefined) continue;
    metres += kmh / 3600;
    measured += 1;
  }
  return { present, standing, lengths, metres, measured };
}

/** The sums after `ms` more of what is in view. */
export function summed(sums: FlowSums, view: InView, ms: number): FlowSums {
  const presentMs: Record<string, number> = { ...sums.presentMs };
  for (const [label, things] of Object.entries(view.present))
    presentMs[label] = (presentMs[label] ?? 0) + things * ms;
  return {
    watchedMs: sums.watchedMs + ms,
    presentMs,
    standingMs: sums.standingMs + view.standing * ms,
    lengths: short(sums.lengths + view.lengths * ms),
    metres: short(sums.metres + view.metres * ms),
    measuredMs: sums.measuredMs + view.measured * ms,
  };
}

function isParked({ movedAt }: Track, at: number): boolean {
  return movedAt === undefined || at - movedAt > PARKED_MS;
}

/** Sums are checkpointed many times a second: digits that mean nothing are not kept. */
function short(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
