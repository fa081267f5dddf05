import type { LumaShrinker } from './shrink-luma.js';

type Polygon = readonly (readonly [x: number, y: number])[];
/** A cell in source pixels, right and bottom exclusive. */
interface Cell {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/**
 * Cells of the small plane that a mask touches, however little: what moves under a mask must not shine through
 * at its border.
 * @param masks polygons in unit coordinates; one that crosses itself covers all that it winds around
 * @param from width and height of the source plane, pixels
 * @returns indices of the masked cells, ascending
 */
export function maskedCells(
  masks: readonly Polygon[],
  from: { readonly width: number; readonly height: number },
  plane: Pick<LumaShrinker, 'width' | 'height' | 'columns' | 'rows'>,
): Int32Array {
  const polygons = masks.map((mask) => mask.map(([x, y]) => [x * from.width, y * from.height] as const));
  const cells: number[] = [];
  for (let y = 0; y < plane.height; y++) {
    for (let x = 0; x < plane.width; x++) {
      const cell = {
        left: plane.columns[x]!,
        top: plane.rows[y]!,
        right: plane.columns[x + 1]!,
        bottom: plane.rows[y + 1]!,
      };
      if (polygons.some((polygon) => touches(polygon, cell))) cells.push(y * plane.width + x);
    }
  }
  return Int32Array.from(cells);
}

function touches(polygon: Polygon, cell: Cell): boolean {
  const winding = polygon.reduce((sum, from, i) => {
    return sum + windingOf(from, polygon[(i + 1) % polygon.length]!, cell.left, cell.top);
  }, 0);
  return winding !== 0 || polygon.some((from, i) => crosses(from, polygon[(i + 1) % polygon.length]!, cell));
}

/** How often an edge winds around a point: 1, 0 or -1 (Sunday's winding number). */
function windingOf(from: Polygon[number], to: Polygon[number], x: number, y: number): number {
  const side = (to[0] - from[0]) * (y - from[1]) - (x - from[0]) * (to[1] - from[1]);
  if (from[1] <= y) return to[1] > y && side > 0 ? 1 : 0;
  return to[1] <= y && side < 0 ? -1 : 0;
}

/** Whether an edge enters a cell (Liang and Barsky's clipping). */
function crosses(from: Polygon[number], to: Polygon[number], cell: Cell): boolean {
  let enter = 0;
  let leave = 1;
  const clip = (start: number, delta: number, low: number, high: number): void => {
    if (delta === 0) {
      if (start < low || start > high) leave = -1;
      return;
    }
    const a = (low - start) / delta;
    const b = (high - start) / delta;
    enter = Math.max(enter, Math.min(a, b));
    leave = Math.min(leave, Math.max(a, b));
  };
  clip(from[0], to[0] - from[0], cell.left, cell.right);
  clip(from[1], to[1] - from[1], cell.top, cell.bottom);
  return enter <= leave;
}
