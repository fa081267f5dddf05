import { clipToPicture, groundPointOf, unitBox, type UnitBox, type UnitPoint } from './geometry.js';
import { boxOf, newMotion, predict, scaleOf, type Motion } from './kalman.js';
import { elected, speedStdOf, votesOf, type Votes } from './object-class.js';
import type { Sight } from './riders.js';
import type { TracePoint } from './events.js';
import type { LineMemory } from './crossing.js';
import type { PlateMemory } from './plates/look-plan.js';
import type { ZoneMemory } from './zone-watch.js';

/** One thing followed through the picture. Plain data: it is checkpointed. */
export interface Track {
  /** 1, 2, 3 … once it is sure that there is something; 0 before. */
  readonly id: number;
  /** As of `seenAt`: between two sightings the position is predicted, never stored. */
  readonly motion: Motion;
  readonly votes: Votes;
  /** A person was seen on it: it may be seen as a person alone, or without one. */
  readonly ridden?: true;
  /** Detection score, smoothed. */
  readonly score: number;
  readonly hits: number;
  /** Hits it takes to be sure. */
  readonly needs: number;
  /** Looks since the last sighting that should have shown it. */
  readonly misses: number;
  readonly bornAt: number;
  readonly seenAt: number;
  /** Where it stood when it last had clearly moved, and when that was. */
  readonly anchor: UnitPoint;
  readonly movedAt?: number;
  /** The last point of its path on the ground that lines and zones have seen. */
  readonly path: PathPoint;
  /** Its way on the ground, oldest first: see trail.ts. */
  readonly trail: readonly TracePoint[];
  /** By line and zone id; only what a line or zone must remember about this thing. */
  readonly lines: Readonly<Record<string, LineMemory>>;
  readonly zones: Readonly<Record<string, ZoneMemory>>;
  /** Of a vehicle whose plate has been looked at. */
  readonly plate?: PlateMemory;
}
export interface PathPoint extends UnitPoint {
  readonly at: number;
  readonly frame: number;
}

/** The frame being taken in. */
export interface Moment {
  readonly at: number;
  readonly frame: number;
  /** width / height of the picture */
  readonly aspect: number;
}

/** Moved within this time: moving, ms. */
const MOVING_MS = 2500;

export function newTrack(detection: Sight, needs: number, at: number, frame: number): Track {
  const motion = newMotion(detection.box, speedStdOf(detection.label));
  return {
    id: 0,
    motion,
    votes: votesOf({}, detection),
    ...(detection.ridden && { ridden: true }),
    score: detection.score,
    hits: 1,
    needs,
    misses: 0,
    bornAt: at,
    seenAt: at,
    anchor: { x: motion.x, y: motion.y },
    path: { ...groundOf(motion), at, frame },
    trail: [],
    lines: {},
    zones: {},
  };
}

export function labelOf(track: Pick<Track, 'votes'>): string {
  return elected(track.votes);
}

export function isConfirmed(track: Track): boolean {
  return track.id > 0;
}

/** Whether it has clearly moved within the last seconds before `at`. */
export function isMoving(track: Track, at: number): boolean {
  return track.movedAt !== undefined && at - track.movedAt < MOVING_MS;
}

/** The box at `at`, not clipped: it may lie partly outside the picture. */
export function boxAt(track: Track, at: number, aspect: number): UnitBox {
  return boxOf(motionAt(track, at, aspect));
}

export function motionAt(track: Track, at: number, aspect: number): Motion {
  return predict(track.motion, (at - track.seenAt) / 1000, aspect);
}

/** The box as of the last sighting, within the picture. */
export function visibleBox(track: Track): UnitBox {
  return clipToPicture(boxOf(track.motion)) ?? unitBox(0, 0, 0, 0);
}

/** Where it stands at its last sighting, kept within the picture. */
export function groundOf(motion: Motion): UnitPoint {
  return standingPoint(boxOf(motion));
}

/** The middle of the box's lower edge, kept within the picture. */
export function standingPoint(box: UnitBox): UnitPoint {
  const { x, y } = groundPointOf(box);
  return { x: Math.max(0, Math.min(1, x)), y: Math.max(0, Math.min(1, y)) };
}

/** Length of the box's size in picture heights; see scaleOf. */
export function trackScale(track: Track, aspect: number): number {
  return scaleOf({ width: track.motion.w, height: track.motion.h }, aspect);
}

/** The track with its numbers cut to the digits that mean something: checkpoints stay small. */
export function tidy(track: Track): Track {
  return JSON.parse(
    JSON.stringify(track, (_, value: unknown) =>
      typeof value === 'number' ? Math.round(value * 1e5) / 1e5 : value,
    ),
  ) as Track;
}
