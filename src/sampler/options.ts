import type { Camera } from '../domain/camera.js';
import type { TamperKind } from '../domain/events.js';
import type { FrameSources } from '../domain/frame-source.js';
import type { CameraId } from '../domain/ids.js';
import type { Picture } from '../domain/picture.js';
import type { Log } from '../log.js';
import type { CameraStates, FrameRing, Gap, RecordingFiles, RecordingIndex, SourceState } from '../ports.js';

export interface SamplerOptions {
  readonly cameras: readonly Camera[];
  readonly sources: FrameSources;
  readonly ring: FrameRing;
  readonly states: CameraStates;
  /** Tells the workers that the camera's ring holds something new. */
  readonly doorbell: (cameraId: CameraId) => Promise<void>;
  /** Told of every change of a source's status (not of its progress), in order. */
  readonly onStatus: (cameraId: CameraId, state: SourceState) => void | Promise<void>;
  /** Told of gaps in the frames, in order; a gap that ends is told again with its `to`. */
  readonly onGap?: (gap: Gap) => void | Promise<void>;
  /** Told of what was done to a camera; the picture shows it. */
  readonly onTamper?: (tamper: Tamper) => void | Promise<void>;
  /** Where recordings go; without it nothing is recorded. */
  readonly recordings?: RecordingStores;
  /** Step of the degradation ladder that a camera is on, 0..3; default: 0. */
  readonly degraded?: (cameraId: CameraId) => number;
  /** Name of this process, for pages. */
  readonly sampler?: string;
  readonly log: Log;
  /** Stops every camera. */
  readonly signal: AbortSignal;
  /** Files read to their end before are read again; default false. */
  readonly again?: boolean;
  /** Capture time of the first frame of every file, epoch ms; default: when the file was first opened. */
  readonly fileStart?: number;
  /**
   * How many entries with pictures of that size the ring surely holds: with `pace: fast` reading waits at that
   * length, so that nothing is pushed out. Default: 6.
   */
  readonly ringRoom?: (pictureBytes: number) => number;
  /** Wall clock, epoch ms. */
  readonly now?: () => number;
  /** 0..1, spreads the tries to connect. */
  readonly random?: () => number;
  readonly timing?: Partial<SamplerTiming>;
}

/** What the recorder writes to. */
export interface RecordingStores {
  readonly files: RecordingFiles;
  readonly index: RecordingIndex;
}

/** A sign that somebody has been at the camera. */
export interface Tamper {
  readonly cameraId: CameraId;
  readonly kind: TamperKind;
  readonly phase: 'begin' | 'end';
  /** Of an end: nothing was put right, it has lasted for so long that it is the scene now. */
  readonly isLasting?: true;
  /** Capture time of the first frame that showed it, epoch ms. */
  readonly at: number;
  readonly picture: Picture;
}

export interface SamplerTiming {
  /** Shortest time between two rings of one camera, ms. */
  readonly doorbellMs: number;
  /** Time between two pictures for the pages, ms. */
  readonly latestMs: number;
  /** Time between two updates of progress and frame rate, ms. */
  readonly statusMs: number;
  /** A stream without a frame for this long is connected anew, ms. */
  readonly giveUpMs: number;
  /** Frames for this long make a connection a good one: the next failure is the first again, ms. */
  readonly goodMs: number;
  /** Nothing moved for this long: a camera with `idle` decodes only key frames, ms. */
  readonly idleAfterMs: number;
  /** How often a full ring is looked at, ms. */
  readonly roomPollMs: number;
  /** How often the end of a file asks whether it has been analysed, ms. */
  readonly endPollMs: number;
}

const TIMING: SamplerTiming = {
  doorbellMs: 100,
  latestMs: 1000,
  statusMs: 1000,
  giveUpMs: 20_000,
  goodMs: 60_000,
  idleAfterMs: 10_000,
  roomPollMs: 15,
  endPollMs: 100,
};

/** What one camera's loop works with: the options, complete. */
export type CameraContext = Required<
  Omit<SamplerOptions, 'cameras' | 'fileStart' | 'recordings' | 'timing'>
> & {
  readonly camera: Camera;
  readonly fileStart: number | undefined;
  readonly recordings: RecordingStores | undefined;
  readonly timing: SamplerTiming;
  /** Logs the failure of a store, at most once every few seconds. */
  readonly onStoreError: (error: unknown) => void;
};

const STORE_LOG_EVERY_MS = 5000;

export function contextOf(camera: Camera, { cameras: _, ...options }: SamplerOptions): CameraContext {
  const now = options.now ?? Date.now;
  const log = options.log.child({ cameraId: camera.id });
  return {
    again: false,
    ringRoom: () => 6,
    random: Math.random,
    onGap: () => undefined,
    onTamper: () => undefined,
    degraded: () => 0,
    sampler: 'sampler',
    ...options,
    camera,
    now,
    log,
    fileStart: options.fileStart,
    recordings: options.recordings,
    timing: { ...TIMING, ...options.timing },
    onStoreError: rarely(now, (error) =>
      log.warn({ err: error }, 'a store does not answer; the camera goes on'),
    ),
  };
}

function rarely(now: () => number, say: (error: unknown) => void): (error: unknown) => void {
  let saidAt = -Infinity;
  return (error) => {
    if (now() - saidAt < STORE_LOG_EVERY_MS) return;
    saidAt = now();
    say(error);
  };
}
