import { localTimeOf } from './local-time.js';

/**
 * Weekly schedules as people write them: `mon-fri 19:00-06:00; sat,sun; 12:00-13:00`. Entries are separated by
 * `;`, each has days (default: every day), a time range (default: the whole day), or both. A range whose end is
 * not after its start runs into the next morning and belongs to the day it began.
 */
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
const MINUTES_A_DAY = 24 * 60;

interface Entry {
  readonly days: ReadonlySet<number>;
  /** Minutes of the day; `to` > 1440 runs into the next day. */
  readonly from: number;
  readonly to: number;
}
export interface Schedule {
  readonly entries: readonly Entry[];
}

export function parseSchedule(text: string): Schedule | { readonly error: string } {
  const entries: Entry[] = [];
  for (const part of text
    .split(';')
    .map((p) => p.trim())
    .filter((p) => p !== '')) {
    const match = /^([a-z,\- ]*?)\s*(?:(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2}))?$/.exec(part.toLowerCase());
    if (!match) return { error: explain(part) };
    const days = parseDays((match[1] ?? '').trim());
    if (!days) return { error: explain(part) };
    if (match[2] === undefined) {
      entries.push({ days, from: 0, to: MINUTES_A_DAY });
      continue;
    }
    const from = minutes(match[2], match[3]);
    const to = minutes(match[4], match[5]);
    if (from === undefined || to === undefined || from === MINUTES_A_DAY) return { error: explain(part) };
    entries.push({ days, from, to: to > from ? to : to + MINUTES_A_DAY });
  }
  return entries.length > 0 ? { entries } : { error: explain(text) };
}

/**
 * @param at epoch ms
 * @param timeZone IANA name, for example Asia/Ho_Chi_Minh
 */
export function isWithin(schedule: Schedule, at: number, timeZone: string): boolean {
  const { day: date, minute } = localTimeOf(at, timeZone);
  // 1970-01-01, day 0, was a Thursday.
  const day = (((date + 4) % 7) + 7) % 7;
  const yesterday = (day + 6) % 7;
  return schedule.entries.some(
    ({ days, from, to }) =>
      (days.has(day) && minute >= from && minute < to) ||
      (days.has(yesterday) && minute + MINUTES_A_DAY < to),
  );
}

function parseDays(text: string): ReadonlySet<number> | undefined {
  if (text === '') return new Set(DAYS.keys());
  const days = new Set<number>();
  for (const item of text.split(',').map((p) => p.trim())) {
    const [first = '', last = first, ...rest] = item.split('-').map((p) => p.trim());
    const from = DAYS.indexOf(first as (typeof DAYS)[number]);
    const to = DAYS.indexOf(last as (typeof DAYS)[number]);
    if (from < 0 || to < 0 || rest.length > 0) return undefined;
    for (let day = from; ; day = (day + 1) % 7) {
      days.add(day);
      if (day === to) break;
    }
  }
  return days;
}

function minutes(hour: string | undefined, minute: string | undefined): number | undefined {
  const total = Number(hour) * 60 + Number(minute);
  return Number(minute) < 60 && total <= MINUTES_A_DAY ? total : undefined;
}

function explain(part: string): string {
  return `"${part}" is no schedule; write days, times or both, for example "mon-fri 19:00-06:00; sat,sun"`;
}
