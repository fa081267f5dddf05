import { instantsOf, localTimeOf } from '../local-time.js';
import type { Span } from '../spans.js';
import type { Granularity } from './report.js';

const MINUTE_MS = 60_000;
/** Clocks differ from UTC by whole quarters of an hour everywhere: windows begin on those. */
const QUARTER_MS = 15 * MINUTE_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const PARTS = { day: 'hour', hour: 'quarter', quarter: 'quarter' } as const;

/**
 * The windows of a local clock that begin in [from, to): quarters and hours as the clock on the wall shows them, days
 * from midnight to midnight. A day on which clocks are changed has 23 or 25 hours (some zones: half an hour more or
 * less); an hour that comes twice is two windows, one that is skipped is none.
 * @param timeZone IANA name
 * @param most so many at most, oldest first
 */
export function windowsIn(
  granularity: Granularity,
  { from, to }: Span,
  timeZone: string,
  most = Infinity,
): Span[] {
  const windows: Span[] = [];
  for (let at = startFrom(granularity, from, timeZone); at < to && windows.length < most;) {
    const next = startFrom(granularity, at + 1, timeZone);
    windows.push({ from: at, to: next });
    at = next;
  }
  return windows;
}

/** What a window is drawn by: a day by its hours, an hour by its quarters; a quarter is one piece. */
export function partsOf(granularity: Granularity, window: Span, timeZone: string): Span[] {
  return windowsIn(PARTS[granularity], window, timeZone);
}

/**
 * When the clock showed the same, so many weeks earlier.
 * @returns epoch ms; `undefined` where the clock skipped it. Of an hour that came twice the first.
 */
export function weeksBefore(at: number, weeks: number, timeZone: string): number | undefined {
  const { day, minute } = localTimeOf(at, timeZone);
  const [earlier = 0] = instantsOf({ day: day - 7 * weeks, minute }, timeZone);
  return localTimeOf(earlier, timeZone).minute === minute ? earlier : undefined;
}

/** The first start of a window at `at` or later. */
function startFrom(granularity: Granularity, at: number, timeZone: string): number {
  if (granularity === 'day') {
    const { day } = localTimeOf(at, timeZone);
    const [today = 0] = instantsOf({ day, minute: 0 }, timeZone);
    return today >= at ? today : instantsOf({ day: day + 1, minute: 0 }, timeZone)[0]!;
  }
  let quarter = Math.ceil(at / QUARTER_MS) * QUARTER_MS;
  while (granularity === 'hour' && !isHourStart(quarter, timeZone)) quarter += QUARTER_MS;
  return quarter;
}

/** Full hours, and the moment a clock is put forward past one. */
function isHourStart(quarter: number, timeZone: string): boolean {
  const hourOf = (at: number): number => {
    const { day, minute } = localTimeOf(at, timeZone);
    return day * 24 + Math.floor(minute / 60);
  };
  return localTimeOf(quarter, timeZone).minute % 60 === 0 || hourOf(quarter) > hourOf(quarter - QUARTER_MS);
}

/** No window is longer: how many there can be at least in a stretch of time. */
export const LONGEST_MS = {
  ...{ quarter: QUARTER_MS, hour: 2 * HOUR_MS, day: DAY_MS + 2 * HOUR_MS },
} satisfies Record<Granularity, number>;
