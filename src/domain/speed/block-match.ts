import type { Flat } from './projection.js';
import type { StillView } from './still-view.js';

/** A square of cells of a view. */
export interface Cells {
  readonly x: number;
  readonly y: number;
  readonly side: number;
}

export interface Found extends Flat {
  /** Cosine of the edges, -1..1, where they are most alike, and the next best place clearly elsewhere. */
  readonly likeness: number;
  readonly second: number;
}

/**
 * Looks for a block of one view in another.
 * @param guess where it is expected, cells from its place; looked for up to `reach` cells from there
 * @returns by how many cells it has moved, to a fraction of one; `undefined`: too little of where it may be is in view
 */
export function matchBlock(
  before: StillView,
  after: StillView,
  block: Cells,
  guess: Flat,
  reach: number,
): Found | undefined {
  const side = 2 * reach + 1;
  const likeness = new Float32Array(side * side).fill(-1);
  const [left, top] = [Math.round(guess.x) - reach, Math.round(guess.y) - reach];
  const own = energyOf(before, block);
  let best = -1;
  for (let j = 0; j < side; j++)
    for (let i = 0; i < side; i++) {
      const at = j * side + i;
      likeness[at] = cosine(before, after, block, own, left + i, top + j);
      if (best < 0 || likeness[at] > likeness[best]!) best = at;
    }
  const [i, j] = [best % side, Math.floor(best / side)];
  // At the border the best may lie beyond it.
  if (i === 0 || j === 0 || i === side - 1 || j === side - 1) return undefined;
  const around = [best - 1, best + 1, best - side, best + side].map((at) => likeness[at]!);
  if (around.includes(-1)) return undefined;
  let second = -1;
  for (let at = 0; at < likeness.length; at++) {
    const isElsewhere = Math.abs((at % side) - i) > 2 || Math.abs(Math.floor(at / side) - j) > 2;
    if (isElsewhere) second = Math.max(second, likeness[at]!);
  }
  return {
    x: left + i + peak(likeness[best - 1]!, likeness[best]!, likeness[best + 1]!),
    y: top + j + peak(likeness[best - side]!, likeness[best]!, likeness[best + side]!),
    likeness: likeness[best]!,
    second,
  };
}

/** The shift of the whole view that makes most of its edges alike: a start, in whole cells, up to a quarter of each side. */
export function wholeShift(before: StillView, after: StillView): Flat {
  const [mostX, mostY] = [Math.floor(before.width / 4), Math.floor(before.height / 4)];
  let best = { x: 0, y: 0, likeness: -Infinity };
  for (let y = -mostY; y <= mostY; y++)
    for (let x = -mostX; x <= mostX; x++) {
      const likeness = meanProduct(before, after, x, y);
      if (likeness > best.likeness) best = { x, y, likeness };
    }
  return { x: best.x, y: best.y };
}

/** Sum of the squared edges of a block. */
export function energyOf({ width, edges }: StillView, { x, y, side }: Cells): number {
  let energy = 0;
  for (let row = y; row < y + side; row++)
    for (let i = 2 * (row * width + x); i < 2 * (row * width + x + side); i++) energy += edges[i]! ** 2;
  return energy;
}

/** -1 where the block would reach out of the view. */
function cosine(
  before: StillView,
  after: StillView,
  { x, y, side }: Cells,
  own: number,
  dx: number,
  dy: number,
): number {
  const { width } = before;
  if (x + dx < 1 || y + dy < 1 || x + dx + side > width - 1 || y + dy + side > after.height - 1) return -1;
  const [a, b] = [before.edges, after.edges];
  let [both, other] = [0, 0];
  for (let row = y; row < y + side; row++) {
    let from = 2 * (row * width + x);
    let to = 2 * ((row + dy) * width + x + dx);
    for (const end = from + 2 * side; from < end; from++, to++) {
      const there = b[to]!;
      both += a[from]! * there;
      other += there * there;
    }
  }
  return both / Math.sqrt(Math.max(own * other, Number.MIN_VALUE));
}

function meanProduct(before: StillView, after: StillView, dx: number, dy: number): number {
  const { width, height, edges } = before;
  let sum = 0;
  const [fromX, toX] = [Math.max(0, -dx), Math.min(width, width - dx)];
  const [fromY, toY] = [Math.max(0, -dy), Math.min(height, height - dy)];
  for (let y = fromY; y < toY; y++) {
    let i = 2 * (y * width + fromX);
    let j = 2 * ((y + dy) * width + fromX + dx);
    for (const end = 2 * (y * width + toX); i < end; i++, j++) sum += edges[i]! * after.edges[j]!;
  }
  return sum / ((toX - fromX) * (toY - fromY));
}

/** Where a parabola through three neighbours has its top, -0.5..0.5 from the middle one. */
function peak(left: number, middle: number, right: number): number {
  const bend = left - 2 * middle + right;
  return bend < 0 ? Math.max(-0.5, Math.min(0.5, (left - right) / (2 * bend))) : 0;
}
