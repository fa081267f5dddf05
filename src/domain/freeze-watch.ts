import type { Camera } from './camera.js';
import type { Size } from './geometry.js';
import { maskedCells } from './motion/mask-raster.js';

/**
 * Notices a picture that stands still although frames go on arriving. Light-sensitive pixels are noisy: two pictures of
 * a working camera are never the same in every pixel. An encoder whose imager is dead gives the same picture again;
 * not the same as the one before (the pictures of a group refine each other), but as the one a group of pictures
 * ago. So a picture is new when it equals none of the last minute, and frozen is when nothing new comes. (Footage
 * played in a loop is not frozen as long as something moves in it.)
 */
export interface FreezeWatch {
  /**
   * @param luma the frame's luma plane, row by row; may be longer (an I420 picture begins with it); not kept
   * @param at capture time, ms, never less than the one before
   * @param hasMoved the motion gate saw something move in it: it is new, and need not be looked at
   * @returns while frozen: when the last new picture was, capture time, ms; `undefined`: it is not frozen.
   * @throws RangeError when `luma` is shorter than the picture.
   */
  look(luma: Uint8Array, at: number, hasMoved: boolean): { readonly since: number } | undefined;
}

export interface FreezeWatchOptions extends Size {
  /** Nothing new for this long is frozen, ms; 0: never. */
  readonly afterMs: number;
  /** Polygons in unit coordinates: a clock drawn into the picture runs on over a dead imager. */
  readonly masks: Camera['masks'];
}

/** How long a picture is remembered: longer than any encoder's group of pictures (smart codecs: 20 s and more). */
const REMEMBERED_MS = 60_000;
/** A minute at 60 frames/s. */
const MOST_REMEMBERED = 3600;
/** Fewer known pictures in a row are no sign, however far apart they come. */
const FEWEST_KNOWN = 3;

/** One watch serves one camera and one picture size. */
export function createFreezeWatch({ width, height, afterMs, masks }: FreezeWatchOptions): FreezeWatch {
  const runs = unmaskedRuns({ width, height }, masks);
  /** When each picture was seen last, oldest first. */
  const seen = new Map<number, number>();
  let newAt = -Infinity;
  let known = 0;

  function forget(at: number): void {
    for (const [picture, seenAt] of seen) {
      if (at - seenAt <= REMEMBERED_MS && seen.size <= MOST_REMEMBERED) return;
      seen.delete(picture);
    }
  }

  function isNew(luma: Uint8Array, at: number): boolean {
    forget(at);
    const picture = hashOf(wordsOf(luma), runs);
    const isKnown = seen.delete(picture);
    seen.set(picture, at);
    return !isKnown;
  }

  return {
    look(luma, at, hasMoved) {
      if (luma.length < width * height) {
        throw new RangeError(
          `freeze watch: ${luma.length} bytes of luma; ${width}x${height} needs ${width * height}`,
        );
      }
      if (afterMs === 0 || runs.length === 0) return undefined;
      if (hasMoved || isNew(luma, at)) {
        newAt = at;
        known = 0;
        return undefined;
      }
      known++;
      return known >= FEWEST_KNOWN && at - newAt >= afterMs ? { since: newAt } : undefined;
    },
  };
}

/** Side of the cells that masks are rounded out to: H.264's macroblock, whose pixels are coded together. */
const CELL_PX = 16;

/**
 * The pixels that count, as runs of whole 32-bit words: [begin, end, begin, end, …]. What moves under a mask changes
 * the whole macroblocks it touches, and smoothing carries it into their neighbours: those are left out too.
 */
function unmaskedRuns({ width, height }: Size, masks: Camera['masks']): Int32Array {
  const columns = edges(width);
  const rows = edges(height);
  const grid = { width: columns.length - 1, height: rows.length - 1, columns, rows };
  const isOut = new Uint8Array(grid.width * grid.height);
  for (const cell of maskedCells(masks, { width, height }, grid)) {
    const x = cell % grid.width;
    const y = Math.floor(cell / grid.width);
    for (let row = Math.max(0, y - 1); row <= Math.min(grid.height - 1, y + 1); row++)
      isOut.fill(1, row * grid.width + Math.max(0, x - 1), row * grid.width + Math.min(grid.width, x + 2));
  }
  const runs: number[] = [];
  for (let y = 0; y < height; y++) {
    const row = Math.floor(y / CELL_PX) * grid.width;
    for (let x = 0; x < grid.width; x++) {
      if (isOut[row + x]) continue;
      const begin = y * width + columns[x]!;
      if (runs.at(-1) === begin) runs.pop();
      else runs.push(begin);
      runs.push(y * width + columns[x + 1]!);
    }
  }
  return Int32Array.from(runs, (pixel, i) => (i % 2 === 0 ? Math.ceil(pixel / 4) : Math.floor(pixel / 4)));
}

function edges(length: number): Int32Array {
  const cells = Math.ceil(length / CELL_PX);
  return Int32Array.from({ length: cells + 1 }, (_, i) => Math.min(length, i * CELL_PX));
}

/** The plane as 32-bit words; copied when it does not begin on a word. */
function wordsOf(luma: Uint8Array): Int32Array {
  const aligned = luma.byteOffset % 4 === 0 ? luma : luma.slice();
  return new Int32Array(aligned.buffer, aligned.byteOffset, aligned.length >> 2);
}

/**
 * FNV-1a by words, folded so that high bits count for low ones, in four lanes that the processor works on side by side.
 * Each step is a bijection: one changed word always changes its lane. 32 bits are enough: among 3600 pictures one in
 * a million new ones is taken for a known one, and frozen takes many in a row.
 */
const FNV_PRIME = 0x01000193;
const FNV_BASIS = 0x811c9dc5 | 0;

function hashOf(words: Int32Array, runs: Int32Array): number {
  let [a, b, c, d] = [FNV_BASIS, FNV_BASIS + 1, FNV_BASIS + 2, FNV_BASIS + 3];
  for (let run = 0; run < runs.length; run += 2) {
    const end = runs[run + 1]!;
    let i = runs[run]!;
    for (; i + 3 < end; i += 4) {
      a = mixed(a, words[i]!);
      b = mixed(b, words[i + 1]!);
      c = mixed(c, words[i + 2]!);
      d = mixed(d, words[i + 3]!);
    }
    for (; i < end; i++) a = mixed(a, words[i]!);
  }
  return mixed(mixed(mixed(a, b), c), d);
}

function mixed(hash: number, word: number): number {
  const next = Math.imul(hash ^ word, FNV_PRIME);
  return next ^ (next >>> 15);
}
