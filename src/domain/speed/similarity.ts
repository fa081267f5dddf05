import { middleOf, type Flat } from './projection.js';

/** A move of the picture: turned and zoomed about its middle, then shifted. Picture heights, y down. */
export interface Move {
  readonly shift: Flat;
  readonly zoom: number;
  /** Clockwise as seen. */
  readonly turnDeg: number;
  /** Standard deviation of where it puts a point near the middle. */
  readonly sd: number;
}

/** A place before and after, from the picture's middle. */
export interface Pair {
  readonly from: Flat;
  readonly to: Flat;
}

/** Larger turns and zooms than these are no drift: the pairs are wrong. */
const MOST_TURN = 0.35;
const MOST_ZOOM = 0.3;
/** Two places nearer than this tell no turn. */
const LEAST_BASE = 0.2;

/**
 * The move that most pairs agree on: every two of them give one, the one with most followers wins (Fischler and Bolles,
 * "Random Sample Consensus", 1981, here without the randomness), and its followers fix it by least squares.
 * @param tolerance how far from it a follower may be
 */
export function agreedMove(
  pairs: readonly Pair[],
  tolerance: number,
): (Move & { readonly agreeing: number }) | undefined {
  let followers: Pair[] = [];
  for (const [i, a] of pairs.entries())
    for (const b of pairs.slice(i + 1)) {
      if (Math.hypot(a.from.x - b.from.x, a.from.y - b.from.y) < LEAST_BASE) continue;
      const move = fittedMove([a, b]);
      if (!move) continue;
      const agreeing = pairs.filter((pair) => missOf(move, pair) <= tolerance);
      if (agreeing.length > followers.length) followers = agreeing;
    }
  const move = followers.length > 2 ? fittedMove(followers) : undefined;
  if (!move) return undefined;
  const squares = followers.reduce((sum, pair) => sum + missOf(move, pair) ** 2, 0);
  return {
    shift: { x: move.x, y: move.y },
    zoom: Math.hypot(move.a, move.b),
    turnDeg: (Math.atan2(move.b, move.a) * 180) / Math.PI,
    sd: Math.sqrt(squares / (2 * followers.length - 4) / followers.length),
    agreeing: followers.length,
  };
}

/** Where the move puts a point, from the picture's middle. */
export function moved({ shift, zoom, turnDeg }: Move, { x, y }: Flat): Flat {
  const [a, b] = [zoom * Math.cos((turnDeg * Math.PI) / 180), zoom * Math.sin((turnDeg * Math.PI) / 180)];
  return { x: a * x - b * y + shift.x, y: b * x + a * y + shift.y };
}

/** x' = a x - b y + x0, y' = b x + a y + y0 */
interface Similar extends Flat {
  readonly a: number;
  readonly b: number;
}

function fittedMove(pairs: readonly Pair[]): Similar | undefined {
  const from = middleOf(pairs.map((pair) => pair.from));
  const to = middleOf(pairs.map((pair) => pair.to));
  let [a, b, base] = [0, 0, 0];
  for (const pair of pairs) {
    const [x, y] = [pair.from.x - from.x, pair.from.y - from.y];
    const [u, v] = [pair.to.x - to.x, pair.to.y - to.y];
    a += x * u + y * v;
    b += x * v - y * u;
    base += x * x + y * y;
  }
  if (!(base > 0)) return undefined;
  [a, b] = [a / base, b / base];
  if (Math.abs(Math.hypot(a, b) - 1) > MOST_ZOOM || Math.abs(Math.atan2(b, a)) > MOST_TURN) return undefined;
  return { a, b, x: to.x - a * from.x + b * from.y, y: to.y - b * from.x - a * from.y };
}

function missOf({ a, b, x, y }: Similar, { from, to }: Pair): number {
  return Math.hypot(a * from.x - b * from.y + x - to.x, b * from.x + a * from.y + y - to.y);
}
