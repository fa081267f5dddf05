import type { Calibration } from '../camera-fields/calibration.js';
import { fitted, measuredPoints, type Measured } from './homography.js';
import { project, type Flat } from './projection.js';

/** A mistake of a calibration: where in it, and what to do. */
export interface CalibrationFault {
  readonly path: (string | number)[];
  readonly message: string;
}

/** The picture's shape is not known when the camera file is read; the checks hold for any usual one. */
const USUAL_ASPECT = 16 / 9;
/** Points this near to a straight line lie on it, shares of the largest distance between two points. */
const ON_LINE = { seen: 0.012, ground: 0.002 };
/** Same place: nearer than this, picture heights, and metres. */
const SAME_HEIGHTS = 0.002;
const SAME_M = 0.001;
/** A point farther than this from where all points together put it, picture heights, is a mistake, not a click. */
const MOST_RESIDUAL = 0.05;

/** What is wrong with a calibration; `undefined`: nothing. */
export function calibrationFault(calibration: Calibration): CalibrationFault | undefined {
  if (calibration.rectangle) {
    const corners = calibration.rectangle.corners.map(([x, y]) => ({ x: x * USUAL_ASPECT, y }));
    if (!isConvex(corners))
      return {
        path: ['rectangle', 'corners'],
        message:
          'cross each other or lie in a line: give the four corners in order around the rectangle, each where its side ends',
      };
  }
  const points = measuredPoints(calibration);
  // The schema says that itself.
  if (points.length < 4) return undefined;
  const fault = layoutFault(points) ?? fitFault(points);
  return fault && { ...fault, path: calibration.rectangle ? ['rectangle', 'corners'] : fault.path };
}

function layoutFault(points: readonly Measured[]): CalibrationFault | undefined {
  const seen = points.map(({ at }) => ({ x: at[0] * USUAL_ASPECT, y: at[1] }));
  const ground = points.map((point) => ({ x: point.ground[0], y: point.ground[1] }));
  const twins = twinsOf(seen, SAME_HEIGHTS);
  if (twins && (twinsOf(ground, SAME_M) === undefined || points.length === 4))
    return {
      path: ['points', twins[1], 'at'],
      message: `is the same place as points[${twins[0]}].at: each point needs a place of its own`,
    };
  const groundTwins = twinsOf(ground, SAME_M);
  if (groundTwins)
    return {
      path: ['points', groundTwins[1], 'ground'],
      message: `is the same place as points[${groundTwins[0]}].ground, but not in the picture: measure it again`,
    };
  for (const [where, field, places] of [
    ['seen', 'at', seen],
    ['ground', 'ground', ground],
  ] as const)
    if (isNearlyLine(places, ON_LINE[where]))
      return {
        path: ['points'],
        message: `${points.length === 4 ? 'three of the four' : 'all but one'} lie in one straight line (${field}): take points spread over the road, at least two on each side`,
      };
  return undefined;
}

function fitFault(points: readonly Measured[]): CalibrationFault | undefined {
  const homography = fitted(points, USUAL_ASPECT);
  const isBehind = homography?.points.some(
    ({ ground, at }) =>
      !(project(homography.toPicture, { x: ground[0], y: ground[1] }).w > 0) ||
      !(project(homography.toGround, { x: at[0] * USUAL_ASPECT, y: at[1] }).w > 0),
  );
  if (!homography || isBehind === true)
    return {
      path: ['points'],
      message:
        'would put ground beyond the horizon: two points are mixed up, or one was measured wrongly; see that each `at` has the `ground` of the same mark',
    };
  const worst = homography.residuals.reduce(
    (most, { heights }, i) => (heights > most.heights ? { i, heights } : most),
    { i: 0, heights: 0 },
  );
  if (worst.heights <= MOST_RESIDUAL) return undefined;
  return {
    path: ['points', worst.i],
    message: `does not fit the others: they put this ground ${(100 * worst.heights).toFixed(0)} % of the picture's height away from \`at\`; measure or click it again, or see whether another one is wrong`,
  };
}

/** The first two that are one place. */
function twinsOf(points: readonly Flat[], nearness: number): [number, number] | undefined {
  for (const [j, b] of points.entries()) {
    const i = points.findIndex((a, k) => k < j && Math.hypot(a.x - b.x, a.y - b.y) <= nearness);
    if (i >= 0) return [i, j];
  }
  return undefined;
}

/** Whether one straight line holds all points but at most one: then no four are in general position. */
function isNearlyLine(points: readonly Flat[], share: number): boolean {
  const extent = extentOf(points);
  return points.some((a, i) =>
    points.slice(i + 1).some((b) => {
      const length = Math.hypot(b.x - a.x, b.y - a.y);
      const off = points.filter(
        (p) => Math.abs((b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x)) > share * extent * length,
      );
      return off.length <= 1;
    }),
  );
}

/** The largest distance between two points. */
export function extentOf(points: readonly Flat[]): number {
  let most = 0;
  for (const a of points) for (const b of points) most = Math.max(most, Math.hypot(a.x - b.x, a.y - b.y));
  return most;
}

/** Whether the corners, in order, turn always the same way, clearly. */
function isConvex(corners: readonly Flat[]): boolean {
  const turns = corners.map((b, i) => {
    const a = corners[(i + 3) % 4]!;
    const c = corners[(i + 1) % 4]!;
    const turn = (b.x - a.x) * (c.y - b.y) - (b.y - a.y) * (c.x - b.x);
    return turn / (Math.hypot(b.x - a.x, b.y - a.y) * Math.hypot(c.x - b.x, c.y - b.y));
  });
  return turns.every((turn) => turn > 0.01) || turns.every((turn) => turn < -0.01);
}
