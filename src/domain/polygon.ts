type Point = readonly [number, number];

/** Smaller than a pixel of any picture: twice this share of it is no place to stand in. */
const LEAST_AREA = 1e-6;

/**
 * What is wrong with a polygon, for people; undefined: nothing. Sides may touch, and the first point may be said again at
 * the end; what crosses itself has an inside that nobody meant.
 * @param points in order around it, any unit
 */
export function polygonProblem(points: readonly Point[]): string | undefined {
  // Where each point that is left stood, for the message.
  const corners = points
    .map((point, i) => ({ point, number: i + 1 }))
    .filter(({ point }, i) => !isSame(point, points[(i + 1) % points.length]!));
  for (let i = 0; i < corners.length; i++)
    for (let j = i + 1; j < corners.length; j++) {
      const [a, b, c, d] = [i, i + 1, j, j + 1].map((at) => corners[at % corners.length]!);
      if (a && b && c && d && doCross(a.point, b.point, c.point, d.point))
        return `crosses itself: the side from point ${a.number} to ${b.number} meets the one from point ${c.number} to ${d.number}; give the points in order around it`;
    }
  return Math.abs(twiceArea(points)) < LEAST_AREA
    ? 'has no area: its points lie on one line, or go back the way they came'
    : undefined;
}

/** Each segment's ends lie strictly on both sides of the other. */
function doCross(a: Point, b: Point, c: Point, d: Point): boolean {
  return side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
}

/** -1, 0, 1: right of the way from a to b, on it, left of it. Rounding must not make a touch a crossing. */
function side(a: Point, b: Point, p: Point): number {
  const area = (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]);
  return Math.abs(area) < 1e-12 ? 0 : Math.sign(area);
}

function twiceArea(points: readonly Point[]): number {
  return points.reduce((sum, [x, y], i) => {
    const [nextX, nextY] = points[(i + 1) % points.length]!;
    return sum + x * nextY - nextX * y;
  }, 0);
}

function isSame(a: Point, b: Point): boolean {
  return a[0] === b[0] && a[1] === b[1];
}
