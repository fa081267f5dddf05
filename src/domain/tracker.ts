import { associate, kindDistance, WEAK_LIMIT } from './association.js';
import type { Detection } from './detection.js';
import { intersectionArea, iou, type UnitBox } from './geometry.js';
import { boxOf, correct, predict, scaleOf, speedOf } from './kalman.js';
import { classDistance, isTwoWheeler, votesOf } from './object-class.js';
import { completed, withRiders, type Sight } from './riders.js';
import { boxAt, groundOf, isConfirmed, isMoving, labelOf, newTrack, type Track } from './track.js';
import { stitch } from './stitching.js';

export interface Look {
  readonly at: number;
  readonly frame: number;
  readonly looked: UnitBox;
  readonly detections: readonly Detection[];
  readonly minScore: number;
  /** width / height of the picture */
  readonly aspect: number;
}
export interface Followed {
  readonly tracks: readonly Track[];
  /** Confirmed tracks that were given up at this look. */
  readonly ended: readonly Track[];
  readonly lastTrackId: number;
}

/** How long a thing may stay unseen and keep its identity, ms, and how many looks must have missed it. */
const LOST = { moving: { ms: 2000, looks: 4 }, still: { ms: 10_000, looks: 6 } } as const;
/** Missed by so many looks it counts as lost. */
const LOST_FROM = 3;
/** Displacement, box scales, that counts as having moved. */
const MOVED = 0.35;

/**
 * One look of the detector: pairs detections with the tracks (strong ones first, then weak ones with what is
 * left, as in ByteTrack, Zhang et al. 2022), begins, confirms and ends tracks. Tracks outside the region looked
 * at are held.
 */
export function follow(before: readonly Track[], lastTrackId: number, look: Look): Followed {
  const detections = singleBoxes(
    withRiders(look.detections, look.minScore, (person, cycle) => areApart(person, cycle, before)),
  );
  const strong = detections.filter((d) => d.score >= look.minScore);
  const weak = detections.filter((d) => d.score < look.minScore);
  const seen = new Map<Track, Track>();
  const match = (tracks: readonly Track[], found: readonly Sight[], maxCost?: number): Sight[] => {
    const left = new Set(found);
    for (const [t, d] of associate(tracks, found, look.at, look.aspect, maxCost)) {
      seen.set(tracks[t]!, sighted(tracks[t]!, found[d]!, look));
      left.delete(found[d]!);
    }
    return [...left];
  };
  const others = (): Track[] => before.filter((track) => !seen.has(track));
  // What was lost some looks ago may claim nothing that fits a thing seen just now, and be it for the first time.
  let left = match(
    before.filter((t) => isConfirmed(t) && t.misses < LOST_FROM),
    strong,
  );
  left = match(others(), left);
  const recent = others().filter((t) => look.at - t.seenAt < 1200);
  const [people, things] = [weak.filter(isPerson), weak.filter((sight) => !isPerson(sight))];
  match(recent, people, WEAK_LIMIT.person);
  match(
    recent.filter((track) => !seen.has(track)),
    things,
    WEAK_LIMIT.other,
  );

  const kept = before.map((track) => seen.get(track) ?? missed(track, look));
  const young = left
    .filter((d) => !isCut(d.box, look.looked) && !isPartOfRider(d, kept, look))
    .map((d) => born(d, kept, look));
  return settle([...kept, ...young], lastTrackId, look);
}

function isPerson({ label }: Sight): boolean {
  return label === 'person';
}

/** Confirms what has been seen often enough, removes doubles and what is lost. */
function settle(tracks: readonly Track[], lastTrackId: number, look: Look): Followed {
  let last = lastTrackId;
  let alive = withoutDoubles(tracks, look);
  for (const track of alive) {
    if (isConfirmed(track) || !isSure(track)) continue;
    const stitched = stitch(track, alive, look.aspect);
    if (!stitched) last += 1;
    const sure = stitched?.track ?? { ...track, id: last };
    alive = alive.filter((t) => t !== stitched?.from).map((t) => (t === track ? sure : t));
  }
  const over = new Set(alive.filter((track) => isOver(track, look)));
  return {
    tracks: alive.filter((t) => !over.has(t)),
    ended: [...over].filter(isConfirmed),
    lastTrackId: last,
  };
}

function sighted(track: Track, detection: Sight, look: Look): Track {
  const expected = predict(track.motion, (look.at - track.seenAt) / 1000, look.aspect);
  const trust = detection.score < look.minScore ? 0.5 : 1;
  // A box cut by the region's edge says that the thing is there, not where.
  if (isCut(detection.box, look.looked)) return { ...track, misses: 0 };
  const motion = correct(
    expected,
    track.ridden ? completed(detection, boxOf(expected)) : detection.box,
    look.aspect,
    trust,
  );
  const scale = scaleOf({ width: motion.w, height: motion.h }, look.aspect);
  const moved =
    Math.hypot((motion.x - track.anchor.x) * look.aspect, motion.y - track.anchor.y) > MOVED * scale;
  return {
    ...track,
    motion,
    votes: votesOf(track.votes, detection),
    ...(detection.ridden && { ridden: true as const }),
    score: track.score + 0.3 * (detection.score - track.score),
    hits: track.hits + 1,
    misses: 0,
    seenAt: look.at,
    anchor: moved ? { x: motion.x, y: motion.y } : track.anchor,
    ...(moved && { movedAt: look.at }),
  };
}

function missed(track: Track, look: Look): Track {
  const box = boxAt(track, look.at, look.aspect);
  const inside = intersectionArea(box, look.looked) / (box.width * box.height);
  return inside < 0.7 && !hasLeft(box) ? track : { ...track, misses: track.misses + 1 };
}

function born(detection: Sight, tracks: readonly Track[], look: Look): Track {
  const isCovered = tracks.some(
    (track) =>
      track.seenAt === look.at &&
      kindDistance(track, detection) < Infinity &&
      (iou(boxOf(track.motion), detection.box) > 0.45 || coverage(boxOf(track.motion), detection.box) > 0.85),
  );
  return newTrack(detection, isCovered ? 5 : detection.score >= 0.55 ? 2 : 3, look.at, look.frame);
}

/** Nothing on four wheels fits into the box of a rider: it is part of one. */
function isPartOfRider(detection: Sight, tracks: readonly Track[], look: Look): boolean {
  if (detection.label === 'person' || isTwoWheeler(detection.label)) return false;
  return tracks.some((track) => {
    const box = boxOf(track.motion);
    return (
      track.seenAt === look.at &&
      isTwoWheeler(labelOf(track)) &&
      intersectionArea(box, detection.box) > 0.85 * detection.box.width * detection.box.height
    );
  });
}

/** Two sightings far apart may be two things: a third must lie on their way. */
function isSure(track: Track): boolean {
  return track.misses === 0 && track.hits >= track.needs + (track.hits === 2 && isFarJump(track) ? 1 : 0);
}

function isFarJump({ motion, path }: Track): boolean {
  const now = groundOf(motion);
  return Math.abs(now.x - path.x) > 1.2 * motion.w || Math.abs(now.y - path.y) > 1.2 * motion.h;
}

function isOver(track: Track, look: Look): boolean {
  if (track.misses === 0) return false;
  if (!isConfirmed(track)) return track.misses >= 2;
  const unseenMs = look.at - track.seenAt;
  if (hasLeft(boxAt(track, look.at, look.aspect))) return track.misses >= 2;
  const { ms, looks } =
    isMoving(track, track.seenAt) || speedOf(track.motion, look.aspect) > 0.4 ? LOST.moving : LOST.still;
  return track.misses >= looks && unseenMs > ms;
}

/** Whether less than a third of the box is within the picture. */
function hasLeft(box: UnitBox): boolean {
  const width = Math.min(1, box.x + box.width) - Math.max(0, box.x);
  const height = Math.min(1, box.y + box.height) - Math.max(0, box.y);
  return width <= 0 || height <= 0 || (width * height) / (box.width * box.height) < 0.33;
}

/** Someone who walks past a two-wheeler that stands there: each is followed already. */
function areApart(person: Detection, cycle: Detection, tracks: readonly Track[]): boolean {
  const isThere = ({ box }: Detection, label: string): boolean =>
    tracks.some(
      (track) =>
        isConfirmed(track) &&
        !track.ridden &&
        (labelOf(track) === 'person') === (label === 'person') &&
        iou(boxOf(track.motion), box) > 0.4,
    );
  return isThere(person, 'person') && isThere(cycle, cycle.label);
}

/** Of two boxes of one thing (a network may call it car and truck, or motorcycle and bicycle) the better one. */
function singleBoxes(detections: readonly Sight[]): Sight[] {
  const kept: Sight[] = [];
  for (const d of [...detections].sort((a, b) => b.score - a.score)) {
    if (d.box.width > 0 && d.box.height > 0 && !kept.some((k) => isDoubleBox(k, d))) kept.push(d);
  }
  return kept;
}

/** Two of one name may stand close together; two names in one place rarely are two things. */
function isDoubleBox(better: Detection, other: Detection): boolean {
  const apart = classDistance(better.label, other.label);
  if (apart === 0) return iou(better.box, other.box) > 0.7;
  return apart < 1 && (iou(better.box, other.box) > 0.5 || coverage(better.box, other.box) > 0.85);
}

/** Two tracks seen at this look that cover each other, one of them young: the younger is the same thing again. */
function withoutDoubles(tracks: readonly Track[], look: Look): Track[] {
  const isDoubleOf = (young: Track, old: Track): boolean =>
    young !== old &&
    young.seenAt === look.at &&
    old.seenAt === look.at &&
    (young.bornAt > old.bornAt ||
      (young.bornAt === old.bornAt && tracks.indexOf(young) > tracks.indexOf(old))) &&
    look.at - young.bornAt < 2500 &&
    kindDistance(young, { ...old, label: labelOf(old) }) < Infinity &&
    iou(boxOf(young.motion), boxOf(old.motion)) > 0.7;
  return tracks.filter((track) => !tracks.some((other) => isDoubleOf(track, other)));
}

/** How much of the smaller box lies in the other. */
function coverage(a: UnitBox, b: UnitBox): number {
  return intersectionArea(a, b) / Math.min(a.width * a.height, b.width * b.height);
}

/** Whether the box ends at an edge of the region looked at that is not the picture's own. */
function isCut(box: UnitBox, looked: UnitBox): boolean {
  const near = 0.008;
  return (
    (looked.x > near && box.x - looked.x < near) ||
    (looked.y > near && box.y - looked.y < near) ||
    (looked.x + looked.width < 1 - near && looked.x + looked.width - box.x - box.width < near) ||
    (looked.y + looked.height < 1 - near && looked.y + looked.height - box.y - box.height < near)
  );
}
