import type { Hole } from './coverage.js';
import type { FrameCounts } from './frame.js';
import { NO_FRAMES } from './frame.js';
import { cut, lengthOf, type Span } from './spans.js';

/** How the frames of one hour add up: expected = captured + missing, missing = explained by gaps + remainder. */
export interface HourAccount {
  /** Start of the UTC hour, epoch ms. */
  readonly hourAt: number;
  readonly counts: FrameCounts;
  /** Frames that a live camera should have given in the part of the hour it was there. */
  readonly expected: number;
  readonly missing: number;
  readonly explainedByGaps: number;
  readonly remainder: number;
  /** Of the remainder. */
  readonly why?: 'source slower than fps' | 'edges of gaps' | 'unknown';
}

const HOUR_MS = 3_600_000;
/** Gaps are known to about a second on each side, and the clock of a camera is off by some parts in a thousand. */
const EDGE_S = 2;
const CLOCK_SHARE = 0.005;

/**
 * Accounts for every frame of the hours that touch the time asked for, as far as they lie in it.
 * @param input.fps frames a second that are sampled
 * @param input.holes of the analysis
 * @param input.sourceFps frames a second that the source sends, where it is known
 */
export function accountHours(
  input: Span & {
    readonly hours: readonly { readonly hourAt: number; readonly counts: FrameCounts }[];
    readonly fps: number;
    readonly holes: readonly Hole[];
    readonly sourceFps?: number | undefined;
  },
): HourAccount[] {
  const { fps, holes, sourceFps = fps } = input;
  const counted = new Map(input.hours.map(({ hourAt, counts }) => [hourAt, counts]));
  const accounts: HourAccount[] = [];
  for (let hourAt = Math.floor(input.from / HOUR_MS) * HOUR_MS; hourAt < input.to; hourAt += HOUR_MS) {
    // Counts are of whole hours.
    const asked = { from: hourAt, to: Math.min(hourAt + HOUR_MS, input.to) };
    const inHour = (isCounted: (hole: Hole) => boolean): number =>
      lengthOf(cut(holes.filter(isCounted), asked)) / 1000;
    const seconds = lengthOf([asked]) / 1000 - inHour(({ cause }) => cause === 'not-watched');
    const gapSeconds = inHour(({ cause }) => cause !== 'not-watched');
    const counts = counted.get(hourAt) ?? NO_FRAMES;
    const expected = Math.round(fps * seconds);
    const missing = Math.max(0, expected - counts.captured);
    const explainedByGaps = Math.min(missing, Math.round(fps * gapSeconds));
    const remainder = missing - explainedByGaps;
    const edges = Math.max(1, inHourCount(holes, asked)) * EDGE_S * fps + expected * CLOCK_SHARE;
    const slower = Math.max(0, fps - sourceFps) * (seconds - gapSeconds);
    accounts.push({
      ...{ hourAt, counts, expected, missing, explainedByGaps, remainder },
      ...(remainder > 0 && {
        why:
          remainder <= edges
            ? 'edges of gaps'
            : remainder <= slower + edges
              ? 'source slower than fps'
              : 'unknown',
      }),
    });
  }
  return accounts;
}

function inHourCount(holes: readonly Hole[], hour: Span): number {
  return cut(holes, hour).length;
}
