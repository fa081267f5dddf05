import { createHash } from 'node:crypto';

/** Clocks of several machines differ by less; what lies further ahead was written by a clock that was wrong. */
const SKEW_MS = 60_000;
/** Those that wait for their turn come back within this. */
const LONGEST_SPREAD_MS = 30_000;

export type Turn =
  | { readonly isFree: true; readonly nextAt: number }
  /** Epoch ms. */
  | { readonly isFree: false; readonly until: number };

/**
 * The generic cell rate algorithm (ITU-T I.371): messages `1 / ratePerS` apart on average, of which those of one second
 * may come together.
 * @param nextAt when the next message is due were they all evenly apart, epoch ms; kept by the caller
 */
export function takeTurn(nextAt: number, ratePerS: number, now: number): Turn {
  const everyMs = intervalMs(ratePerS);
  const together = Math.max(1, Math.floor(1000 / everyMs));
  const aheadMs = (together - 1) * everyMs;
  const known = nextAt > now + aheadMs + everyMs + SKEW_MS ? now : nextAt;
  if (known - aheadMs > now) return { isFree: false, until: known - aheadMs };
  return { isFree: true, nextAt: Math.max(known, now) + everyMs };
}

/**
 * How much later than its time somebody comes back, so that a crowd does not come at once: evenly over the time in which
 * the rate serves them all, ms. Always the same for the same seed.
 */
export function spreadMs(seed: string, crowd: number, ratePerS: number): number {
  const overMs = Math.min(crowd * intervalMs(ratePerS), LONGEST_SPREAD_MS);
  return Math.floor(share(seed) * overMs);
}

/** 0 (included) to 1 (not), evenly; of the same text always the same. */
export function share(seed: string): number {
  return createHash('sha256').update(seed).digest().readUInt32BE() / 2 ** 32;
}

function intervalMs(ratePerS: number): number {
  return Math.max(1, Math.ceil(1000 / ratePerS));
}
