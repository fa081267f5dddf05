import type { Granularity } from '../../src/domain/flow/report.js';
import { LONGEST_MS, windowsIn } from '../../src/domain/flow/windows.js';
import type { Span } from '../../src/domain/spans.js';
import { InputError } from '../../src/errors.js';

/** Windows one request computes at most, for each camera: a month of hours. */
export const MOST_WINDOWS = 1000;

/**
 * The windows that begin in [from, to), oldest first.
 * @param timeZone of the site, IANA name
 * @throws InputError when there is none, or more than MOST_WINDOWS
 */
export function askedWindows(granularity: Granularity, { from, to }: Span, timeZone: string): Span[] {
  if (from >= to)
    throw new InputError(`from: ${isoOf(from)} must be before to, ${isoOf(to)}: the window is empty`);
  const tooMany = new InputError(
    `to: more than ${MOST_WINDOWS} windows (${granularity}) after from; ask for less time or for longer windows`,
  );
  if ((to - from) / LONGEST_MS[granularity] > MOST_WINDOWS + 1) throw tooMany;
  const windows = windowsIn(granularity, { from, to }, timeZone, MOST_WINDOWS + 1);
  if (windows.length > MOST_WINDOWS) throw tooMany;
  if (windows.length === 0)
    throw new InputError(
      `from: no ${granularity} begins from ${isoOf(from)} to ${isoOf(to)} in ${timeZone}; from must not be after its start`,
    );
  return windows;
}

function isoOf(at: number): string {
  return new Date(at).toISOString();
}
