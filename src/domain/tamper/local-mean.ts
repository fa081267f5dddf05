import type { Size } from '../geometry.js';

/** Cells on each side of the middle one that a mean is taken over. */
const RADIUS = 4;
const SPAN = 2 * RADIUS + 1;

/**
 * Means of the 9 by 9 cells around each cell, by running sums; what is beyond the border counts as 0.
 * @returns a function that writes those of `plane` to `out`
 */
export function createLocalMean({ width, height }: Size): (plane: Float32Array, out: Float32Array) => void {
  const rows = new Float32Array(width * height);
  const sums = new Float64Array(width);
  return (plane, out) => {
    for (let y = 0; y < height; y++) {
      const first = y * width;
      let sum = 0;
      for (let x = -RADIUS; x < width; x++) {
        if (x + RADIUS < width) sum += plane[first + x + RADIUS]!;
        if (x > RADIUS) sum -= plane[first + x - RADIUS - 1]!;
        if (x >= 0) rows[first + x] = sum;
      }
    }
    sums.fill(0);
    for (let y = -RADIUS; y < height; y++) {
      if (y + RADIUS < height) addRow(sums, rows, (y + RADIUS) * width, 1);
      if (y > RADIUS) addRow(sums, rows, (y - RADIUS - 1) * width, -1);
      if (y < 0) continue;
      for (let x = 0; x < width; x++) out[y * width + x] = sums[x]! / (SPAN * SPAN);
    }
  };
}

function addRow(sums: Float64Array, rows: Float32Array, from: number, sign: number): void {
  for (let x = 0; x < sums.length; x++) sums[x]! += sign * rows[from + x]!;
}
