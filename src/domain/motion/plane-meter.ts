// Hot loops: a global is looked up at each use where code runs in a vm context, as under Jest (300 ns a time).
const { abs, min } = Math;

/**
 * Measures over a whole small plane, as medians and quantiles over its cells: what moves is a minority of the
 * cells and hardly shifts them, what the light, the sensor or the mast does to the picture shifts all of them.
 */
export interface PlaneMeter {
  /** How much lighter `now` is than `then`: the median over the cells, luma -255..255. */
  shift(now: Float32Array, then: Float32Array): number;
  /**
   * How unevenly the cells changed about that shift: their standard deviation, luma, estimated from the median
   * absolute deviation. Between two frames it is the sensor's noise; after a flash, how uneven the light was.
   */
  spread(now: Float32Array, then: Float32Array, shift: number): number;
  /**
   * How far the picture swayed between two planes, in cells: the upper quartile of change by edge over the cells with a
   * strong edge. 0 when there are too few of them to tell.
   * @param edges luma per cell, see `measureEdges`
   */
  sway(now: Float32Array, then: Float32Array, shift: number, edges: Float32Array): number;
  /** Luma between the darkest and the lightest twentieth of the cells, 0..255: low at night and in fog. */
  contrast(plane: Float32Array): number;
}

/** Bins per luma level: averaged over a cell, noise is far below one level. */
const STEPS = 8;
const REACH = 255 * STEPS;
const BINS = 2 * REACH + 1;
/** Bins per cell of sway. */
const SWAY_STEPS = 256;
/** An edge weaker than this, luma per cell, drowns in noise; with fewer edges than this the median means nothing. */
const STRONG_EDGE = 6;
const FEWEST_EDGES = 8;
/** A median absolute deviation, as the standard deviation of a normal distribution. */
const MAD_TO_SIGMA = 1.4826;

/** @param cells indices of the cells measured; none gives 0 everywhere */
export function createPlaneMeter(cells: Int32Array): PlaneMeter {
  // Filled with `| 0`, not Math.round: it keeps the sums in integers, three times as fast.
  const histogram = new Int32Array(BINS);

  /** The lowest bin with at least `share` of the `total` entries at or below it. */
  function quantile(share: number, total: number): number {
    let seen = 0;
    for (let bin = 0; bin < BINS; bin++) {
      seen += histogram[bin]!;
      if (seen >= total * share && seen > 0) return bin;
    }
    return 0;
  }

  return {
    shift(now, then) {
      if (cells.length === 0) return 0;
      histogram.fill(0);
      for (let i = 0; i < cells.length; i++) {
        const cell = cells[i]!;
        histogram[((now[cell]! - then[cell]!) * STEPS + REACH + 0.5) | 0]!++;
      }
      return (quantile(0.5, cells.length) - REACH) / STEPS;
    },
    spread(now, then, shift) {
      histogram.fill(0);
      for (let i = 0; i < cells.length; i++) {
        const cell = cells[i]!;
        histogram[(abs(now[cell]! - then[cell]! - shift) * STEPS + 0.5) | 0]!++;
      }
      return (MAD_TO_SIGMA * quantile(0.5, cells.length)) / STEPS;
    },
    sway(now, then, shift, edges) {
      histogram.fill(0);
      let strong = 0;
      for (let i = 0; i < cells.length; i++) {
        const cell = cells[i]!;
        const edge = edges[cell]!;
        if (edge < STRONG_EDGE) continue;
        strong++;
        const cellsMoved = abs(now[cell]! - then[cell]! - shift) / edge;
        histogram[min(REACH, cellsMoved * SWAY_STEPS + 0.5) | 0]!++;
      }
      return strong < FEWEST_EDGES ? 0 : quantile(0.75, strong) / SWAY_STEPS;
    },
    contrast(plane) {
      histogram.fill(0);
      for (let i = 0; i < cells.length; i++) histogram[(plane[cells[i]!]! + 0.5) | 0]!++;
      return quantile(0.95, cells.length) - quantile(0.05, cells.length);
    },
  };
}
