import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { Camera } from '../../src/domain/camera.js';
import {
  addCounts,
  countsOf,
  type FrameCounts,
  NO_FRAMES,
  type RingCursor,
  type RingEntry,
} from '../../src/domain/frame.js';
import { createFfmpegSources } from '../../src/io/ffmpeg/sources.js';
import { createMemoryCameraStates } from '../../src/io/memory/camera-states.js';
import { createMemoryFrameRing } from '../../src/io/memory/frame-ring.js';
import type { CameraStates, Checkpoint, FrameRing, SourceState } from '../../src/ports.js';
import type { SamplerOptions } from '../../src/sampler/options.js';
import { runSampler } from '../../src/sampler/sampler.js';

/** A wait ends with what it waits for: on a busy machine that may take this long. */
const PATIENCE_MS = 100_000;
export const SILENT = pino({ level: 'silent' });

/** Everything the sampler needs, in memory, with a reader that plays the workers. */
export function makeRig() {
  const ring = createMemoryFrameRing({ ringBytes: 64 << 20 });
  const states = createMemoryCameraStates();
  const told: SourceState[] = [];
  const rings: string[] = [];
  const read: RingEntry[] = [];

  const camera = (fields: Record<string, unknown>): Camera =>
    Camera.parse({ id: 'cam-1', pace: 'fast', motion: { enabled: false }, ...fields });

  function sample(cameras: Camera[], options: Partial<SamplerOptions> = {}): Promise<void> {
    return runSampler({
      ...{
        cameras,
        sources: createFfmpegSources(),
        ring,
        states,
        log: SILENT,
        signal: new AbortController().signal,
      },
      doorbell: async (id) => void rings.push(id),
      onStatus: (_, state) => void told.push(state),
      ...options,
    });
  }

  return {
    ...{ ring, states, told, rings, read, camera, sample },
    statusOf: (id = 'cam-1') => states.source(id),
    countsOf: async (id = 'cam-1') => (await states.read(id))?.counts ?? NO_FRAMES,
    /** Reads and accounts for everything in the ring, as a motion job does. */
    drain: (id = 'cam-1') => drain(ring, states, id, read),
  };
}

export type Rig = ReturnType<typeof makeRig>;

async function drain(
  ring: FrameRing,
  states: CameraStates,
  cameraId: string,
  read: RingEntry[],
): Promise<void> {
  const { epoch, checkpoint } = await states.begin(cameraId);
  let now: Checkpoint = checkpoint ?? ({ scene: {}, counts: NO_FRAMES } as never);
  for (const entry of await ring.readAfter(cameraId, now.cursor, 1000)) {
    read.push(entry);
    const counted: FrameCounts = countsOf(now.cursor, entry, 'analysed');
    const { pass, seq, gated, frame, at } = entry;
    const cursor: RingCursor = { pass, seq, gated, frame, at };
    now = { scene: now.scene, cursor, counts: addCounts(now.counts, counted) };
    await states.commit(cameraId, epoch, now, counted);
    await ring.trim(cameraId, cursor);
  }
}

/** Plays the workers until the sampling ends. */
export async function drainWhile(rig: Rig, sampling: Promise<void>, ids = ['cam-1']): Promise<void> {
  let isOver = false;
  const over = sampling.finally(() => {
    isOver = true;
  });
  over.catch(() => undefined);
  while (!isOver) {
    for (const id of ids) await rig.drain(id);
    await tick();
  }
  for (const id of ids) await rig.drain(id);
  await over;
}

export const tick = (ms = 5): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error('it did not come to be');
    await tick(10);
  }
}

export function tempFolder(): { path: (name: string) => string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'camqueue-sampler-'));
  return {
    path: (name) => join(folder, name),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
