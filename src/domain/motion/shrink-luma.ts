import type { Size } from '../geometry.js';

/**
 * Shrinks a luma plane by box averaging: every source pixel is counted in exactly one cell, so sensor noise
 * averages out and a thin thing between two sampled lines cannot vanish.
 */
export interface LumaShrinker extends Size {
  /** Source column where each cell column begins; one more entry closes the last. */
  readonly columns: Int32Array;
  /** Source row where each cell row begins; one more entry closes the last. */
  readonly rows: Int32Array;
  /**
   * @param luma the source plane, row by row; may be longer (an I420 picture begins with its luma plane)
   * @param out `width * height` means, 0..255
   * @throws RangeError when either is too short.
   */
  shrink(luma: Uint8Array, out: Float32Array): void;
}

/**
 * @param from size of the source plane, pixels
 * @param targetHeight height of the small plane, pixels; a source that is lower keeps its own size
 * @throws RangeError when the size is not of positive whole numbers.
 */
export function createLumaShrinker(from: Size, targetHeight = 100): LumaShrinker {
  for (const field of ['width', 'height'] as const) {
    if (!Number.isInteger(from[field]) || from[field] < 1) {
      throw new RangeError(`luma plane: ${field} is ${from[field]}; it must be a whole number of at least 1`);
    }
  }
  const height = Math.min(from.height, targetHeight);
  const width = Math.min(from.width, Math.max(1, Math.round((from.width * height) / from.height)));
  const columns = cellStarts(from.width, width);
  const rows = cellStarts(from.height, height);
  const columnSums = new Int32Array(from.width);
  const lanes = new Int32Array(from.width >> 1);

  return {
    width,
    height,
    columns,
    rows,
    shrink(luma, out) {
      if (luma.length < from.width * from.height) {
        throw new RangeError(
          `luma plane: ${luma.length} bytes; ${from.width}x${from.height} needs ${from.width * from.height}`,
        );
      }
      if (out.length < width * height) {
        throw new RangeError(
          `small plane: room for ${out.length}; ${width}x${height} needs ${width * height}`,
        );
      }
      const tallest = Math.ceil(from.height / height);
      const words = tallest <= MAX_ROWS_IN_LANE && from.width % 4 === 0 ? wordsOf(luma) : undefined;
      for (let cellY = 0; cellY < height; cellY++) {
        const top = rows[cellY]!;
        const bottom = rows[cellY + 1]!;
        if (words) sumColumnsByWord(words, from.width >> 2, top, bottom, lanes, columnSums);
        else sumColumns(luma, from.width, top, bottom, columnSums);
        averageCells(columnSums, columns, bottom - top, out, cellY * width);
      }
    },
  };
}

/** Where each of `cells` cells begins on a side of `length` pixels, as even as whole pixels allow. */
function cellStarts(length: number, cells: number): Int32Array {
  return Int32Array.from({ length: cells + 1 }, (_, i) => Math.floor((i * length) / cells));
}

function sumColumns(luma: Uint8Array, stride: number, top: number, bottom: number, sums: Int32Array): void {
  sums.fill(0);
  for (let y = top; y < bottom; y++) {
    const row = y * stride;
    for (let x = 0; x < stride; x++) sums[x]! += luma[row + x]!;
  }
}

/** 255 * 257 is the most that 16 bits hold. */
const MAX_ROWS_IN_LANE = 257;

/** The plane as 32-bit words (Node's platforms are little-endian); `undefined` when it does not begin on a word. */
function wordsOf(luma: Uint8Array): Int32Array | undefined {
  return luma.byteOffset % 4 === 0
    ? new Int32Array(luma.buffer, luma.byteOffset, luma.length >> 2)
    : undefined;
}

/**
 * Four columns at once: the even bytes of a word are added in the two 16-bit halves of one sum, the odd bytes in
 * those of another. Three times as fast as byte by byte, and reading the picture is most of the gate's cost.
 */
function sumColumnsByWord(
  words: Int32Array,
  stride: number,
  top: number,
  bottom: number,
  lanes: Int32Array,
  sums: Int32Array,
): void {
  lanes.fill(0);
  for (let y = top; y < bottom; y++) {
    const row = y * stride;
    for (let x = 0, lane = 0; x < stride; x++, lane += 2) {
      const word = words[row + x]!;
      lanes[lane]! += word & 0x00ff00ff;
      lanes[lane + 1]! += (word >>> 8) & 0x00ff00ff;
    }
  }
  for (let lane = 0, x = 0; x < sums.length; lane += 2, x += 4) {
    const even = lanes[lane]!;
    const odd = lanes[lane + 1]!;
    sums[x] = even & 0xffff;
    sums[x + 1] = odd & 0xffff;
    sums[x + 2] = even >>> 16;
    sums[x + 3] = odd >>> 16;
  }
}

function averageCells(
  sums: Int32Array,
  columns: Int32Array,
  rowCount: number,
  out: Float32Array,
  at: number,
): void {
  const cells = columns.length - 1;
  let x = 0;
  for (let cell = 0; cell < cells; cell++) {
    const left = x;
    const right = columns[cell + 1]!;
    let sum = 0;
    for (; x < right; x++) sum += sums[x]!;
    out[at + cell] = sum / ((right - left) * rowCount);
  }
}
