import type { Granularity } from '../domain/flow/report.js';
import { windowsIn } from '../domain/flow/windows.js';
import { instantsOf, localTimeOf } from '../domain/local-time.js';
import type { Span } from '../domain/spans.js';

/** What the page shows at once. */
export type View = 'hour' | 'day' | 'week';

/** What is chosen on the page: a date of the site's calendar, and an hour of it. */
export interface Chosen {
  readonly view: View;
  /** Days since 1970-01-01. */
  readonly day: number;
  /** 0..23; only of a view by hour. */
  readonly hour: number;
}

const DAY_MS = 86_400_000;

/** The window a choice means; a week begins on its Monday, and is shown by its days. */
export function spanOf({ view, day, hour }: Chosen, timeZone: string): Span & { granularity: Granularity } {
  const midnight = (of: number): number => instantsOf({ day: of, minute: 0 }, timeZone)[0]!;
  if (view === 'hour') {
    const [at = 0] = instantsOf({ day, minute: hour * 60 }, timeZone);
    const [window] = windowsIn('hour', { from: at, to: at + DAY_MS }, timeZone, 1);
    return { granularity: 'hour', ...(window ?? { from: at, to: at + 1 }) };
  }
  // 1970-01-01 was a Thursday.
  const first = view === 'week' ? day - ((day + 3) % 7) : day;
  return { granularity: 'day', from: midnight(first), to: midnight(first + (view === 'week' ? 7 : 1)) };
}

/** The one before (-1) or after (1) it. */
export function beside({ view, day, hour }: Chosen, way: -1 | 1): Chosen {
  if (view !== 'hour') return { view, hour, day: day + way * (view === 'week' ? 7 : 1) };
  const hours = day * 24 + hour + way;
  return { view, day: Math.floor(hours / 24), hour: ((hours % 24) + 24) % 24 };
}

/** @param at epoch ms */
export function chosenAt(view: View, at: number, timeZone: string): Chosen {
  const { day, minute } = localTimeOf(at, timeZone);
  return { view, day, hour: Math.floor(minute / 60) };
}

/** `2026-11-21`, as date fields have it. */
export function dateOf(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}
