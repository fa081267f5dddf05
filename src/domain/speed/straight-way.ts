import { cholesky, NormalEquations, solve } from './least-squares.js';
import { jacobian, project, type Flat, type Matrix3 } from './projection.js';

/** A place seen at a time: picture heights, and seconds from any beginning. */
export interface Sight extends Flat {
  readonly s: number;
}

/** A way over the ground at constant speed, or with constant acceleration, fitted to where a thing was seen. */
export interface Way {
  /** Ground, metres, at the middle of the times; and what is added a second, and a second squared. */
  readonly position: Flat;
  readonly velocity: Flat;
  readonly acceleration: Flat;
  /** Mean of the times, s. */
  readonly middleS: number;
  /** Standard deviation of a sight, picture heights in the middle of the calibration; robust, never below `FLOOR`. */
  readonly scatter: number;
  /** How alike neighbouring misses are: their autocorrelation, -1..1. */
  readonly likeness: number;
  /** Share of the sights that the fit takes at less than half of their worth. */
  readonly outliers: number;
  /** Covariance of (position, velocity[, acceleration]) for a scatter of 1: x and y of each, one after the other. */
  readonly covariance: readonly (readonly number[])[];
  /** Sum of squares of the times' distances from their middle, s². */
  readonly spreadS2: number;
  /** What would be added to the velocity were the ground seen through another matrix; to first order. */
  readonly velocityShift: (toPicture: Matrix3) => Flat;
}

const ROUNDS = 6;
/** Boxes are no better than this, picture heights: half a pixel of 800. */
const FLOOR = 0.0006;
/** Beyond so many scatters a sight pulls no harder (Huber, "Robust Estimation of a Location Parameter", 1964). */
const HUBER = 1.5;
/** Median of the length of a two-dimensional normal error, in standard deviations: √(2 ln 2). */
const MEDIAN_LENGTH = 1.1774;

/**
 * Robust least squares in the picture, where the errors are made. A box's error goes with its size, and that with the
 * distance from the camera: each error counts times `w`.
 * @param toPicture ground → picture heights, see `Homography`
 * @param degree 1: constant speed; 2: constant acceleration
 * @returns `undefined`: the sights do not fix a way
 */
export function fitWay(
  sights: readonly Sight[],
  toPicture: Matrix3,
  toGround: Matrix3,
  degree: 1 | 2,
): Way | undefined {
  const middleS = mean(sights.map(({ s }) => s));
  const powers = sights.map(({ s }) => [1, s - middleS, (s - middleS) ** 2].slice(0, degree + 1));
  let way = onGround(sights, powers, toGround);
  let weights = sights.map(() => 1);
  let scatter = 0;
  for (let round = 0; way && round < ROUNDS; round++) {
    const equations = picturedEquations(sights, powers, way, weights, toPicture);
    const factor = cholesky(equations.matrix);
    if (!factor) return undefined;
    const step = solve(factor, equations.right);
    way = way.map((value, i) => value + step[i]!);
    const misses = sights.map((sight, i) => missOf(sight, powers[i]!, way!, toPicture));
    if (misses.some((miss) => !Number.isFinite(miss))) return undefined;
    scatter = Math.hypot(FLOOR, robustScatter(misses, way.length));
    weights = misses.map((miss) => Math.min(1, (HUBER * scatter * MEDIAN_LENGTH) / Math.max(miss, 1e-12)));
  }
  const last = way && cholesky(picturedEquations(sights, powers, way, weights, toPicture).matrix);
  if (!way || !last) return undefined;
  const pair = (power: number): Flat => ({ x: way[2 * power] ?? 0, y: way[2 * power + 1] ?? 0 });
  return {
    position: pair(0),
    velocity: pair(1),
    acceleration: pair(2),
    middleS,
    scatter,
    likeness: likenessOf(sights, powers, way, weights, toPicture),
    outliers: weights.filter((weight) => weight < 0.5).length / weights.length,
    covariance: way.map((_, i) =>
      solve(
        last,
        way.map((__, j) => (i === j ? 1 : 0)),
      ),
    ),
    spreadS2: powers.reduce((sum, power) => sum + power[1]! ** 2, 0),
    velocityShift: (other) => {
      const grounds = powers.map((power) => groundAt(way, power));
      const there = grounds.map((ground, i) => ({ ...project(other, ground), s: sights[i]!.s }));
      const here = grounds.map((ground) => project(toPicture, ground));
      // The sights stay: where the way would be seen moves, and the way makes up for it.
      const moved = here.map((at, i) => ({
        ...there[i]!,
        x: 2 * at.x - there[i]!.x,
        y: 2 * at.y - there[i]!.y,
      }));
      const shift = solve(last, picturedEquations(moved, powers, way, weights, toPicture).right);
      return { x: shift[2]!, y: shift[3]! };
    },
  };
}

/** The start: plain least squares of the places on the ground. */
function onGround(
  sights: readonly Sight[],
  powers: readonly (readonly number[])[],
  toGround: Matrix3,
): number[] | undefined {
  const unknowns = powers[0]?.length ?? 0;
  const across = new NormalEquations(unknowns);
  const along = new NormalEquations(unknowns);
  for (const [i, sight] of sights.entries()) {
    const { x, y } = project(toGround, sight);
    across.add(powers[i]!, x);
    along.add(powers[i]!, y);
  }
  const factor = cholesky(across.matrix);
  if (!factor) return undefined;
  const [xs, ys] = [solve(factor, across.right), solve(factor, along.right)];
  return xs.flatMap((x, i) => [x, ys[i]!]);
}

function groundAt(way: readonly number[], powers: readonly number[]): Flat {
  return powers.reduce(
    (sum, power, k) => ({ x: sum.x + way[2 * k]! * power, y: sum.y + way[2 * k + 1]! * power }),
    { x: 0, y: 0 },
  );
}

function picturedEquations(
  sights: readonly Sight[],
  powers: readonly (readonly number[])[],
  way: readonly number[],
  weights: readonly number[],
  toPicture: Matrix3,
): NormalEquations {
  const equations = new NormalEquations(way.length);
  for (const [i, sight] of sights.entries()) {
    const ground = groundAt(way, powers[i]!);
    const at = project(toPicture, ground);
    const [a, b, c, d] = jacobian(toPicture, ground);
    const weight = weights[i]! * at.w ** 2;
    equations.add(
      powers[i]!.flatMap((power) => [a * power, b * power]),
      sight.x - at.x,
      weight,
    );
    equations.add(
      powers[i]!.flatMap((power) => [c * power, d * power]),
      sight.y - at.y,
      weight,
    );
  }
  return equations;
}

function missOf(sight: Sight, powers: readonly number[], way: readonly number[], toPicture: Matrix3): number {
  const at = project(toPicture, groundAt(way, powers));
  return at.w > 0 ? at.w * Math.hypot(at.x - sight.x, at.y - sight.y) : Infinity;
}

/** Of the misses as vectors, each as much as the fit believes it. */
function likenessOf(
  sights: readonly Sight[],
  powers: readonly (readonly number[])[],
  way: readonly number[],
  weights: readonly number[],
  toPicture: Matrix3,
): number {
  const misses = sights.map((sight, i) => {
    const at = project(toPicture, groundAt(way, powers[i]!));
    const worth = weights[i]! * at.w;
    return { x: worth * (sight.x - at.x), y: worth * (sight.y - at.y) };
  });
  const dot = (a: Flat, b: Flat): number => a.x * b.x + a.y * b.y;
  const own = misses.reduce((sum, miss) => sum + dot(miss, miss), 0);
  const next = misses.slice(1).reduce((sum, miss, i) => sum + dot(miss, misses[i]!), 0);
  return own > 0 ? next / own : 0;
}

/** From the median; corrected for what the fit has taken: few sights leave it too small. */
function robustScatter(misses: readonly number[], unknowns: number): number {
  const freedoms = Math.max(1, 2 * misses.length - unknowns);
  const share = Math.sqrt((2 * misses.length) / freedoms);
  const sorted = [...misses].sort((a, b) => a - b);
  const median = ((sorted[(sorted.length - 1) >> 1] ?? 0) + (sorted[sorted.length >> 1] ?? 0)) / 2;
  return (median / MEDIAN_LENGTH) * share;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
