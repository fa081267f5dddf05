import { inHeights, stretch, type Homography } from './homography.js';
import { jacobian, middleOf, project, type Flat } from './projection.js';
import { moved, type Move } from './similarity.js';

/** What a move of the camera does to what is measured by its calibration. */
export interface DriftEffect {
  /** How far the calibrated points are seen from where they were, picture heights; the farthest. */
  readonly shift: number;
  /** By how much speeds are wrong, share; at the worst of the calibrated points, in the worst direction. */
  readonly speedShare: number;
  /** Worth telling: the camera has to be calibrated again. */
  readonly isMoved: boolean;
}

/** Beyond these the camera has moved: share of the speed, picture heights. */
const MOST_SPEED = 0.03;
const MOST_SHIFT = 0.01;
/** Smaller moves than these are none: what a mast sways, and what two pictures of one scene differ by. */
const NOISE = 0.003;
const SURE = 4;

/** @param move of the picture since the calibration */
export function driftEffect(homography: Homography, move: Move): DriftEffect {
  const points = homography.points.map(({ at: [x, y] }) => inHeights(homography, { x, y }));
  let [shift, speedShare] = [0, 0];
  for (const point of [...points, middleOf(points)]) {
    const now = afterMove(homography, move, point);
    shift = Math.max(shift, Math.hypot(now.x - point.x, now.y - point.y));
    speedShare = Math.max(speedShare, speedError(homography, move, point, now));
  }
  const isSeen = shift > Math.max(NOISE, SURE * move.sd);
  return { shift, speedShare, isMoved: isSeen && (shift > MOST_SHIFT || speedShare > MOST_SPEED) };
}

function afterMove({ aspect }: Homography, move: Move, point: Flat): Flat {
  const { x, y } = moved(move, { x: point.x - aspect / 2, y: point.y - 0.5 });
  return { x: x + aspect / 2, y: y + 0.5 };
}

/**
 * A small step on the ground is seen by the moved camera, and taken for another one: the singular values of that map, one
 * each where all is right, are how much longer and shorter it is taken to be.
 */
function speedError({ toGround }: Homography, move: Move, before: Flat, after: Flat): number {
  if (!(project(toGround, after).w > 0)) return Infinity;
  const turn = (move.turnDeg * Math.PI) / 180;
  const [cos, sin] = [move.zoom * Math.cos(turn), move.zoom * Math.sin(turn)];
  const [a, b, c, d] = jacobian(toGround, before);
  const area = a * d - b * c;
  const seen = times([cos, -sin, sin, cos], [d / area, -b / area, -c / area, a / area]);
  const [least, most] = stretch(times(jacobian(toGround, after), seen));
  return Math.max(Math.abs(most - 1), Math.abs(1 - least));
}

type Square = readonly [number, number, number, number];

function times([a, b, c, d]: Square, [e, f, g, h]: Square): Square {
  return [a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h];
}
