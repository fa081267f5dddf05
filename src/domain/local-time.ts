/** Wall clocks of a time zone, also over the days on which they are put forward or back. */
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** A moment as the clock on the wall shows it. */
export interface LocalTime {
  /** Days since 1970-01-01 of that calendar. */
  readonly day: number;
  /** 0 … 1439 */
  readonly minute: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/**
 * @param at epoch ms
 * @param timeZone IANA name, for example Asia/Ho_Chi_Minh
 */
export function localTimeOf(at: number, timeZone: string): LocalTime {
  const wall = wallClock(at, timeZone);
  const day = Math.floor(wall / DAY_MS);
  return { day, minute: Math.floor((wall - day * DAY_MS) / MINUTE_MS) };
}

/**
 * When the clock on the wall shows this: once as a rule, twice where it is put back, and where it is put forward over it
 * the moment of that.
 * @returns epoch ms, oldest first, at least one
 */
export function instantsOf({ day, minute }: LocalTime, timeZone: string): number[] {
  const wall = day * DAY_MS + minute * MINUTE_MS;
  // Zones are at most 14 hours from UTC, and clocks are not changed twice within two days.
  const offsets = new Set([-DAY_MS, DAY_MS].map((far) => wallClock(wall + far, timeZone) - (wall + far)));
  const guesses = [...offsets].map((offset) => wall - offset).sort((a, b) => a - b);
  const exact = guesses.filter((guess) => wallClock(guess, timeZone) === wall);
  return exact.length > 0 ? exact : [firstAfter(wall, guesses[0]!, guesses.at(-1)!, timeZone)];
}

/** The day of a date as people write it, 2026-11-21. */
export function dayOf(date: string): number {
  return Math.floor(Date.parse(`${date}T00:00:00Z`) / DAY_MS);
}

/** The first moment in (from, to] at which the clock shows `wall` or more; it is put forward once in between. */
function firstAfter(wall: number, from: number, to: number, timeZone: string): number {
  let [before, after] = [from, to];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (wallClock(middle, timeZone) >= wall) after = middle;
    else before = middle;
  }
  return after;
}

/** What the clock shows, as if it were UTC, ms. */
function wallClock(at: number, timeZone: string): number {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-u-ca-iso8601-nu-latn', {
      ...{ timeZone, year: 'numeric', month: '2-digit', day: '2-digit' },
      ...{ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
    });
    formats.set(timeZone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) + (((at % 1000) + 1000) % 1000);
}
