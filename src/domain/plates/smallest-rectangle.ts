import type { Point, Quad } from './quad.js';
import { quadAround, quadSize } from './quad.js';

/** The convex hull, counter-clockwise on a screen (monotone chain: A. M. Andrew, 1979). */
export function convexHull(points: readonly Point[]): Point[] {
  const sorted = [...points].sort((a, b) => a.x - b.x || a.y - b.y);
  if (sorted.length < 3) return sorted;
  const half = (list: readonly Point[]): Point[] => {
    const chain: Point[] = [];
    for (const point of list) {
      while (chain.length >= 2 && turn(chain[chain.length - 2]!, chain[chain.length - 1]!, point) <= 0)
        chain.pop();
      chain.push(point);
    }
    chain.pop();
    return chain;
  };
  return [...half(sorted), ...half(sorted.reverse())];
}

function turn(a: Point, b: Point, c: Point): number {
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

/**
 * The rectangle of least area around some points, as a line of text that reads to the right: turned by less than 90°
 * either way, its first corner top left. One of its sides lies along the hull.
 */
export function smallestRectangle(points: readonly Point[]): Quad {
  const hull = convexHull(points);
  let best: { quad: Quad; area: number; angle: number } | undefined;
  hull.forEach((point, i) => {
    const next = hull[(i + 1) % hull.length]!;
    const angle = upright(Math.atan2(next.y - point.y, next.x - point.x));
    const quad = quadAround(hull, angle);
    const { width, height } = quadSize(quad);
    const area = width * height;
    if (!best || area < best.area - 1e-9) best = { quad, area, angle };
  });
  return best?.quad ?? quadAround(points, 0);
}

/** The same direction of sides, within -45°..45°. */
function upright(angle: number): number {
  const quarter = Math.PI / 2;
  return angle - Math.round(angle / quarter) * quarter;
}
