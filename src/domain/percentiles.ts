export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly count: number;
}

/** Of plain values; `undefined` without any. Nearest rank. */
export function percentilesOf(values: readonly number[]): Percentiles | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { p50: at(0.5), p95: at(0.95), count: sorted.length };
}
