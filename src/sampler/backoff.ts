const LONGEST_MS = 60_000;

/**
 * Wait before the next try to connect: doubles from `firstMs` to 60 s, and is spread by half so that cameras behind one
 * switch do not all come back in the same second.
 * @param failures tries in a row that failed, 1, 2, 3 …
 * @param random 0..1
 * @param firstMs after the first failure
 * @returns ms, 50..100 % of the doubled wait
 */
export function backoffMs(failures: number, random: number, firstMs: number): number {
  const full = Math.min(LONGEST_MS, firstMs * 2 ** Math.min(failures - 1, 30));
  return Math.round(full * (0.5 + random / 2));
}
