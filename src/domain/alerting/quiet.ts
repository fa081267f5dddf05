import { instantsOf, localTimeOf } from '../local-time.js';
import { isWithin, parseSchedule } from '../schedule.js';
import type { Recipient } from './config.js';

/** Quiet hours that never end are looked at again after this, ms. */
const DAY_MS = 86_400_000;
const DAYS_AHEAD = 8;
const MINUTES_A_DAY = 24 * 60;

/**
 * When the quiet hours that a recipient is in are over; those that follow one another without a break are one.
 * @param at epoch ms
 * @param siteTimeZone for a recipient who has none
 * @returns epoch ms, after `at`; `undefined` outside of quiet hours
 */
export function quietUntil(
  recipient: Pick<Recipient, 'quietHours' | 'timeZone'>,
  at: number,
  siteTimeZone: string,
): number | undefined {
  if (recipient.quietHours === undefined) return undefined;
  const schedule = parseSchedule(recipient.quietHours);
  const timeZone = recipient.timeZone ?? siteTimeZone;
  if ('error' in schedule || !isWithin(schedule, at, timeZone)) return undefined;
  const { day } = localTimeOf(at, timeZone);
  const minutes = new Set(schedule.entries.map(({ to }) => to % MINUTES_A_DAY));
  const ends = Array.from({ length: DAYS_AHEAD + 1 }, (_, ahead) =>
    [...minutes].flatMap((minute) => instantsOf({ day: day + ahead, minute }, timeZone)),
  );
  const over = ends
    .flat()
    .filter((end) => end > at)
    .sort((a, b) => a - b)
    .find((end) => !isWithin(schedule, end, timeZone));
  return over ?? at + DAY_MS;
}
