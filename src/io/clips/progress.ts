/** How far a clip is, by what its steps usually cost. */
export interface Progress {
  /** More to do than was known. @param cost ms that it usually takes */
  expect(cost: number): void;
  did(cost: number): void;
}

/** Less says nothing of the time that is left. */
const LEAST_KNOWN = 0.01;
/** Told no more often than this, ms. */
const TELL_EVERY_MS = 250;

/**
 * @param onProgress 0..1, growing, and the time left by what was done until now, ms
 * @param now clock, ms
 */
export function createProgress(
  onProgress: ((fraction: number, leftMs?: number) => void) | undefined,
  now: () => number = () => performance.now(),
): Progress {
  const startedAt = now();
  let expected = 0;
  let done = 0;
  let told = -1;
  let toldAt = -Infinity;
  return {
    expect: (cost) => {
      expected += cost;
    },
    did: (cost) => {
      done += cost;
      const fraction = Math.min(0.999, done / Math.max(expected, 1));
      const at = now();
      if (fraction <= told || at - toldAt < TELL_EVERY_MS) return;
      told = fraction;
      toldAt = at;
      const leftMs = Math.round(((at - startedAt) * (1 - fraction)) / fraction);
      onProgress?.(fraction, fraction < LEAST_KNOWN ? undefined : leftMs);
    },
  };
}
