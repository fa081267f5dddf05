import { pixelBox, type PixelBox } from '../../src/domain/geometry.js';
import type { NetworkSpec } from '../network.js';
import { bestLabel, gridOf, type Candidate, type Decoder, type Grid } from './candidate.js';

/**
 * Networks that predict, per grid cell, class scores and for each side of the box a distribution over distances
 * from the cell's centre ("Generalized Focal Loss", Li et al. 2020, arXiv:2006.04388): NanoDet and PicoDet.
 * Scores are [1, cells, labels], already 0..1; sides are [1, cells, 4 * bins] in the order left, top, right, bottom.
 */
export function distributionDecoder(strides: readonly number[]): Decoder {
  return {
    mismatch: (outputs, spec) => {
      if (matchHeads(outputs, spec, strides)) return undefined;
      const cells = strides.map((stride) => cellsOf(gridOf(spec, stride)));
      return (
        `for each stride ${strides.join(', ')} class scores [1, cells, ${spec.labels.length}] and box sides ` +
        `[1, cells, 4 x bins] with ${cells.join(', ')} cells`
      );
    },
    decode: (outputs, spec, wanted) => {
      const candidates: Candidate[] = [];
      for (const { grid, scores, sides } of matchHeads(outputs, spec, strides) ?? []) {
        const labels = spec.labels.length;
        const bins = (sides.dims[2] ?? 0) / 4;
        for (let cell = 0; cell < cellsOf(grid); cell++) {
          const best = bestLabel(scores.data, cell * labels, wanted);
          if (best) candidates.push({ ...best, box: boxAt(cell, grid, sides.data, bins) });
        }
      }
      return candidates;
    },
  };
}

/** Pairs scores and sides by their shapes: exporters differ in the order of outputs. */
function matchHeads<T extends { readonly dims: readonly number[] }>(
  outputs: readonly T[],
  spec: NetworkSpec,
  strides: readonly number[],
): { grid: Grid; scores: T; sides: T }[] | undefined {
  if (outputs.length !== 2 * strides.length) return undefined;
  const heads = [];
  for (const stride of strides) {
    const grid = gridOf(spec, stride);
    const ofGrid = outputs.filter(
      ({ dims }) => dims.length === 3 && dims[0] === 1 && dims[1] === cellsOf(grid),
    );
    const scores = ofGrid.find(({ dims }) => dims[2] === spec.labels.length);
    const sides = ofGrid.find(
      (output) => output !== scores && (output.dims[2] ?? 0) % 4 === 0 && (output.dims[2] ?? 0) >= 8,
    );
    if (!scores || !sides || ofGrid.length !== 2) return undefined;
    heads.push({ grid, scores, sides });
  }
  return heads;
}

function cellsOf({ columns, rows }: Grid): number {
  return columns * rows;
}

function boxAt(cell: number, { stride, columns }: Grid, sides: Float32Array, bins: number): PixelBox {
  const centreX = ((cell % columns) + 0.5) * stride;
  const centreY = (Math.floor(cell / columns) + 0.5) * stride;
  const from = cell * 4 * bins;
  const left = stride * expectation(sides, from, bins);
  const top = stride * expectation(sides, from + bins, bins);
  const right = stride * expectation(sides, from + 2 * bins, bins);
  const bottom = stride * expectation(sides, from + 3 * bins, bins);
  return pixelBox(centreX - left, centreY - top, left + right, top + bottom);
}

/** The mean of the distribution that the logits describe: sum of i * softmax(i), in strides. */
function expectation(logits: Float32Array, from: number, bins: number): number {
  let highest = -Infinity;
  for (let i = 0; i < bins; i++) highest = Math.max(highest, logits[from + i] ?? 0);
  let weight = 0;
  let sum = 0;
  for (let i = 0; i < bins; i++) {
    const share = Math.exp((logits[from + i] ?? 0) - highest);
    weight += share;
    sum += i * share;
  }
  return sum / weight;
}
