import type { Box, Size } from '../geometry.js';

// Hot loops: a global is looked up at each use where code runs in a vm context, as under Jest (300 ns a time).
const { min, max } = Math;

/** A connected region of changed cells: its box in cells, and what it weighs. */
export interface Region extends Box {
  /** Changed cells in it. */
  readonly changed: number;
  /** Cells in it that are unlike the last frame that passed. */
  readonly fresh: number;
}

/** What a cell carries: bits. */
export const CHANGED = 1;
export const FRESH = 2;
const REACHED = 4;

/**
 * Connected regions of the cells marked CHANGED. Cells at most two steps apart belong together (what a dilation
 * by one cell would join): a person's head and legs stay one region over a belt that looks like the background.
 */
export interface RegionFinder {
  /** @param marks bits per cell, row by row; left as they were found but for a bit of our own. */
  find(marks: Uint8Array): Region[];
}

export function createRegionFinder({ width, height }: Size): RegionFinder {
  const stack = new Int32Array(width * height);

  function flood(marks: Uint8Array, seed: number): Region {
    let left = width;
    let right = 0;
    let top = height;
    let bottom = 0;
    let changed = 0;
    let fresh = 0;
    let depth = 0;
    stack[depth++] = seed;
    marks[seed]! |= REACHED;
    while (depth > 0) {
      const at = stack[--depth]!;
      const y = (at / width) | 0;
      const x = at - y * width;
      changed++;
      if (marks[at]! & FRESH) fresh++;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      if (y > bottom) bottom = y;
      const lastX = min(width - 1, x + 2);
      const lastY = min(height - 1, y + 2);
      for (let ny = max(0, y - 2); ny <= lastY; ny++) {
        for (let n = ny * width + max(0, x - 2); n <= ny * width + lastX; n++) {
          if ((marks[n]! & (CHANGED | REACHED)) !== CHANGED) continue;
          marks[n]! |= REACHED;
          stack[depth++] = n;
        }
      }
    }
    return { x: left, y: top, width: right - left + 1, height: bottom - top + 1, changed, fresh };
  }

  return {
    find(marks) {
      const regions: Region[] = [];
      for (let i = 0; i < marks.length; i++) {
        if ((marks[i]! & (CHANGED | REACHED)) === CHANGED) regions.push(flood(marks, i));
      }
      return regions;
    },
  };
}

/** Joins boxes that overlap or touch until none do; the answer does not depend on their order. */
export function mergeTouching(boxes: readonly Box[]): Box[] {
  const merged: Box[] = [];
  for (let box of boxes) {
    for (;;) {
      const i = merged.findIndex((other) => touch(box, other));
      if (i < 0) break;
      box = around(box, merged.splice(i, 1)[0]!);
    }
    merged.push(box);
  }
  return merged;
}

function touch(a: Box, b: Box): boolean {
  return a.x <= b.x + b.width && b.x <= a.x + a.width && a.y <= b.y + b.height && b.y <= a.y + a.height;
}

function around(a: Box, b: Box): Box {
  const x = Math.min(a.x, b.x);
  const y = Math.min(a.y, b.y);
  return {
    x,
    y,
    width: Math.max(a.x + a.width, b.x + b.width) - x,
    height: Math.max(a.y + a.height, b.y + b.height) - y,
  };
}
