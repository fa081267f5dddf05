import type { MetricFamily } from '../../src/ports.js';
import { percentilesOf } from '../../src/domain/percentiles.js';
import { histogramPercentiles } from '../../src/io/histogram-percentiles.js';

test.each([
  [[5], { p50: 5, p95: 5, count: 1 }],
  [[4, 1, 3, 2], { p50: 2, p95: 4, count: 4 }],
  [Array.from({ length: 100 }, (_, i) => i + 1), { p50: 50, p95: 95, count: 100 }],
])('nearest rank of %j', (values, expected) => {
  expect(percentilesOf(values)).toEqual(expected);
});

test('nothing measured is nothing, not zero', () => {
  expect(percentilesOf([])).toBeUndefined();
  expect(histogramPercentiles([], 'x')).toBeUndefined();
});

test('a histogram is summed over processes and read within its buckets', () => {
  const family = (values: [string, number][]): MetricFamily => ({
    name: 'x',
    help: 'x',
    type: 'histogram',
    values: values.map(([le, value]) => ({ value, labels: { le }, metricName: 'x_bucket' })),
  });
  const one = family([
    ['0.1', 50],
    ['0.2', 50],
    ['+Inf', 50],
  ]);
  const two = family([
    ['0.1', 0],
    ['0.2', 50],
    ['+Inf', 50],
  ]);
  // 100 values: 50 up to 100 ms, 50 between 100 and 200 ms.
  expect(histogramPercentiles([[one], [two]], 'x')).toEqual({ p50: 100, p95: 190, count: 100 });
});
