import { hourOf, type RingEntry } from '../domain/frame.js';
import { createMotionGate, type MotionGate, type MotionLook } from '../domain/motion-gate.js';
import type { Picture } from '../domain/picture.js';
import { createDoorbell } from './doorbell.js';
import type { CameraContext } from './options.js';
import { nextDue, wantsPicture } from './picture-rule.js';
import { untilDone, wait } from './wait.js';

export interface TimedFrame {
  /** 0-based index of the source's own frames. */
  readonly frame: number;
  /** Capture time, epoch ms. */
  readonly at: number;
  readonly picture: Picture;
  /** Sampled frames before this one that were not decoded because nothing moved: they count as gated. */
  readonly skippedBefore?: number;
}

/** The way of one pass's frames through the motion gate into the ring. */
export interface FrameRoad {
  /** Shows the gate a frame from before the place where reading goes on: it is not counted, only remembered. */
  warm(frame: TimedFrame): void;
  /**
   * The next sampled frame: gated, or put into the ring.
   * @returns what the motion gate said of it.
   */
  offer(frame: TimedFrame): Promise<MotionLook>;
  /**
   * Accounts for the frames after the last entry, in case that no frame follows: the last of them goes into the ring
   * after all, without its picture.
   */
  flush(): Promise<void>;
  /**
   * Puts the end of the source into the ring and waits until the analysis has come to it, so that the frames after
   * the last movement are accounted for.
   * @param last the last frame of the source
   */
  finish(last: { frame: number; at: number }): Promise<void>;
  close(): Promise<void>;
}

/** Polling for the end rings and writes again this often: the ring's memory may be lost, and a ring may be. */
const REMIND_EVERY_MS = 1000;

/** @param lossless wait for room in the ring, and write again until it works (files read as fast as possible) */
export function createFrameRoad(context: CameraContext, pass: number, lossless: boolean): FrameRoad {
  const { camera, ring, states, signal, now, timing, onStoreError } = context;
  const doorbell = createDoorbell(() => context.doorbell(camera.id), timing.doorbellMs, onStoreError);
  const gateOf = createGates(context);
  const latest = createLatest(context);
  let seq = 0;
  let gated = 0;
  let pictureDueAt: number | undefined;
  let ringLength = 0;
  /** The newest frame, when the ring does not have it: as `flush` would put it there. */
  let tail: RingEntry | undefined;

  async function storeOrDrop(entry: RingEntry): Promise<boolean> {
    try {
      await ring.append(entry);
      return true;
    } catch (error) {
      // Its number is missing in the ring: whoever reads it counts the frame as dropped.
      onStoreError(error);
      return false;
    }
  }

  async function storeSurely(entry: RingEntry): Promise<boolean> {
    if (entry.picture) await waitForRoom(context.ringRoom(entry.picture.data.length));
    const done = await untilDone(() => ring.append(entry), { signal, onError: onStoreError, everyMs: 200 });
    ringLength = done?.value ?? 0;
    return done !== undefined;
  }

  async function waitForRoom(room: number): Promise<void> {
    let remindAt = now() + REMIND_EVERY_MS;
    while (ringLength >= room && !signal.aborted) {
      await wait(timing.roomPollMs, signal);
      ringLength = await ring.length(camera.id).catch((error: unknown) => {
        onStoreError(error);
        return ringLength;
      });
      if (now() < remindAt) continue;
      remindAt = now() + REMIND_EVERY_MS;
      doorbell.press();
    }
  }

  /** The newest frame goes into the ring after all, without its picture. */
  async function flush(store: (entry: RingEntry) => Promise<boolean>): Promise<void> {
    const entry = tail;
    if (!entry) return;
    tail = undefined;
    gated = entry.gated;
    if (await store(entry)) doorbell.press();
  }

  return {
    warm: ({ picture, at }) => void gateOf(picture).look(lumaOf(picture), at),

    async offer({ frame, at, picture, skippedBefore = 0 }) {
      // Frames are counted in the hour of the entry that accounts for them.
      if (tail && hourOf(tail.at) !== hourOf(at)) await flush(lossless ? storeSurely : storeOrDrop);
      seq += skippedBefore + 1;
      gated += skippedBefore;
      const sampledAt = now();
      latest.show({ frame, at, picture });
      const look = gateOf(picture).look(lumaOf(picture), at);
      const level = context.degraded(camera.id);
      const about = {
        ...{ cameraId: camera.id, pass, seq, gated, frame, at, sampledAt, regions: look.regions },
        ...(level > 0 ? { degraded: level } : {}),
      };
      if (look.verdict === 'gated') {
        gated++;
        tail = { ...about, kind: 'heartbeat' };
        return look;
      }
      const bare = { ...about, kind: look.verdict };
      const everyMs = lookEveryMs(camera, level);
      const carries = wantsPicture(look.verdict, at, pictureDueAt, everyMs);
      const entry: RingEntry = carries ? { ...bare, picture } : bare;
      tail = bare;
      if (!(await (lossless ? storeSurely(entry) : storeOrDrop(entry)))) return look;
      tail = undefined;
      if (carries) pictureDueAt = nextDue(at, pictureDueAt, everyMs);
      doorbell.press();
      return look;
    },

    flush: () => flush(storeOrDrop),

    async finish({ frame, at }) {
      const end: RingEntry = {
        ...{ cameraId: camera.id, pass, seq: seq + 1, gated, kind: 'end', frame, at },
        ...{ sampledAt: now(), regions: [] },
      };
      let remindAt = -Infinity;
      while (!signal.aborted) {
        if (now() >= remindAt) {
          remindAt = now() + REMIND_EVERY_MS;
          if (await storeOrDrop(end)) doorbell.press();
        }
        const checkpoint = await untilDone(() => states.read(camera.id), { signal, onError: onStoreError });
        const cursor = checkpoint?.value?.cursor;
        if (cursor && (cursor.pass > pass || (cursor.pass === pass && cursor.seq >= end.seq))) return;
        await wait(timing.endPollMs, signal);
      }
    },

    async close() {
      await Promise.all([doorbell.close(), latest.close()]);
    },
  };
}

/** The first step of the degradation ladder: the detector looks half as often, and at most five times a second. */
function lookEveryMs({ detect }: CameraContext['camera'], level: number): number {
  return level > 0 ? Math.max(200, detect.everyMs * 2) : detect.everyMs;
}

/** The gate of pictures of this size; a source that changes its size begins with a new gate. */
function createGates({ camera }: CameraContext): (picture: Picture) => MotionGate {
  let made: { gate: MotionGate; width: number; height: number } | undefined;
  return ({ width, height }) => {
    if (made?.width !== width || made.height !== height) {
      const gate = createMotionGate({ width, height, settings: camera.motion, masks: camera.masks });
      made = { gate, width, height };
    }
    return made.gate;
  };
}

/** Keeps the newest picture for the pages, without holding up the frames. */
function createLatest({ camera, ring, now, timing, onStoreError }: CameraContext): {
  show(frame: TimedFrame): void;
  close(): Promise<void>;
} {
  let shownAt = -Infinity;
  let writing: Promise<void> | undefined;
  return {
    show(frame) {
      if (writing || now() - shownAt < timing.latestMs) return;
      shownAt = now();
      writing = ring
        .putLatest(camera.id, frame)
        .catch(onStoreError)
        .finally(() => {
          writing = undefined;
        });
    },
    close: async () => writing,
  };
}

/** An I420 picture begins with its luma plane. */
function lumaOf({ data, width, height }: Picture): Uint8Array {
  return data.subarray(0, width * height);
}
