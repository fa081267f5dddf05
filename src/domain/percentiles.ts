export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly count: number;
}

/** Of plain values; `undefined` without any. Nearest rank. */
export function percentilesOf(values: readonly number[]): Percentiles | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  return { p50: nearestRank(sorted, 0.5), p95: nearestRank(sorted, 0.95), count: sorted.length };
}

/**
 * The smallest value that at least `share` of the values do not exceed.
 * @param sorted ascending, at least one
 * @param share 0..1
 */
export function nearestRank(sorted: readonly number[], share: number): number {
  // 0.85 * 100 is 85.00000000000001 in some orders of operation: a hair above a whole number is that number.
  const rank = Math.ceil(share * sorted.length - 1e-9);
  return sorted[Math.max(0, Math.min(sorted.length, rank) - 1)] ?? 0;
}
