import type { Camera } from '../domain/camera.js';
import type { CameraId } from '../domain/ids.js';
import type { Log } from '../log.js';

/** The cameras that this sampler reads, or has read to their end. */
export interface HeldCameras {
  readonly ids: readonly CameraId[];
  /** The definition by which a camera is read, or will be when it has stopped; undefined: not held, or on its way out. */
  definition(cameraId: CameraId): Camera | undefined;
  has(cameraId: CameraId): boolean;
  /** It ended by itself: a file is through, the camera was given up or is disabled. */
  hasEnded(cameraId: CameraId): boolean;
  /** Begins to read a camera that is not held. */
  start(camera: Camera): void;
  /** Stops the reading; the camera is held until that is done. Then it is read by `next`, or let go when there is none. */
  stop(cameraId: CameraId, next?: Camera): void;
  /** Stops all; resolves when all are let go. */
  close(): Promise<void>;
}

export interface HeldCamerasOptions {
  /** Reads one camera until the signal, or until it ends by itself. */
  readonly run: (camera: Camera, signal: AbortSignal) => Promise<void>;
  /** Nothing of the camera is left running here. Never rejects. */
  readonly onFree: (cameraId: CameraId) => Promise<void>;
  /** The camera has ended by itself; it stays held. */
  readonly onEnded: () => void;
  readonly log: Log;
}

interface Held {
  readonly camera: Camera;
  readonly stop: AbortController;
  /** What comes after the stop: another definition, or `null`, nothing. Undefined: it is not stopping. */
  next?: Camera | null;
  hasEnded: boolean;
  /** Resolves when it has ended, and when it was stopped for good also let go. */
  reading: Promise<void>;
}

export function createHeldCameras(options: HeldCamerasOptions): HeldCameras {
  const held = new Map<CameraId, Held>();

  async function read(entry: Held): Promise<void> {
    const { camera, stop } = entry;
    let hasFailed = false;
    await options.run(camera, stop.signal).catch((error: unknown) => {
      // It is let go, and whoever takes it next tries again.
      hasFailed = true;
      options.log.error({ err: error, cameraId: camera.id }, 'reading the camera failed; it is begun anew');
    });
    if (entry.next) return start(entry.next);
    if (entry.next === null || hasFailed) return letGo(camera.id);
    entry.hasEnded = true;
    options.onEnded();
  }

  async function letGo(cameraId: CameraId): Promise<void> {
    held.delete(cameraId);
    await options.onFree(cameraId);
  }

  function start(camera: Camera): void {
    const entry: Held = {
      ...{ camera, stop: new AbortController(), hasEnded: false },
      reading: Promise.resolve(),
    };
    held.set(camera.id, entry);
    entry.reading = read(entry);
  }

  function stop(cameraId: CameraId, next?: Camera): void {
    const entry = held.get(cameraId);
    if (!entry) return;
    if (!entry.hasEnded) {
      entry.next = next ?? null;
      entry.stop.abort();
    } else if (next) start(next);
    else entry.reading = letGo(cameraId);
  }

  return {
    get ids() {
      return [...held.keys()];
    },
    definition(cameraId) {
      const entry = held.get(cameraId);
      return entry?.next === undefined ? entry?.camera : (entry.next ?? undefined);
    },
    has: (cameraId) => held.has(cameraId),
    hasEnded: (cameraId) => held.get(cameraId)?.hasEnded ?? false,
    start,
    stop,
    async close() {
      const entries = [...held.values()];
      for (const id of [...held.keys()]) stop(id);
      await Promise.all(entries.map(({ reading }) => reading));
    },
  };
}
