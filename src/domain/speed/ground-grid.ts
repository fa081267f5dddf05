import type { UnitPoint } from '../geometry.js';
import type { Overlay } from '../overlay.js';
import { inHeights, localScale, type Homography } from './homography.js';
import { project, type Flat } from './projection.js';

/** Lines of the grid along the longer side of the calibrated ground, at most. */
const MOST_LINES = 8;
const STEPS_M = [0.25, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
/** The grid goes beyond the calibrated ground by this share of its longer side. */
const MARGIN = 0.25;
/** Farther from the camera than this many times the calibrated ground's middle no line is drawn. */
const FARTHEST = 12;

/** The metre grid of a calibration, its lines labelled with their metres, and the measured points: what is drawn over a picture. */
export function groundGrid(homography: Homography, title?: string): Overlay {
  const xs = homography.points.map(({ ground }) => ground[0]);
  const ys = homography.points.map(({ ground }) => ground[1]);
  const longer = Math.max(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys));
  const stepM = STEPS_M.find((step) => longer / step <= MOST_LINES) ?? longer / MOST_LINES;
  const [from, to] = [
    {
      x: floor(Math.min(...xs) - MARGIN * longer, stepM),
      y: floor(Math.min(...ys) - MARGIN * longer, stepM),
    },
    {
      x: -floor(-Math.max(...xs) - MARGIN * longer, stepM),
      y: -floor(-Math.max(...ys) - MARGIN * longer, stepM),
    },
  ];
  const across = steps(from.y, to.y, stepM).map((y) => ({
    a: { x: from.x, y },
    b: { x: to.x, y },
    label: `y ${metres(y)}`,
  }));
  const along = steps(from.x, to.x, stepM).map((x) => ({
    a: { x, y: from.y },
    b: { x, y: to.y },
    label: `x ${metres(x)}`,
  }));
  return {
    ...(title !== undefined && { title }),
    boxes: [],
    lines: [],
    polygons: [],
    grid: {
      lines: [...across, ...along].flatMap(({ a, b, label }) => {
        const seen = seenLine(homography, a, b);
        return seen ? [{ ...seen, label }] : [];
      }),
      points: homography.points.map(({ at: [x, y], ground }, i) => ({
        at: { x, y },
        label: `${i} (${short(ground[0])}, ${short(ground[1])})`,
      })),
    },
  };
}

/** What can be expected of speeds at one place of the picture. */
export interface Expected {
  readonly at: UnitPoint;
  /** Metres of ground along one picture height there, by direction: least and most. */
  readonly leastM: number;
  readonly mostM: number;
  /** Half of the 95 % interval, shares of the speed: of the calibration alone, and of a vehicle at `EXPECTED.kmh`. */
  readonly calibrationShare: number;
  readonly speedShare: number;
}

/**
 * What is taken for granted of the vehicle: followed for so long, with so many points, each so exact: standard deviation in
 * picture heights in the middle of the calibration, and the capture times'.
 */
export const EXPECTED = { kmh: 50, seconds: 1.5, points: 8, sdHeights: 0.003, timingSdS: 0.012 };

/** From the lowest to the highest calibrated row of the picture, in the points' mean column. */
export function expectedErrors(homography: Homography, rows = 5): Expected[] {
  const ys = homography.points.map(({ at }) => at[1]);
  const x = homography.points.reduce((sum, { at }) => sum + at[0], 0) / homography.points.length;
  const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
  return Array.from({ length: rows }, (_, i) => ({
    x,
    y: bottom + ((top - bottom) * i) / (rows - 1),
  })).flatMap((at) => {
    const scale = localScale(homography, at);
    if (!scale) return [];
    // Times spread evenly over a duration have this sum of squares about their middle.
    const spreadS = EXPECTED.seconds * Math.sqrt(EXPECTED.points / 12);
    const { w } = project(homography.toGround, inHeights(homography, at));
    const fit = (EXPECTED.sdHeights * w * scale.most) / spreadS / (EXPECTED.kmh / 3.6);
    const timing = EXPECTED.timingSdS / spreadS;
    return [
      {
        at,
        leastM: scale.least,
        mostM: scale.most,
        calibrationShare: scale.errorShare,
        speedShare: Math.hypot(scale.errorShare, 1.96 * fit, 1.96 * timing),
      },
    ];
  });
}

/** The part of a line on the ground that is in the picture, unit coordinates. */
function seenLine(homography: Homography, a: Flat, b: Flat): { from: UnitPoint; to: UnitPoint } | undefined {
  const before = clipped(
    [project(homography.toPicture, a).w, project(homography.toPicture, b).w],
    0.02,
    FARTHEST,
  );
  if (!before) return undefined;
  const [from, to] = before.map((share) => {
    const { x, y } = project(homography.toPicture, {
      x: a.x + share * (b.x - a.x),
      y: a.y + share * (b.y - a.y),
    });
    return { x: x / homography.aspect, y };
  }) as [UnitPoint, UnitPoint];
  const across = clipped([from.x, to.x], 0, 1);
  const down = clipped([from.y, to.y], 0, 1);
  if (!across || !down) return undefined;
  const [start, end] = [Math.max(across[0], down[0]), Math.min(across[1], down[1])];
  if (start >= end) return undefined;
  const at = (share: number): UnitPoint => ({
    x: from.x + share * (to.x - from.x),
    y: from.y + share * (to.y - from.y),
  });
  return { from: at(start), to: at(end) };
}

/** Where a value that goes evenly from one to the other is within bounds: shares of the way (Liang and Barsky, 1984). */
function clipped(
  [from, to]: readonly [number, number],
  least: number,
  most: number,
): [number, number] | undefined {
  if (from === to) return from >= least && from <= most ? [0, 1] : undefined;
  const [a, b] = [(least - from) / (to - from), (most - from) / (to - from)];
  const [start, end] = [Math.max(0, Math.min(a, b)), Math.min(1, Math.max(a, b))];
  return start < end ? [start, end] : undefined;
}

function steps(from: number, to: number, step: number): number[] {
  return Array.from({ length: Math.round((to - from) / step) + 1 }, (_, i) => from + i * step);
}

function floor(value: number, step: number): number {
  return Math.floor(value / step) * step;
}

function metres(value: number): string {
  return `${short(value)} m`;
}

function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}
