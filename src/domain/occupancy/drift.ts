import type { AreaCount } from './occupancy.js';
import type { OccupancyMark } from './mark.js';

const DAY_MS = 86_400_000;
/** Marks the estimate looks back at: about a month of daily ones, carries included. */
export const MARKS_FOR_DRIFT = 100;

export interface Drift {
  /** How far the count may be from the truth, to either side; undefined: nobody has counted often enough to tell. */
  readonly plusMinus?: number;
  /** Wrong by so many a day on average; undefined: as above. */
  readonly perDay?: number;
  /** Wrong by so many of a thousand crossings. */
  readonly perThousand?: number;
  /** Counts by people and resets that it was learnt from. */
  readonly samples: number;
}

/**
 * How far a count has drifted from the truth. Each time somebody counts, and at each reset, it shows by how many the
 * count was wrong; in between errors grow with the number of crossings. What is counted below 0 is wrong by that much
 * at least.
 * @param count as of now
 * @param marks newest first
 */
export function driftOf(
  count: Pick<AreaCount, 'raw' | 'in' | 'out'>,
  marks: readonly OccupancyMark[],
): Drift {
  const spans = spansOf(marks);
  const sum = spans.closed.reduce(
    (total, { error, crossings, ms }) => ({
      error: total.error + error,
      crossings: total.crossings + crossings,
      ms: total.ms + ms,
    }),
    { error: 0, crossings: 0, ms: 0 },
  );
  const shortfall = Math.max(0, -count.raw);
  const since = spans.open + count.in + count.out;
  const rate = sum.crossings > 0 ? sum.error / sum.crossings : undefined;
  const plusMinus = rate === undefined ? undefined : Math.max(Math.ceil(rate * since - 1e-9), shortfall);
  return {
    ...(plusMinus !== undefined ? { plusMinus } : shortfall > 0 ? { plusMinus: shortfall } : {}),
    ...(rate !== undefined && { perThousand: round(rate * 1000) }),
    ...(sum.ms > 0 && { perDay: round((sum.error / sum.ms) * DAY_MS) }),
    samples: spans.closed.length,
  };
}

interface Span {
  readonly error: number;
  readonly crossings: number;
  readonly ms: number;
}

/**
 * The times between one count by people (or reset) and the next; carries lie within them. The first one says how many
 * were there when counting began, which is no error.
 * @returns open: crossings since the newest of them, up to the newest mark
 */
function spansOf(marks: readonly OccupancyMark[]): { closed: Span[]; open: number } {
  const closed: Span[] = [];
  let begun: number | undefined;
  let crossings = 0;
  for (const mark of [...marks].reverse()) {
    crossings += mark.crossings;
    if (mark.kind === 'carry') continue;
    if (begun !== undefined)
      closed.push({ error: Math.abs(mark.counted - mark.value), crossings, ms: mark.at - begun });
    begun = mark.at;
    crossings = 0;
  }
  return { closed, open: crossings };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
