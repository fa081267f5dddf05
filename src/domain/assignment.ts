/**
 * Optimal assignment (Hungarian method, shortest augmenting paths; R. Jonker and A. Volgenant, Computing 38, 1987).
 * Costs at or above `limit` (also Infinity) are never chosen: leaving a row alone costs `limit`.
 * @param costs one row each; all rows of one length
 * @param limit positive
 * @returns for each row the column it got, or -1. Ties are broken the same way every time.
 */
export function assign(costs: readonly (readonly number[])[], limit: number): number[] {
  const rows = costs.length;
  const columns = costs[0]?.length ?? 0;
  if (rows === 0 || columns === 0) return costs.map(() => -1);
  // Each row gets a column of its own that stands for "nothing", so that no row is forced into a bad pair.
  const width = columns + rows;
  const cost = (row: number, column: number): number =>
    column < columns ? Math.min(costs[row]?.[column] ?? limit, 2 * limit) : limit;
  const columnOf = augmentAll(rows, width, cost);
  return columnOf.map((column, row) =>
    column < columns && (costs[row]?.[column] ?? limit) < limit ? column : -1,
  );
}

/** @returns the column of each row; `rows <= width`. */
function augmentAll(rows: number, width: number, cost: (row: number, column: number) => number): number[] {
  // Index 0 is the root of the search, as in the textbook form with potentials.
  const rowPrice = new Float64Array(rows + 1);
  const columnPrice = new Float64Array(width + 1);
  const rowOf = new Int32Array(width + 1);
  for (let row = 1; row <= rows; row++) {
    rowOf[0] = row;
    const from = new Int32Array(width + 1);
    const slack = new Float64Array(width + 1).fill(Infinity);
    const done = new Uint8Array(width + 1);
    let at = 0;
    while (rowOf[at] !== 0) {
      done[at] = 1;
      const here = rowOf[at]!;
      let best = Infinity;
      let next = 0;
      for (let column = 1; column <= width; column++) {
        if (done[column]) continue;
        const reduced = cost(here - 1, column - 1) - rowPrice[here]! - columnPrice[column]!;
        if (reduced < slack[column]!) {
          slack[column] = reduced;
          from[column] = at;
        }
        if (slack[column]! < best) {
          best = slack[column]!;
          next = column;
        }
      }
      for (let column = 0; column <= width; column++) {
        if (done[column]) {
          rowPrice[rowOf[column]!]! += best;
          columnPrice[column]! -= best;
        } else slack[column]! -= best;
      }
      at = next;
    }
    while (at !== 0) {
      rowOf[at] = rowOf[from[at]!]!;
      at = from[at]!;
    }
  }
  const columnOf = new Array<number>(rows).fill(-1);
  for (let column = 1; column <= width; column++)
    if (rowOf[column]! > 0) columnOf[rowOf[column]! - 1] = column - 1;
  return columnOf;
}
