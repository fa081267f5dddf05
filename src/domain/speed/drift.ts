import type { Camera } from '../camera.js';
import type { Picture } from '../picture.js';
import { isInside } from '../zone-watch.js';
import { energyOf, matchBlock, wholeShift, type Cells } from './block-match.js';
import type { Flat } from './projection.js';
import { agreedMove, type Move, type Pair } from './similarity.js';
import { stillView, type StillView } from './still-view.js';

/** How the picture of a scene has moved since a reference; from one picture each. */
export interface Drift extends Move {
  /** Blocks that agree on it, of those that were found again, of those with structure. */
  readonly agreeing: number;
  readonly found: number;
  readonly structured: number;
}

/** Rows of cells of the fine and the coarse view. */
const ROWS = 144;
const COARSE_ROWS = 36;
/** Side of a block and how far it is looked for each way, cells. */
const BLOCK = 24;
const REACH = 10;
/** Distance of their corners, cells. */
const STRIDE = 24;
/** Mean squared edge a cell that makes structure. */
const STRUCTURE = 0.12;
/** A block is found again where its edges are as alike as this (cosine), and clearly less so elsewhere. */
const ALIKE = 0.4;
const CLEARLY = 0.08;
/** Blocks that agree to this, cells, agree; so many, and this share of those found, must. */
const AGREE = 1;
const FEWEST = 6;
const MAJORITY = 0.4;

/** @returns how many blocks of the picture have structure, and whether they are enough to see a drift by */
export function structureOf(picture: Picture, masks: Camera['masks']): { blocks: number; isEnough: boolean } {
  const blocks = blocksOf(stillView(picture, ROWS), masks).length;
  return { blocks, isEnough: blocks >= 2 * FEWEST };
}

/**
 * Compares two pictures of one camera. Blocks of edges are found again one by one, so that what moves through the scene,
 * hides a part of it or changes the light misleads those blocks only; the move that most of them agree on is the camera's.
 * @param masks polygons that show no scene (clock overlay)
 * @returns `undefined`: too little of the one is found in the other
 */
export function driftBetween(reference: Picture, now: Picture, masks: Camera['masks']): Drift | undefined {
  const before = stillView(reference, ROWS);
  const after = stillView(now, ROWS);
  if (before.width !== after.width || before.height !== after.height) return undefined;
  const blocks = blocksOf(before, masks);
  const coarse = wholeShift(stillView(reference, COARSE_ROWS), stillView(now, COARSE_ROWS));
  const scale = ROWS / COARSE_ROWS;
  const guesses = [
    { x: 0, y: 0 },
    { x: coarse.x * scale, y: coarse.y * scale },
  ].slice(0, Math.hypot(coarse.x, coarse.y) >= 1 ? 2 : 1);
  let best: Drift | undefined;
  for (const guess of guesses) {
    const drift = agreedDrift(before, after, blocks, guess);
    if (drift && drift.agreeing > (best?.agreeing ?? 0)) best = drift;
  }
  return best;
}

function agreedDrift(
  before: StillView,
  after: StillView,
  blocks: readonly Cells[],
  guess: Flat,
): Drift | undefined {
  const pairs: Pair[] = [];
  for (const block of blocks) {
    const found = matchBlock(before, after, block, guess, REACH);
    if (!found || found.likeness < ALIKE || found.likeness - found.second < CLEARLY) continue;
    const middle = {
      x: block.x + block.side / 2 - before.width / 2,
      y: block.y + block.side / 2 - before.height / 2,
    };
    pairs.push({
      from: { x: middle.x / ROWS, y: middle.y / ROWS },
      to: { x: (middle.x + found.x) / ROWS, y: (middle.y + found.y) / ROWS },
    });
  }
  const agreed = agreedMove(pairs, AGREE / ROWS);
  if (!agreed || agreed.agreeing < Math.max(FEWEST, MAJORITY * pairs.length)) return undefined;
  return { ...agreed, found: pairs.length, structured: blocks.length };
}

/** Blocks side by side that have structure and are not masked. */
function blocksOf(view: StillView, masks: Camera['masks']): Cells[] {
  const { width, height } = view;
  const blocks: Cells[] = [];
  for (let y = 2; y + BLOCK <= height - 2; y += STRIDE)
    for (let x = 2; x + BLOCK <= width - 2; x += STRIDE) {
      const middle = { x: (x + BLOCK / 2) / width, y: (y + BLOCK / 2) / height };
      if (masks.some((mask) => isInside(mask, middle))) continue;
      const block = { x, y, side: BLOCK };
      if (energyOf(view, block) >= STRUCTURE * BLOCK * BLOCK) blocks.push(block);
    }
  return blocks;
}
