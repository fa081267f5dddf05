import { instantsOf, localTimeOf } from './local-time.js';
import type { Span } from './spans.js';

/** The day of a moment by the site's clock, from midnight to midnight. @param timeZone IANA name */
export function dayAround(at: number, timeZone: string): Span {
  const { day } = localTimeOf(at, timeZone);
  const midnight = (of: number): number => instantsOf({ day: of, minute: 0 }, timeZone)[0]!;
  return { from: midnight(day), to: midnight(day + 1) };
}
