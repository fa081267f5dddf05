import type { MetricFamily } from '../../ports.js';
import type { Stage } from './stage.js';

/** Workers share their metrics every 5 s. */
const SHARED_WITHIN_MS = 20_000;

/**
 * How many of the frames analysed the detector looked at, 0..1, over all workers. Both numbers are of the same
 * moments, whenever the workers have last shared them.
 */
export async function looksPerFrame(stage: Stage): Promise<number> {
  let share: number | undefined;
  await stage.until('the sharing of metrics', SHARED_WITHIN_MS, async () => {
    const sets = await stage.metrics();
    const frames = countOf(sets, 'camqueue_frame_latency_seconds');
    if (frames > 0) share = countOf(sets, 'camqueue_inference_seconds') / frames;
    return frames > 0;
  });
  return share ?? 0;
}

/** Observations of a histogram, all processes and labels together. */
export function countOf(sets: readonly (readonly MetricFamily[])[], name: string): number {
  return sets
    .flat()
    .filter((family) => family.name === name)
    .flatMap(({ values }) => values)
    .filter(({ metricName }) => metricName === `${name}_count`)
    .reduce((sum, { value }) => sum + value, 0);
}

/** What the processes of `after` have counted since `before`. */
export function since(
  before: readonly (readonly MetricFamily[])[],
  after: readonly (readonly MetricFamily[])[],
): MetricFamily[][] {
  const keyOf = (name: string, { metricName, labels }: MetricFamily['values'][number]): string =>
    JSON.stringify([name, metricName, labels]);
  const known = new Map(
    before
      .flat()
      .flatMap(({ name, values }) => values.map((sample) => [keyOf(name, sample), sample.value] as const)),
  );
  return after.map((set) =>
    set.map((family) => ({
      ...family,
      values: family.values.map((sample) => ({
        ...sample,
        value: sample.value - (known.get(keyOf(family.name, sample)) ?? 0),
      })),
    })),
  );
}
