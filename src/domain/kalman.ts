import { unitBox, type UnitBox } from './geometry.js';

/**
 * Where a box is and how it moves: constant velocity for the centre, constant growth for the size. Noise is
 * proportional to the box's own size, so one small covariance, in units of that size, serves both axes and
 * things near and far alike.
 */
export interface Motion {
  /** Centre and size, unit coordinates. */
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  /** Unit coordinates a second. */
  readonly vx: number;
  readonly vy: number;
  /** Growth of ln(width) and ln(height) a second. */
  readonly gw: number;
  readonly gh: number;
  /** Covariance of position and velocity in box scales and seconds: [position, both, velocity]. */
  readonly p: Covariance;
}
export type Covariance = readonly [number, number, number];

/** Standard deviation of a detector's box centre, in box scales; measured 0.03..0.08 on real footage. */
export const POSITION_NOISE = 0.07;
/** White acceleration, box scales² / s³: a walking person or a car in traffic, and a thing that stands. */
const AGILITY_MOVING = 1;
const AGILITY_STILL = 0.03;
/** Sizes follow as fast as places, so that each edge of the box is followed alike; growth is believed slowly. */
const GROWTH_BELIEF = 0.3;
/** Below this speed, box scales a second, a thing counts as standing for the filter. */
const STANDING_SPEED = 0.25;
/** ln(size) a second that is believed at most. */
const MOST_GROWTH = 1.5;
/** What comes nearer at constant speed moves in the picture with the square of its size (both go with 1 / distance). */
const PERSPECTIVE = 2;
/** An unseen thing is taken to go on for this long, and then to slow down, seconds. */
const COAST_S = 1.5;

/**
 * The size of a box as one length, in picture heights: the square root of its area. x distances are divided by
 * `scale / aspect`, y distances by `scale`, so that both axes count alike in pixels.
 * @param aspect width / height of the picture
 */
export function scaleOf(size: { readonly width: number; readonly height: number }, aspect: number): number {
  return Math.max(1e-4, Math.sqrt(size.width * aspect * size.height));
}

/** A motion seen once: velocity unknown, with `speedStd` box scales a second as what is expected. */
export function newMotion(box: UnitBox, speedStd: number): Motion {
  return {
    x: box.x + box.width / 2,
    y: box.y + box.height / 2,
    w: box.width,
    h: box.height,
    vx: 0,
    vy: 0,
    gw: 0,
    gh: 0,
    p: [POSITION_NOISE ** 2, 0, speedStd ** 2],
  };
}

export function boxOf(motion: Motion): UnitBox {
  return unitBox(motion.x - motion.w / 2, motion.y - motion.h / 2, motion.w, motion.h);
}

/** Speed in box scales a second. */
export function speedOf(motion: Motion, aspect: number): number {
  const scale = scaleOf({ width: motion.w, height: motion.h }, aspect);
  return Math.hypot(motion.vx * aspect, motion.vy) / scale;
}

/** The motion `dtS` seconds later, nothing seen in between. */
export function predict(motion: Motion, dtS: number, aspect: number): Motion {
  if (dtS <= 0) return motion;
  const coastS = dtS <= COAST_S ? dtS : COAST_S + 1 - Math.exp(COAST_S - dtS);
  const growS = Math.min(dtS, 0.6);
  const gain = PERSPECTIVE * clamp((motion.gw + motion.gh) / 2, MOST_GROWTH);
  const faster = Math.exp(gain * growS);
  // Distance covered while the speed changes evenly from 1 to `faster` in growS, and stays so after.
  const way = Math.abs(gain) < 1e-6 ? coastS : (faster - 1) / gain + faster * (coastS - growS);
  const agility = speedOf(motion, aspect) < STANDING_SPEED ? AGILITY_STILL : AGILITY_MOVING;
  return {
    ...motion,
    x: motion.x + motion.vx * way,
    y: motion.y + motion.vy * way,
    vx: motion.vx * faster,
    vy: motion.vy * faster,
    w: motion.w * Math.exp(clamp(motion.gw, MOST_GROWTH) * growS),
    h: motion.h * Math.exp(clamp(motion.gh, MOST_GROWTH) * growS),
    p: later(motion.p, Math.min(dtS, 4), agility),
  };
}

/**
 * The motion corrected by a measured box of the same moment.
 * @param trust 1 for a sure detection; 0.5 doubles the measurement's standard deviation
 */
export function correct(motion: Motion, box: UnitBox, aspect: number, trust = 1): Motion {
  const scale = scaleOf({ width: motion.w, height: motion.h }, aspect);
  const dx = box.x + box.width / 2 - motion.x;
  const dy = box.y + box.height / 2 - motion.y;
  const dw = Math.log(box.width / motion.w);
  const dh = Math.log(box.height / motion.h);
  const noise = (POSITION_NOISE / trust) ** 2;
  const surprise = ((dx * aspect) ** 2 + dy ** 2) / scale ** 2 / (motion.p[0] + noise);
  const place = blend(surprised(motion.p, surprise), noise);
  return {
    x: motion.x + place.gain * dx,
    y: motion.y + place.gain * dy,
    w: motion.w * Math.exp(place.gain * dw),
    h: motion.h * Math.exp(place.gain * dh),
    vx: motion.vx + place.gainRate * dx,
    vy: motion.vy + place.gainRate * dy,
    gw: motion.gw + GROWTH_BELIEF * place.gainRate * dw,
    gh: motion.gh + GROWTH_BELIEF * place.gainRate * dh,
    p: place.after,
  };
}

function later([a, b, c]: Covariance, dt: number, agility: number): Covariance {
  return [
    a + 2 * b * dt + c * dt * dt + (agility * dt ** 3) / 3,
    b + c * dt + (agility * dt * dt) / 2,
    c + agility * dt,
  ];
}

/** A measurement far from what was expected (chi-square with 2 degrees: 9 is beyond 98.9 %) means the thing has begun to move otherwise. */
function surprised(p: Covariance, surprise: number): Covariance {
  const factor = surprise > 9 ? surprise / 3 : 1;
  return [p[0] * factor, p[1] * factor, p[2] * factor];
}

function blend([a, b, c]: Covariance, noise: number): { gain: number; gainRate: number; after: Covariance } {
  const gain = a / (a + noise);
  const gainRate = b / (a + noise);
  return { gain, gainRate, after: [(1 - gain) * a, (1 - gain) * b, Math.max(0, c - gainRate * b)] };
}

function clamp(value: number, most: number): number {
  return Math.max(-most, Math.min(most, value));
}
