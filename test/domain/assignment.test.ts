import * as fc from 'fast-check';
import { assign } from '../../src/domain/assignment.js';

const LIMIT = 10;

/** The least total over all ways to pair, by trying all. */
function leastTotal(costs: readonly number[][], row = 0, used = new Set<number>()): number {
  if (row === costs.length) return 0;
  let best = LIMIT + leastTotal(costs, row + 1, used);
  costs[row]!.forEach((cost, column) => {
    if (used.has(column) || cost >= LIMIT) return;
    used.add(column);
    best = Math.min(best, cost + leastTotal(costs, row + 1, used));
    used.delete(column);
  });
  return best;
}

test.each<[string, number[][], number[]]>([
  ['no rows', [], []],
  ['no columns', [[], []], [-1, -1]],
  [
    'the greedy choice is not the best one',
    [
      [1, 2],
      [1, 9],
    ],
    [1, 0],
  ],
  ['more rows than columns', [[3], [1], [2]], [-1, 0, -1]],
  ['out of the question', [[Infinity, 12]], [-1]],
  ['nothing is better than a pair at the limit', [[LIMIT]], [-1]],
])('%s', (_, costs, expected) => {
  expect(assign(costs, LIMIT)).toEqual(expected);
});

test('is never worse than the best of all ways to pair', () => {
  const cost = fc.oneof(fc.double({ min: 0, max: 14, noNaN: true }), fc.constant(Infinity));
  const matrix = fc
    .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }))
    .chain(([rows, columns]) =>
      fc.array(fc.array(cost, { minLength: columns, maxLength: columns }), {
        minLength: rows,
        maxLength: rows,
      }),
    );
  fc.assert(
    fc.property(matrix, (costs) => {
      const columns = assign(costs, LIMIT);
      const taken = columns.filter((column) => column >= 0);
      expect(new Set(taken).size).toBe(taken.length);
      const total = columns.reduce(
        (sum, column, row) => sum + (column < 0 ? LIMIT : costs[row]![column]!),
        0,
      );
      expect(total).toBeCloseTo(leastTotal(costs), 9);
    }),
  );
});
