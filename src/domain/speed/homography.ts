import type { Calibration } from '../camera-fields/calibration.js';
import type { UnitPoint } from '../geometry.js';
import { fitHomography, type Pair } from './fit-homography.js';
import { inverse, jacobian, middleOf, normalisedAt, project, type Flat, type Matrix3 } from './projection.js';

/** A place on the ground, metres, on the map of the calibration. */
export interface GroundPoint {
  readonly xM: number;
  readonly yM: number;
}

/** What turns places in the picture into places on the ground and back. */
export interface Homography {
  /** width / height of the picture */
  readonly aspect: number;
  /** Picture, in picture heights → ground, metres; `w` is 1 in the middle of the points and falls to 0 at the horizon. */
  readonly toGround: Matrix3;
  /** Ground → picture heights; `w` is 1 in the middle of the points and grows with the distance from the camera. */
  readonly toPicture: Matrix3;
  /** The measured points, as given. */
  readonly points: readonly Measured[];
  /** How far the points' places on the ground are from where the fit puts them, in the same order. */
  readonly residuals: readonly Residual[];
  /** Standard deviation of each coordinate of a click, picture heights: what was assumed and what the residuals say. */
  readonly clickSd: number;
  /** Both ways with one standard deviation of error, a pair for each freedom: see `Fit.neighbours`. */
  readonly neighbours: readonly Pick<Homography, 'toGround' | 'toPicture'>[];
}
export interface Measured {
  readonly at: readonly [number, number];
  readonly ground: readonly [number, number];
}
export interface Residual {
  readonly metres: number;
  /** In picture heights. */
  readonly heights: number;
}

/**
 * How exactly a person clicks a mark on the ground, picture heights: 5 pixels of 1080. With exactly four points there is
 * no residual that could say; with more it counts like this many measurements.
 */
const CLICK_SD = 0.005;
const CLICK_WORTH = 8;
/** Nearer to the horizon than this share of the way from it to the points' middle nothing is measured. */
const HORIZON = 0.02;

const known = new WeakMap<Calibration, Homography>();

/**
 * The homography of a calibration, made once.
 * @param aspect width / height of the picture
 * @throws RangeError when its points fix none: the camera file refuses such a calibration (see `calibrationFault`)
 */
export function homographyOf(calibration: Calibration, aspect: number): Homography {
  const before = known.get(calibration);
  if (before?.aspect === aspect) return before;
  const made = fitted(measuredPoints(calibration), aspect);
  if (!made) throw new RangeError('the points of the calibration fix no homography');
  known.set(calibration, made);
  return made;
}

/** The measured points of a calibration; a rectangle gives its corners. */
export function measuredPoints({ points, rectangle }: Calibration): readonly Measured[] {
  if (!rectangle) return points ?? [];
  const { corners, widthM, lengthM } = rectangle;
  const ground = [
    [0, 0],
    [widthM, 0],
    [widthM, lengthM],
    [0, lengthM],
  ] as const;
  return corners.map((at, i) => ({ at, ground: ground[i]! }));
}

/** @returns `undefined`: the points fix no homography */
export function fitted(points: readonly Measured[], aspect: number): Homography | undefined {
  const pairs = points.map(({ at, ground }): Pair => ({
    seen: { x: at[0] * aspect, y: at[1] },
    ground: { x: ground[0], y: ground[1] },
  }));
  const fit = fitHomography(pairs);
  if (!fit) return undefined;
  const centre = middleOf(pairs.map(({ ground }) => ground));
  const toPicture = normalisedAt(fit.toPicture, centre);
  const middle = project(toPicture, centre);
  const toGround = normalisedAt(inverse(toPicture), middle);
  const freedoms = 2 * pairs.length - 8;
  const clickSd = Math.sqrt((fit.squares + CLICK_WORTH * CLICK_SD ** 2) / (freedoms + CLICK_WORTH));
  return {
    aspect,
    toGround,
    toPicture,
    points,
    residuals: pairs.map((pair) => residualOf(pair, toPicture, toGround)),
    clickSd,
    neighbours: fit.neighbours(clickSd).map((m) => ({
      toPicture: normalisedAt(m, centre),
      toGround: normalisedAt(inverse(m), middle),
    })),
  };
}

function residualOf({ seen, ground }: Pair, toPicture: Matrix3, toGround: Matrix3): Residual {
  const at = project(toPicture, ground);
  const on = project(toGround, seen);
  return {
    metres: on.w > 0 ? Math.hypot(on.x - ground.x, on.y - ground.y) : Infinity,
    heights: Math.hypot(at.x - seen.x, at.y - seen.y),
  };
}

/** A point of the picture in picture heights. */
export function inHeights({ aspect }: Homography, { x, y }: UnitPoint): Flat {
  return { x: x * aspect, y };
}

/** Where a point of the picture lies on the ground; `undefined`: at the horizon or beyond. */
export function groundOf(homography: Homography, point: UnitPoint): GroundPoint | undefined {
  const { x, y, w } = project(homography.toGround, inHeights(homography, point));
  return w > HORIZON ? { xM: x, yM: y } : undefined;
}

/** Where a place on the ground is seen; `undefined`: behind the camera. It may lie outside the picture. */
export function pictureOf({ toPicture, aspect }: Homography, { xM, yM }: GroundPoint): UnitPoint | undefined {
  const { x, y, w } = project(toPicture, { x: xM, y: yM });
  return w > 0 ? { x: x / aspect, y } : undefined;
}

/** Metres of ground along one picture height at a point: least and most, by direction. */
export interface LocalScale {
  readonly least: number;
  readonly most: number;
  /** Half of the 95 % interval of lengths there, a share of them. */
  readonly errorShare: number;
}

/** @returns `undefined`: at the horizon or beyond */
export function localScale(homography: Homography, point: UnitPoint): LocalScale | undefined {
  if (!groundOf(homography, point)) return undefined;
  const at = inHeights(homography, point);
  const [least, most] = stretch(jacobian(homography.toGround, at));
  const variance = homography.neighbours.reduce((sum, neighbour) => {
    const [l, m] = stretch(jacobian(neighbour.toGround, at));
    return sum + Math.max((l / least - 1) ** 2, (m / most - 1) ** 2);
  }, 0);
  return { least, most, errorShare: 1.96 * Math.sqrt(variance) };
}

/** Singular values of a 2×2 matrix, smaller first. */
export function stretch([a, b, c, d]: readonly [number, number, number, number]): [number, number] {
  const sum = Math.hypot(a + d, b - c);
  const difference = Math.hypot(a - d, b + c);
  return [Math.abs(sum - difference) / 2, (sum + difference) / 2];
}
