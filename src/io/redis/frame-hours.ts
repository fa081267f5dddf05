import { hourOf, NO_FRAMES, type FrameCounts } from '../../domain/frame.js';
import { InputError, PermanentError } from '../../errors.js';
import type { Checkpoint } from '../../ports.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Hours are forgotten this long after the last write to their day, so a longer question has no answer. */
export const HOURS_KEPT_MS = 90 * DAY_MS;
const LONGEST_RANGE_DAYS = 400;

export interface HourCounts {
  readonly hourAt: number;
  readonly counts: FrameCounts;
}

/** The UTC day as `2026-11-21`. */
export function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** True for the hours that touch [from, to). */
export function touches(hourAt: number, from: number, to: number): boolean {
  return hourAt < to && hourAt + HOUR_MS > from;
}

/**
 * The UTC days that touch [from, to), oldest first.
 * @throws InputError when they are more than 400.
 */
export function daysOf(from: number, to: number): string[] {
  if (!(to > from)) return [];
  const first = Math.floor(from / DAY_MS);
  const days = Math.ceil(to / DAY_MS) - first;
  if (!(days <= LONGEST_RANGE_DAYS)) {
    throw new InputError(
      `frame counts from ${from} to ${to} span ${days} days: ask for at most ${LONGEST_RANGE_DAYS}`,
    );
  }
  return Array.from({ length: days }, (_, i) => dayOf((first + i) * DAY_MS));
}

/**
 * The hour that a commit adds to: that of its cursor.
 * @throws PermanentError when frames are counted and there is no cursor; they would be in no hour.
 */
export function hourOfCommit(cameraId: string, { cursor }: Checkpoint, counted: FrameCounts): number {
  if (cursor) return hourOf(cursor.at);
  if (Object.values(counted).some((value) => value !== 0)) {
    throw new PermanentError(`camera ${cameraId}: frames were counted without a cursor to say when`);
  }
  return 0;
}

/** Fields of a day's hash: `<hourAt>:<name>`. Counts of zero are left out. */
export function hourFields(hourAt: number, counted: FrameCounts): [field: string, count: number][] {
  return Object.entries(counted)
    .filter(([, value]) => value !== 0)
    .map(([name, value]) => [`${hourAt}:${name}`, value as number]);
}

/** What `hourFields` made, added up by hour, oldest first. */
export function parseHours(fields: Iterable<readonly [field: string, count: string]>): HourCounts[] {
  const hours = new Map<number, FrameCounts>();
  for (const [field, value] of fields) {
    const [hour, name] = field.split(':');
    const hourAt = Number(hour);
    hours.set(hourAt, { ...(hours.get(hourAt) ?? NO_FRAMES), [name ?? '']: Number(value) });
  }
  return [...hours].map(([hourAt, counts]) => ({ hourAt, counts })).sort((a, b) => a.hourAt - b.hourAt);
}
