import type { Camera } from './camera.js';
import type { Zone } from './camera-fields/lines-zones.js';
import type { Detection } from './detection.js';
import type { CameraEvent } from './events.js';
import { WHOLE, type UnitBox } from './geometry.js';
import { lookAt } from './look-plan.js';
import type { Overlay } from './overlay.js';
import { watchLines, type LineCount } from './scene-lines.js';
import { watchFlow, type FlowMemory } from './flow/watch-flow.js';
import { watchThresholds, type ThresholdMemory } from './occupancy/watch-thresholds.js';
import type { VisitMemory } from './plates/visit-plan.js';
import { overlayOf } from './scene-overlay.js';
import { watchZones } from './scene-zones.js';
import { isConfirmed, labelOf, standingPoint, tidy, visibleBox, type Moment, type Track } from './track.js';
import { follow } from './tracker.js';
import { isFor, isInside } from './zone-watch.js';

/** All that is known about what a camera sees; plain JSON, checkpointed after every batch. */
export interface SceneState {
  /** The newest id given; ids are never used again. */
  readonly lastTrackId: number;
  /** Capture time of the newest observation, epoch ms. */
  readonly at?: number;
  /** width / height of the picture, as last told. */
  readonly aspect: number;
  readonly tracks: readonly Track[];
  /** By line id, since the camera was first analysed. */
  readonly lines: Readonly<Record<string, LineCount>>;
  /** When something last moved, while the scene counts as in motion. */
  readonly motionAt?: number;
  readonly flow?: FlowMemory;
  readonly thresholds?: ThresholdMemory;
  /** Of a camera whose plates are looked for in whole pictures. */
  readonly visit?: VisitMemory;
}
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
export type SceneEvent = DistributiveOmit<Exclude<CameraEvent, { type: 'plate' }>, 'id' | 'cameraId'>;
export interface Observation {
  /** Capture time, epoch ms. */
  readonly at: number;
  /** 0-based index of the source's own frame. */
  readonly frame: number;
  readonly regions: readonly UnitBox[];
  /** The region the detector looked at; undefined: it did not look at this frame. */
  readonly looked?: UnitBox;
  /** Also weak ones, down to half of `minScore`: they keep a track alive and begin none. */
  readonly detections: readonly Detection[];
  /** width / height of the picture; makes distances count alike in both directions. Default: as told before, or 16:9. */
  readonly aspect?: number;
}
export type SceneConfig = Pick<Camera, 'lines' | 'zones' | 'detect'> &
  Partial<Pick<Camera, 'flow' | 'calibration' | 'motion'>> & { timeZone: string };

/** The scene is at rest when nothing has moved for this long, ms. */
const REST_MS = 10_000;

export function newScene(): SceneState {
  return { lastTrackId: 0, aspect: 16 / 9, tracks: [], lines: {} };
}

/**
 * The region to give the detector for a frame; `undefined`: nothing moves, no look needed. How often the detector
 * looks (`detect.everyMs`) is the caller's matter.
 */
export function planLook(
  state: SceneState,
  frame: { at: number; kind: 'moved' | 'heartbeat'; regions: readonly UnitBox[]; degraded?: number },
  _config: SceneConfig,
): UnitBox | undefined {
  const { at, kind, regions, degraded } = frame;
  return kind === 'heartbeat' ? WHOLE : lookAt(regions, state.tracks, at, state.aspect, degraded);
}

/**
 * Takes in one frame. Pure: the same state, observation and configuration give the same result.
 * A frame older than the last one begins a new reading of the source: tracks end, ids and counts go on.
 */
export function step(
  state: SceneState,
  observation: Observation,
  config: SceneConfig,
): { state: SceneState; events: SceneEvent[] } {
  const { at, frame, looked } = observation;
  const now: Moment = { at, frame, aspect: observation.aspect ?? state.aspect };
  const isRestart = state.at !== undefined && at < state.at;
  const before = isRestart ? [] : state.tracks;
  const minScore = config.detect.minScore;
  const followed = looked
    ? follow(before, state.lastTrackId, {
        ...now,
        looked,
        minScore,
        detections: within(config.zones, observation.detections),
      })
    : { tracks: before, ended: [], lastTrackId: state.lastTrackId };
  const ended = isRestart ? state.tracks.filter(isConfirmed) : followed.ended;
  const lined = watchLines(followed.tracks, ended, state.lines, config, now);
  const zoned = watchZones(lined.tracks, ended, config, now);
  const motion = watchMotion(state, zoned.tracks, at);
  const elapsedMs = isRestart || state.at === undefined ? 0 : at - state.at;
  const flow = watchFlow(state.flow, zoned.tracks, elapsedMs, config, now);
  const crowded = watchThresholds(state.thresholds, zoned.tracks, config.zones, now);
  return {
    state: {
      lastTrackId: followed.lastTrackId,
      at,
      aspect: now.aspect,
      tracks: zoned.tracks.map((track) => (track.seenAt === at ? tidy(track) : track)),
      lines: lined.counts,
      ...(motion.motionAt !== undefined && { motionAt: motion.motionAt }),
      ...(flow.memory && { flow: flow.memory }),
      ...(crowded.memory && { thresholds: crowded.memory }),
      ...(state.visit && { visit: state.visit }),
    },
    events: [...motion.events, ...lined.events, ...zoned.events, ...crowded.events, ...flow.events],
  };
}

/** What has been counted, and how many things are being followed now, by class. */
export function sceneCounters(state: SceneState): {
  lines: ({ readonly id: string } & LineCount)[];
  current: Record<string, number>;
} {
  const current: Record<string, number> = {};
  for (const track of state.tracks.filter(isConfirmed))
    current[labelOf(track)] = (current[labelOf(track)] ?? 0) + 1;
  return { lines: Object.entries(state.lines).map(([id, count]) => ({ id, ...count })), current };
}

/** What to draw over the picture of the newest observation. */
export function sceneOverlay(state: SceneState, config: SceneConfig): Overlay {
  return overlayOf(state.tracks, state.at ?? 0, state.aspect, state.lines, config);
}

/** Detections that stand where the camera is meant to look: in an `include` zone if there is any, in no `ignore` zone. */
function within(zones: readonly Zone[], detections: readonly Detection[]): Detection[] {
  const ignored = zones.filter((zone) => zone.kind === 'ignore');
  const included = zones.filter((zone) => zone.kind === 'include');
  return detections.filter((detection) => {
    const stands = (zone: Zone): boolean =>
      isFor(zone, detection.label) && isInside(zone.polygon, standingPoint(detection.box));
    return !ignored.some(stands) && (included.length === 0 || included.some(stands));
  });
}

function watchMotion(
  state: SceneState,
  tracks: readonly Track[],
  at: number,
): { motionAt?: number; events: SceneEvent[] } {
  const isRestart = state.motionAt !== undefined && at < state.motionAt;
  const mover = tracks.find((track) => isConfirmed(track) && track.movedAt === at);
  const motionAt = mover ? at : isRestart ? at : state.motionAt;
  if (mover && state.motionAt === undefined) {
    return {
      motionAt: at,
      events: [
        {
          type: 'motion',
          phase: 'begin',
          at,
          trackId: mover.id,
          class: labelOf(mover),
          box: visibleBox(mover),
        },
      ],
    };
  }
  if (motionAt !== undefined && at - motionAt >= REST_MS)
    return { events: [{ type: 'motion', phase: 'end', at }] };
  return { ...(motionAt !== undefined && { motionAt }), events: [] };
}
