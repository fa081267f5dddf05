import type { Percentiles } from '../domain/percentiles.js';
import type { MetricFamily } from '../ports.js';

/**
 * Of a histogram in seconds, summed over all processes and labels, in ms: within a bucket values are taken as
 * evenly spread, as Prometheus's histogram_quantile does.
 */
export function histogramPercentiles(
  sets: readonly (readonly MetricFamily[])[],
  name: string,
): Percentiles | undefined {
  const cumulative = new Map<number, number>();
  for (const family of sets.flat().filter((each) => each.name === name)) {
    for (const { value, labels, metricName } of family.values) {
      if (metricName !== `${name}_bucket`) continue;
      const bound = labels['le'] === '+Inf' ? Infinity : Number(labels['le']);
      cumulative.set(bound, (cumulative.get(bound) ?? 0) + value);
    }
  }
  const buckets = [...cumulative].sort(([a], [b]) => a - b);
  const count = buckets.at(-1)?.[1] ?? 0;
  if (count === 0) return undefined;
  const at = (share: number): number => {
    const rank = share * count;
    const index = buckets.findIndex(([, below]) => below >= rank);
    const [upper, below] = buckets[index] ?? [0, 0];
    const [lower, before] = buckets[index - 1] ?? [0, 0];
    if (upper === Infinity) return lower * 1000;
    return (lower + ((upper - lower) * (rank - before)) / Math.max(1, below - before)) * 1000;
  };
  return { p50: at(0.5), p95: at(0.95), count };
}
