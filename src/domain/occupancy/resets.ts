import { instantsOf, localTimeOf } from '../local-time.js';
import type { CountedArea } from './areas.js';
import type { OccupancyMark } from './mark.js';

const HOUR_MS = 3_600_000;
/** Events are kept for a day at least: a count must not stand on older ones for long … */
const CARRY_AFTER_MS = 20 * HOUR_MS;
/** … and what comes late by less than this still counts. */
const CARRY_LAG_MS = 6 * HOUR_MS;

/**
 * When an area was to be reset last: the newest `resetAt` of the site's clock that is not after `now`. Where the clock
 * is put forward over it, the moment of that; where it is put back, the first of the two. One that nobody was there for
 * is due until it is done.
 * @param now epoch ms
 * @returns epoch ms; undefined: it is never reset
 */
export function lastResetAt(
  { resetAt }: Pick<CountedArea, 'resetAt'>,
  now: number,
  timeZone: string,
): number | undefined {
  if (resetAt === undefined) return undefined;
  const [hour = 0, minute = 0] = resetAt.split(':').map(Number);
  const today = localTimeOf(now, timeZone).day;
  return [today, today - 1]
    .map((day) => instantsOf({ day, minute: hour * 60 + minute }, timeZone)[0]!)
    .find((at) => at <= now);
}

/** The id of a reset: the same reset done twice is one. */
export function resetId(areaId: string, at: number): string {
  return `${areaId}+${at}`;
}

/**
 * From when on the count of an area is to be carried on by a mark of its own, because the crossings it stands on will
 * not be kept for ever; a full hour, so that two who find it write the same one.
 * @param mark the newest
 * @returns epoch ms; undefined: not yet
 */
export function carryAt(mark: Pick<OccupancyMark, 'at'> | undefined, now: number): number | undefined {
  if (mark && now - mark.at < CARRY_AFTER_MS) return undefined;
  return Math.floor((now - CARRY_LAG_MS) / HOUR_MS) * HOUR_MS;
}

export function carryId(areaId: string, at: number): string {
  return `${areaId}~${at}`;
}
