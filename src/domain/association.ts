import { assign } from './assignment.js';
import { iou, type UnitBox } from './geometry.js';
import { boxOf, POSITION_NOISE, scaleOf, type Motion } from './kalman.js';
import { classDistance, isTwoWheeler } from './object-class.js';
import { completed, type Sight } from './riders.js';
import { labelOf, motionAt, type Track } from './track.js';

/** A pair may be this many standard deviations apart … */
const GATE_SIGMA = 3;
/** … and never more than this many box scales (a person: 3 m; a car side on: 2 lengths). */
const GATE_SCALES = { person: 2.6, other: 4 } as const;
/** What a model of straight movement leaves unexplained, box scales. */
const MODEL_STD = 0.15;
/** And of the way covered since the last sighting, that share: things brake, turn and come nearer. */
const UNEVEN = 0.15;
/** Unseen for longer than this, a thing may also have stopped where it was last seen, ms. */
const MAY_HAVE_STOPPED_MS = 600;
const STOPPED_STD = 0.35;
/** Cost of leaving a track without a detection; above every pair within the gates that makes sense. */
const LIMIT = 14;
/** Added to costs so that they stay positive (the likelihood term is negative for sure tracks). */
const OFFSET = 4;

/**
 * The best matching of tracks and detections, as indices into both lists.
 * @param maxCost lower than the default: only pairs that fit well (for weak detections)
 */
export function associate(
  tracks: readonly Track[],
  detections: readonly Sight[],
  at: number,
  aspect: number,
  maxCost = LIMIT,
): [number, number][] {
  const costs = tracks.map((track) => {
    const expected = motionAt(track, at, aspect);
    return detections.map((detection) => pairCost(track, expected, detection, at, aspect));
  });
  return assign(costs, maxCost).flatMap((detection, track): [number, number][] =>
    detection >= 0 ? [[track, detection]] : [],
  );
}

/**
 * For weak detections: about one box scale off where the track is sure of itself. People hide each other, and a weak box
 * near one who is lost is often another; vehicles are fast, and weak when they are far.
 */
export const WEAK_LIMIT = { person: 6.5, other: 8 } as const;

/**
 * Negative log likelihood of the distance, plus what overlap, size and class say. Infinity: out of the question.
 */
export function pairCost(
  track: Track,
  expected: Motion,
  detection: Sight,
  at: number,
  aspect: number,
): number {
  const kind = kindDistance(track, detection);
  if (kind === Infinity) return Infinity;
  const box = boxOf(expected);
  const seen = track.ridden ? completed(detection, box) : detection.box;
  const reach = detection.label === 'person' ? GATE_SCALES.person : GATE_SCALES.other;
  const travel =
    Math.hypot((expected.x - track.motion.x) * aspect, expected.y - track.motion.y) / scaleOf(box, aspect);
  const moving = placeCost(box, seen, Math.sqrt(expected.p[0] + (UNEVEN * travel) ** 2), reach, aspect);
  const stopped =
    at - track.seenAt > MAY_HAVE_STOPPED_MS
      ? placeCost(boxOf(track.motion), seen, STOPPED_STD, reach, aspect) + 1
      : Infinity;
  const place = Math.min(moving, stopped);
  return place === Infinity ? Infinity : OFFSET + place + sizeCost(box, seen) + kind;
}

/** Of things that may be ridden the network may see, and name, either part. */
const PART = 0.5;

/** As classDistance, of a track and a sight. */
export function kindDistance(
  track: Pick<Track, 'votes' | 'ridden'>,
  { label, ridden }: { readonly label: string; readonly ridden?: unknown },
): number {
  const own = labelOf(track);
  const isEither = (name: string): boolean => name === 'person' || isTwoWheeler(name);
  if ((track.ridden || ridden) && own !== label && isEither(own) && isEither(label)) return PART;
  return classDistance(own, label);
}

function placeCost(expected: UnitBox, seen: UnitBox, std: number, reach: number, aspect: number): number {
  const scale = (scaleOf(expected, aspect) + scaleOf(seen, aspect)) / 2;
  const dx = (seen.x + seen.width / 2 - expected.x - expected.width / 2) * aspect;
  const dy = seen.y + seen.height / 2 - expected.y - expected.height / 2;
  const distance = Math.hypot(dx, dy) / scale;
  const variance = std ** 2 + POSITION_NOISE ** 2 + MODEL_STD ** 2;
  const overlap = iou(expected, seen);
  // A pair that overlaps well is never out of the question, however sure the track is of itself.
  if (overlap < 0.3 && (distance > reach || distance ** 2 > GATE_SIGMA ** 2 * variance)) return Infinity;
  return Math.min(distance ** 2 / variance, 9) / 2 + Math.log(variance / MODEL_STD ** 2) + 2 * (1 - overlap);
}

/** Sizes differ by about 20 % (a standard deviation) from one look to the next; boxes cut or merged by more. */
function sizeCost(expected: UnitBox, seen: UnitBox): number {
  const w = Math.log(seen.width / expected.width) / 0.35;
  const h = Math.log(seen.height / expected.height) / 0.25;
  return Math.min(5, (w * w + h * h) / 2);
}
