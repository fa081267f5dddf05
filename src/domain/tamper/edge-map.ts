import type { Camera } from '../camera.js';
import type { Size } from '../geometry.js';
import { createPlaneMeter } from '../motion/plane-meter.js';
import { createSmallPicture } from '../motion/small-picture.js';
import { createLocalMean } from './local-mean.js';

/** The edges of one picture, in a form that the light of the scene hardly changes. */
export interface EdgeMap {
  /** Two numbers a cell: the edge's direction, as a vector of doubled angle, times its sharpness. */
  readonly edges: Float32Array;
  /** How steep each block of about 9 by 9 cells is on average, luma per two cells. */
  readonly relief: Float32Array;
  /** Median luma, 0..255. */
  readonly median: number;
  /** Luma between the darkest and the lightest twentieth of the cells, 0..255. */
  readonly contrast: number;
  /** Share of the cells that are nearly black, 0..1. */
  readonly darkShare: number;
}

export interface EdgeMapper {
  /** The block of each cell of a map's edges, as an index of its relief; -1: of none. */
  readonly blockOf: Int32Array;
  /** The map is valid until the next one is drawn. @throws RangeError when `luma` is shorter than the picture. */
  draw(luma: Uint8Array): EdgeMap;
}

/** Rows of the small picture: edges of 1 % of the height remain, noise and a swaying mast do not. */
const ROWS = 72;
/** Video black is 16; a sensor that sees nothing at full gain gives up to about this. */
const NEARLY_BLACK = 40;
/** Steepness that is no edge: this share of the picture's contrast, and what noise leaves of a flat surface. */
const FLAT_SHARE = 0.02;
const [FLAT_LEAST, FLAT_MOST] = [0.5, 2];
/** Cells that a mask's border reaches: one by the small picture's blur, one by the gradient. */
const MASK_REACH = 2;
/** The meter takes every fifth cell: quantiles do not get better with more. */
const METER_EVERY = 5;
/** Distance of the blocks' middles, cells. */
const BLOCK = 8;

/**
 * Edges by direction and sharpness. Each cell's gradient is divided by the mean gradient around it, which takes out how
 * strong the edge is (divisive normalisation, as in Dalal and Triggs, "Histograms of Oriented Gradients for Human
 * Detection", CVPR 2005) and leaves how sharp: the gradients across an edge add up to its height however blurred it is.
 * So dim light hardly shows and a lens out of focus does. Angles are doubled (Bigun and Granlund, "Optimal Orientation
 * Detection of Linear Symmetry", ICCV 1987): an edge whose sides change roles, as in infrared, stays the same edge, and
 * noise, which has any direction, adds up to nothing.
 */
export function createEdgeMapper(size: Size, masks: Camera['masks']): EdgeMapper {
  const picture = createSmallPicture(size, masks, ROWS);
  const cells = farFromMasks(picture.seen, picture);
  const blocks = blockMiddles(cells, picture);
  const meter = createPlaneMeter(cells.filter((_, i) => i % METER_EVERY === 0));
  const localMean = createLocalMean(picture);
  const newPlane = (): Float32Array => new Float32Array(picture.width * picture.height);
  const [plane, black, across, down, steepness, around] = Array.from({ length: 6 }, newPlane) as Planes;
  const edges = new Float32Array(2 * cells.length);
  const relief = new Float32Array(blocks.length);

  const draw = (luma: Uint8Array): EdgeMap => {
    picture.take(luma, plane);
    measureGradients(plane, picture, { across, down, steepness });
    localMean(steepness, around);
    const contrast = meter.contrast(plane);
    const flat = Math.min(FLAT_MOST, Math.max(FLAT_LEAST, FLAT_SHARE * contrast));
    let dark = 0;
    for (let i = 0; i < cells.length; i++) {
      const cell = cells[i]!;
      if (plane[cell]! < NEARLY_BLACK) dark++;
      const x = across[cell]!;
      const y = down[cell]!;
      const steep = steepness[cell]!;
      const scale = steep === 0 ? 0 : 1 / (steep * (around[cell]! + flat));
      edges[2 * i] = (x * x - y * y) * scale;
      edges[2 * i + 1] = 2 * x * y * scale;
    }
    for (let i = 0; i < blocks.length; i++) relief[i] = around[blocks[i]!]!;
    const median = meter.shift(plane, black);
    return { edges, relief, median, contrast, darkShare: dark / Math.max(1, cells.length) };
  };

  return { blockOf: blocksOf(cells, blocks, picture), draw };
}

type Planes = [Float32Array, Float32Array, Float32Array, Float32Array, Float32Array, Float32Array];

function farFromMasks(seen: Int32Array, { width, height }: Size): Int32Array {
  const isSeen = new Uint8Array(width * height);
  for (const cell of seen) isSeen[cell] = 1;
  return seen.filter((cell) => {
    const cellX = cell % width;
    const cellY = Math.floor(cell / width);
    for (let y = Math.max(0, cellY - MASK_REACH); y <= Math.min(height - 1, cellY + MASK_REACH); y++)
      for (let x = Math.max(0, cellX - MASK_REACH); x <= Math.min(width - 1, cellX + MASK_REACH); x++)
        if (isSeen[y * width + x] === 0) return false;
    return true;
  });
}

function blockMiddles(cells: Int32Array, { width }: Size): Int32Array {
  const isMiddle = (at: number): boolean => at % BLOCK === BLOCK / 2;
  return cells.filter((cell) => isMiddle(cell % width) && isMiddle(Math.floor(cell / width)));
}

/** Blocks side by side, each about its middle. */
function blocksOf(cells: Int32Array, middles: Int32Array, { width }: Size): Int32Array {
  const tileOf = (cell: number): number =>
    Math.floor(Math.floor(cell / width) / BLOCK) * width + Math.floor((cell % width) / BLOCK);
  const blocks = new Map(Array.from(middles, (cell, block) => [tileOf(cell), block]));
  return cells.map((cell) => blocks.get(tileOf(cell)) ?? -1);
}

/** Central differences, luma per two cells; 0 at the picture's rim. */
function measureGradients(
  plane: Float32Array,
  { width, height }: Size,
  { across, down, steepness }: Record<'across' | 'down' | 'steepness', Float32Array>,
): void {
  // Hot loop: a global is looked up at each use where code runs in a vm context, as under Jest.
  const { sqrt } = Math;
  for (let y = 1; y < height - 1; y++) {
    for (let i = y * width + 1; i < (y + 1) * width - 1; i++) {
      const dx = plane[i + 1]! - plane[i - 1]!;
      const dy = plane[i + width]! - plane[i - width]!;
      across[i] = dx;
      down[i] = dy;
      steepness[i] = sqrt(dx * dx + dy * dy);
    }
  }
}
