/**
 * Wait before the next try: doubled each time, never over `maxMs`, of which the second half is random, so that what
 * failed together (jobs, cameras behind one switch) does not come back together.
 * @param attemptsMade failed tries so far, 1 or more
 * @param random 0..1
 * @returns ms, between half of the capped wait and all of it.
 */
export function backoffMs(
  attemptsMade: number,
  { firstMs, maxMs }: { firstMs: number; maxMs: number },
  random: number,
): number {
  const full = Math.min(maxMs, firstMs * 2 ** Math.min(attemptsMade - 1, 50));
  return Math.round(full / 2 + (full / 2) * random);
}
