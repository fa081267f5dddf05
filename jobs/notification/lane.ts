import type { Channel } from '../../src/domain/alerting/config.js';
import { quietUntil } from '../../src/domain/alerting/quiet.js';
import { localTimeOf } from '../../src/domain/local-time.js';
import type { Delivery, LaneRules } from '../../src/ports/alerting.js';
import type { Ports } from '../../src/ports.js';

/** One recipient on one channel. */
export interface Lane {
  readonly recipient: string;
  readonly channel: Channel;
}

/** Of somebody who left the camera file: what waits for them is taken, and fails. */
const NO_CAP = 1000;

/** What may be sent in a lane at that moment. */
export function laneOf(
  { cameras, channels }: Pick<Ports, 'cameras' | 'channels'>,
  { recipient, channel }: Lane,
  now: number,
): LaneRules {
  const { site, alerting, recipients } = cameras;
  const person = recipients.find(({ id }) => id === recipient);
  const until = person && quietUntil(person, now, site.timeZone);
  return {
    maxPerHour: person?.maxPerHour ?? NO_CAP,
    ratePerS: channels.get(channel).ratePerS,
    ...(person && until !== undefined && { quiet: { until, below: person.quietBelow } }),
    ...(channel === 'sms' && {
      budget: { day: dateOf(now, site.timeZone), most: alerting.smsPerDay },
    }),
  };
}

/** The calendar's day of that zone, as 2026-11-21. */
function dateOf(at: number, timeZone: string): string {
  return new Date(localTimeOf(at, timeZone).day * DAY_MS).toISOString().slice(0, 10);
}

const DAY_MS = 86_400_000;
const LEAST_MS = 100;
/** Of many jobs that wait in one lane one at a time has something to do; the others need not look often. */
const LONGEST_TURN_MS = 10_000;
const MOST_SPREAD_MS = 5000;

/**
 * How long a job waits until it looks again: at least until `until`, and the longer the older its message is. Jobs that
 * wait for the same moment are spread behind it.
 * @param random 0..1
 */
export function waitMs(
  until: number | undefined,
  { createdAt }: Pick<Delivery, 'createdAt'>,
  now: number,
  random: number,
): number {
  const restMs = Math.max((until ?? now) - now, LEAST_MS);
  const turnMs = Math.min(Math.max(now - createdAt, 0) / 4, LONGEST_TURN_MS);
  const ms = Math.max(restMs, turnMs);
  return Math.round(ms + random * Math.min(ms / 4, MOST_SPREAD_MS));
}
