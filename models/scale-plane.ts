import type { Size, UnitBox } from '../src/domain/geometry.js';

/** Above this many source pixels per sample, linear interpolation would skip some: areas are averaged instead. */
const AVERAGE_ABOVE = 1.5;

/** One colour of a picture inside its bytes: `step` bytes from pixel to pixel. */
export interface Plane extends Size {
  readonly data: Uint8Array;
  readonly offset: number;
  readonly step: number;
}

/** Scales a region of a plane to `size` values in `out`, row by row, each axis for itself. The hot loop of sampling. */
export function scalePlane(plane: Plane, look: UnitBox, size: Size, out: Float32Array): void {
  const across = taps(look.x * plane.width, look.width * plane.width, plane.width, size.width);
  const down = taps(look.y * plane.height, look.height * plane.height, plane.height, size.height);
  const firstColumn = across.first[0] ?? 0;
  const columns = (across.first[size.width - 1] ?? 0) + across.count - firstColumn;
  const row = new Float32Array(columns);
  const stride = plane.width * plane.step;
  for (let y = 0; y < size.height; y++) {
    const from = plane.offset + down.first[y]! * stride + firstColumn * plane.step;
    blendRows(plane, from, stride, down, y, row);
    weighColumns(row, across, firstColumn, size.width, out, y * size.width);
  }
}

/**
 * `row` becomes the weighted sum of the source rows that sample `y` reads. The first three at once: there are two when
 * interpolating, three when shrinking by up to two, and memory is what this loop waits for.
 */
function blendRows(
  { data, step }: Plane,
  from: number,
  stride: number,
  { weights, count }: Taps,
  y: number,
  row: Float32Array,
): void {
  const columns = row.length;
  const [w0, w1, w2] = [weights[0]![y]!, weights[1]![y]!, weights[2]![y]!];
  // Rows that are not there have weight 0; the first is read in their place.
  const second = count > 1 ? stride : 0;
  const third = count > 2 ? 2 * stride : 0;
  if (w2 === 0) {
    for (let x = 0, i = from; x < columns; x++, i += step) row[x] = w0 * data[i]! + w1 * data[i + second]!;
  } else {
    for (let x = 0, i = from; x < columns; x++, i += step)
      row[x] = w0 * data[i]! + w1 * data[i + second]! + w2 * data[i + third]!;
  }
  for (let tap = 3; tap < count; tap++) {
    const weight = weights[tap]![y]!;
    if (weight === 0) continue;
    for (let x = 0, i = from + tap * stride; x < columns; x++, i += step) row[x]! += weight * data[i]!;
  }
}

/** The same along the row. One array of weights a tap, walked in step with the samples, is twice as fast as one array for all. */
function weighColumns(
  row: Float32Array,
  { first, weights, count }: Taps,
  firstColumn: number,
  width: number,
  out: Float32Array,
  to: number,
): void {
  const [w0, w1, w2] = [weights[0]!, weights[1]!, weights[2]!];
  const second = count > 1 ? 1 : 0;
  const third = count > 2 ? 2 : 0;
  for (let x = 0; x < width; x++) {
    const from = first[x]! - firstColumn;
    out[to + x] = w0[x]! * row[from]! + w1[x]! * row[from + second]! + w2[x]! * row[from + third]!;
  }
  for (let tap = 3; tap < count; tap++) {
    const weight = weights[tap]!;
    const shift = tap - firstColumn;
    for (let x = 0; x < width; x++) out[to + x]! += weight[x]! * row[first[x]! + shift]!;
  }
}

/** For each sample of one axis: the source pixels it reads, `count` from `first` on, and their weights (sum 1), by tap. */
interface Taps {
  readonly count: number;
  readonly first: Int32Array;
  /** At least three arrays, also where fewer pixels are read. */
  readonly weights: readonly Float32Array[];
}

/**
 * @param start where the region begins, in source pixels; may be fractional
 * @param length of the region, in source pixels
 * @param limit pixels of the source along this axis; what would lie outside repeats the edge
 */
function taps(start: number, length: number, limit: number, samples: number): Taps {
  const ratio = length / samples;
  const averaged = ratio > AVERAGE_ABOVE;
  const count = Math.min(limit, averaged ? Math.ceil(ratio) + 1 : 2);
  const first = new Int32Array(samples);
  const weights = Array.from({ length: Math.max(3, count) }, () => new Float32Array(samples));
  for (let i = 0; i < samples; i++) {
    const from = start + i * ratio;
    // Linear: the two pixels whose centres lie around the sample's centre.
    const [begin, end] = averaged ? [from, from + ratio] : [from + ratio / 2 - 0.5, from + ratio / 2 + 0.5];
    const at = Math.max(0, Math.min(limit - count, Math.floor(begin)));
    first[i] = at;
    for (let pixel = Math.floor(begin); pixel < end; pixel++) {
      const share = (Math.min(end, pixel + 1) - Math.max(begin, pixel)) / (end - begin);
      const tap = Math.max(0, Math.min(count - 1, Math.min(limit - 1, pixel) - at));
      weights[tap]![i]! += share;
    }
  }
  return { count, first, weights };
}
