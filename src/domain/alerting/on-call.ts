import { dayOf, instantsOf, localTimeOf } from '../local-time.js';
import { isWithin, parseSchedule } from '../schedule.js';
import type { OnCall } from './config.js';

/** Whose turn it is. Turns follow one another without end, before `start` as well: somebody always has one. */
export interface Turn {
  /** 0: the first one of the schedule. */
  readonly number: number;
  readonly who: string;
  /** Epoch ms; `to` is not included. */
  readonly from: number;
  readonly to: number;
}

/**
 * The recipients on duty: those of the override in force (of several the last in the list; overrides count outside
 * `hours` too), else whose turn it is; nobody outside `hours`.
 * @param at epoch ms
 * @param siteTimeZone for a schedule that names none
 */
export function onDuty(onCall: OnCall, at: number, siteTimeZone: string): readonly string[] {
  const override = onCall.overrides.findLast(({ from, to }) => Date.parse(from) <= at && at < Date.parse(to));
  if (override) return override.who;
  const hours = onCall.hours === undefined ? undefined : parseSchedule(onCall.hours);
  const timeZone = onCall.timeZone ?? siteTimeZone;
  if (hours && !('error' in hours) && !isWithin(hours, at, timeZone)) return [];
  return [turnAt(onCall, at, siteTimeZone).who];
}

/** The turn of that moment, overrides aside. Turns have equally many calendar days: not always equally many hours. */
export function turnAt(
  { start, handover, everyDays, who, timeZone: own }: OnCall,
  at: number,
  siteTimeZone: string,
): Turn {
  const timeZone = own ?? siteTimeZone;
  const [hour = 0, minute = 0] = handover.split(':').map(Number);
  // Where the clock is put back over it, the first time counts: nobody's turn comes back.
  const handoverOf = (day: number): number => instantsOf({ day, minute: hour * 60 + minute }, timeZone)[0]!;
  const { day: today } = localTimeOf(at, timeZone);
  // A clock put back over midnight shows yesterday again after today's handover.
  const day = [today + 1, today].find((one) => handoverOf(one) <= at) ?? today - 1;
  const first = dayOf(start);
  const number = Math.floor((day - first) / everyDays);
  const begins = first + number * everyDays;
  return {
    number,
    who: who[((number % who.length) + who.length) % who.length]!,
    from: handoverOf(begins),
    to: handoverOf(begins + everyDays),
  };
}
