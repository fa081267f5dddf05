import { cholesky, NormalEquations, solve, solveUpper } from './least-squares.js';
import { inverse, middleOf, product, project, type Flat, type Matrix3 } from './projection.js';

/** A measured place: in the picture (any flat unit) and on the ground (metres). */
export interface Pair {
  readonly seen: Flat;
  readonly ground: Flat;
}

export interface Fit {
  /** Ground → picture. */
  readonly toPicture: Matrix3;
  /** Sum of the squared distances between where the points were seen and where the fit puts them. */
  readonly squares: number;
  /**
   * Eight neighbours of `toPicture`, one for each of its freedoms, that differ from it by one standard deviation of an
   * error of `errorSd` a coordinate: what follows from the fit has as variance the sum of the squares of how much it
   * differs with each of them (first-order propagation; the columns are a square root of the covariance).
   */
  readonly neighbours: (errorSd: number) => readonly Matrix3[];
}

const ROUNDS = 12;

/**
 * The homography that puts measured ground points where they were seen: a start by the normalised direct linear
 * transformation (Hartley, "In Defense of the Eight-Point Algorithm", PAMI 19(6), 1997; Hartley and Zisserman, "Multiple
 * View Geometry", 2nd ed., algorithm 4.2), then Gauss-Newton on the distances in the picture, where the errors are made
 * (section 4.2.3 there). The last element is held at 1: with the origin in the middle of the ground points, which lies
 * before the horizon, it cannot be 0.
 * @returns `undefined`: the points do not fix a homography
 */
export function fitHomography(pairs: readonly Pair[]): Fit | undefined {
  const seenFrame = normalising(pairs.map(({ seen }) => seen));
  const groundFrame = normalising(pairs.map(({ ground }) => ground));
  if (!seenFrame || !groundFrame) return undefined;
  const near = pairs.map(({ seen, ground }) => ({
    seen: project(seenFrame, seen),
    ground: project(groundFrame, ground),
  }));
  const start = direct(near);
  if (!start) return undefined;
  const h = refined(start, near);
  const factor = cholesky(normalEquations(h, near).matrix);
  if (!factor) return undefined;
  const back = inverse(seenFrame);
  const outside = (values: readonly number[]): Matrix3 =>
    product(back, product([...values, 1] as unknown as Matrix3, groundFrame));
  const shrink = seenFrame[0];
  return {
    toPicture: outside(h),
    squares: squaresOf(h, near) / shrink ** 2,
    neighbours: (errorSd) =>
      h.map((_, j) => {
        const step = solveUpper(
          factor,
          h.map((_, k) => (k === j ? errorSd * shrink : 0)),
        );
        return outside(h.map((value, k) => value + step[k]!));
      }),
  };
}

/** Moves the points' middle to the origin and their mean distance from it to √2. */
function normalising(points: readonly Flat[]): Matrix3 | undefined {
  const middle = middleOf(points);
  const distance =
    points.reduce((sum, { x, y }) => sum + Math.hypot(x - middle.x, y - middle.y), 0) / points.length;
  if (!(distance > 0)) return undefined;
  const scale = Math.SQRT2 / distance;
  return [scale, 0, -scale * middle.x, 0, scale, -scale * middle.y, 0, 0, 1];
}

function direct(pairs: readonly Pair[]): number[] | undefined {
  const equations = new NormalEquations(8);
  for (const { seen, ground } of pairs) {
    const { x, y } = ground;
    equations.add([x, y, 1, 0, 0, 0, -seen.x * x, -seen.x * y], seen.x);
    equations.add([0, 0, 0, x, y, 1, -seen.y * x, -seen.y * y], seen.y);
  }
  const factor = cholesky(equations.matrix);
  return factor && solve(factor, equations.right);
}

function refined(start: number[], pairs: readonly Pair[]): number[] {
  let h = start;
  let squares = squaresOf(h, pairs);
  for (let round = 0; round < ROUNDS; round++) {
    const { matrix, right } = normalEquations(h, pairs);
    const factor = cholesky(matrix);
    if (!factor) return h;
    const step = solve(factor, right);
    const next = h.map((value, i) => value + step[i]!);
    const after = squaresOf(next, pairs);
    if (!(after < squares * (1 - 1e-9))) return h;
    [h, squares] = [next, after];
  }
  return h;
}

function normalEquations(h: readonly number[], pairs: readonly Pair[]): NormalEquations {
  const equations = new NormalEquations(8);
  for (const { seen, ground } of pairs) {
    const at = project([...h, 1] as unknown as Matrix3, ground);
    const [x, y, one] = [ground.x / at.w, ground.y / at.w, 1 / at.w];
    equations.add([x, y, one, 0, 0, 0, -at.x * x, -at.x * y], seen.x - at.x);
    equations.add([0, 0, 0, x, y, one, -at.y * x, -at.y * y], seen.y - at.y);
  }
  return equations;
}

function squaresOf(h: readonly number[], pairs: readonly Pair[]): number {
  return pairs.reduce((sum, { seen, ground }) => {
    const at = project([...h, 1] as unknown as Matrix3, ground);
    return sum + (at.x - seen.x) ** 2 + (at.y - seen.y) ** 2;
  }, 0);
}
