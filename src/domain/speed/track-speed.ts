import type { Calibration } from '../camera-fields/calibration.js';
import type { TracePoint } from '../events.js';
import { extentOf } from './calibration-fault.js';
import { groundOf, homographyOf, inHeights, type Homography } from './homography.js';
import type { Flat } from './projection.js';
import { fitWay, type Sight, type Way } from './straight-way.js';

/** How fast something goes, km/h; `errorKmh` is half of the 95 % interval. */
export interface Speed {
  readonly kmh: number;
  readonly errorKmh: number;
}

const KMH = 3.6;
/** Fewer points, or a shorter time, are no measurement. */
const FEWEST = 5;
const LEAST_S = 0.7;
/** The newer part of a way, share of its points. */
const NEWER = 0.6;
/** A number worth telling is known to this share, or to this many km/h. */
const WORTH = { share: 0.25, kmh: 3 };
/** Ground farther outside the rectangle of the calibrated points than this share of their extent is not measured. */
const BEYOND = 0.5;
/** Capture times are this uncertain, one standard deviation, s: anywhere within a frame of 25 a second (40 ms / √12). */
const TIMING_SD_S = 0.012;
/** Errors of a followed box are alike for about so long, s: the filter's memory (see kalman.ts). */
const MEMORY_S = 0.2;
/** However alike the misses are, they are not taken for one. */
const MOST_LIKE = 0.8;
/** A change of speed that is this many standard deviations is one; a bend that looks like one need be no surer than that. */
const SURE = { faster: 3, bent: 2 };
/** Half of the angle that a straight way may turn by, radians. */
const MOST_TURN = 0.35;

/**
 * Speed of a thing from its way on the ground: a robust straight line through its places over capture times. Where its
 * newer part says more surely how fast it goes (the whole way is not even, or begins far away), that is taken.
 *
 * The error bar puts together, as independent: the scatter of the points about the line, widened for errors that last
 * longer than a step (variance of a mean of autocorrelated values: (1 + ρ) / (1 − ρ), Bayley and Hammersley 1946) and for
 * the few points (Student's t); the timing's jitter; the calibration (see `Homography.neighbours`); and whatever change
 * of speed the way shows.
 * @param trail ground points in unit coordinates with capture times, epoch ms, oldest first
 * @param aspect width / height of the picture
 * @returns `undefined`: unknown, the data supports no number
 */
export function speedOf(
  trail: readonly TracePoint[],
  calibration: Calibration,
  aspect: number,
): Speed | undefined {
  if (trail.length < FEWEST) return undefined;
  const homography = homographyOf(calibration, aspect);
  const sights = sightsOf(trail, homography);
  const whole = measured(sights, homography);
  const newer = measured(sights.slice(-Math.ceil(NEWER * sights.length)), homography);
  return whole && newer && newer.errorKmh < whole.errorKmh ? newer : (whole ?? newer);
}

/** Points that lie on calibrated ground, in picture heights, by seconds. */
function sightsOf(trail: readonly TracePoint[], homography: Homography): Sight[] {
  const from = trail[0]?.[2] ?? 0;
  const known = homography.points.map(({ ground: [x, y] }) => ({ x, y }));
  const reach = BEYOND * extentOf(known);
  return trail
    .filter(([x, y]) => {
      const ground = groundOf(homography, { x, y });
      return ground && distanceTo(known, { x: ground.xM, y: ground.yM }) <= reach;
    })
    .map(([x, y, at]) => ({ ...inHeights(homography, { x, y }), s: (at - from) / 1000 }));
}

function measured(sights: readonly Sight[], homography: Homography): Speed | undefined {
  const first = sights[0];
  const last = sights.at(-1);
  if (sights.length < FEWEST || !first || !last || last.s - first.s < LEAST_S) return undefined;
  const { toPicture, toGround } = homography;
  const way = fitWay(sights, toPicture, toGround, 1);
  const bent = sights.length > FEWEST ? fitWay(sights, toPicture, toGround, 2) : undefined;
  if (!way || way.outliers > 0.35) return undefined;
  const mps = Math.hypot(way.velocity.x, way.velocity.y);
  const ahead = mps > 0 ? { x: way.velocity.x / mps, y: way.velocity.y / mps } : { x: 1, y: 0 };
  const freedoms = 2 * sights.length - 4;
  const step = (last.s - first.s) / (sights.length - 1);
  const likeness = Math.min(MOST_LIKE, Math.max(Math.exp(-step / MEMORY_S), way.likeness));
  const inflation = ((1 + likeness) / (1 - likeness)) * (1 + (2 * likeness) / freedoms);
  const fit =
    student(freedoms / Math.sqrt(inflation)) * way.scatter * Math.sqrt(inflation * along(way, ahead, 1));
  const timing = (1.96 * mps * TIMING_SD_S) / Math.sqrt(way.spreadS2);
  const calibrated = 1.96 * calibrationSd(way, homography, ahead);
  const bend = bent ? bendOf(bent, ahead, inflation, last.s - first.s) : { along: 0, isCurved: false };
  if (bend.isCurved) return undefined;
  const errorMps = Math.hypot(fit, timing, calibrated) + bend.along;
  if (errorMps > Math.max(WORTH.share * mps, WORTH.kmh / KMH)) return undefined;
  return { kmh: rounded(mps * KMH), errorKmh: rounded(errorMps * KMH) };
}

/** Variance of a coefficient in a direction, for a scatter of 1. @param power 1: velocity, 2: acceleration */
function along({ covariance }: Way, { x, y }: Flat, power: 1 | 2): number {
  const [i, j] = [2 * power, 2 * power + 1];
  return Math.max(
    0,
    x * x * covariance[i]![i]! + 2 * x * y * covariance[i]![j]! + y * y * covariance[j]![j]!,
  );
}

/** How differently fast the way is with the calibration's error, one standard deviation, m/s. */
function calibrationSd({ velocityShift }: Way, { neighbours }: Homography, ahead: Flat): number {
  return Math.sqrt(
    neighbours.reduce((sum, { toPicture }) => {
      const { x, y } = velocityShift(toPicture);
      return sum + (x * ahead.x + y * ahead.y) ** 2;
    }, 0),
  );
}

/**
 * What the best way with constant acceleration says: how much the speed at its end may differ from the mean, m/s, and
 * whether it leaves the straight line.
 */
function bendOf(
  bent: Way,
  ahead: Flat,
  inflation: number,
  durationS: number,
): { along: number; isCurved: boolean } {
  const aside = { x: -ahead.y, y: ahead.x };
  const sd = (direction: Flat): number => bent.scatter * Math.sqrt(along(bent, direction, 2));
  // The coefficients of s² are half the accelerations.
  const size = ({ x, y }: Flat): number => Math.abs(bent.acceleration.x * x + bent.acceleration.y * y);
  const turn = size(aside) * durationS;
  const isBent = turn > MOST_TURN * Math.hypot(bent.velocity.x, bent.velocity.y);
  const isFaster = size(ahead) > SURE.faster * sd(ahead) * Math.sqrt(inflation);
  return {
    along: isFaster ? size(ahead) * durationS : 0,
    isCurved: isBent && turn * KMH > WORTH.kmh && size(aside) > SURE.bent * sd(aside),
  };
}

/** Student's t for 95 % of both sides (Abramowitz and Stegun 26.7.5). */
function student(freedoms: number): number {
  const v = Math.max(1, freedoms);
  const z = 1.96;
  return z + (z ** 3 + z) / (4 * v) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * v * v);
}

/** Distance of a point from the smallest upright rectangle around others, 0 inside. */
function distanceTo(points: readonly Flat[], { x, y }: Flat): number {
  const [xs, ys] = [points.map((p) => p.x), points.map((p) => p.y)];
  const dx = Math.max(Math.min(...xs) - x, 0, x - Math.max(...xs));
  const dy = Math.max(Math.min(...ys) - y, 0, y - Math.max(...ys));
  return Math.hypot(dx, dy);
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
