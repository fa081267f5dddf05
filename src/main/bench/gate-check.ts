import { motion } from '../../../jobs/motion/job.js';
import type { CameraEvent } from '../../domain/events.js';
import { createFfmpegSources } from '../../io/ffmpeg/sources.js';
import { createMemoryCameraStates } from '../../io/memory/camera-states.js';
import { createMemoryFrameRing } from '../../io/memory/frame-ring.js';
import type { Log } from '../../log.js';
import type { Ports } from '../../ports.js';
import { runSampler } from '../../sampler/sampler.js';
import { createInlineJobs } from '../inline-jobs.js';
import { MIXED_FPS } from './footage.js';
import { onStage } from './stage.js';

type Crossing = Extract<CameraEvent, { type: 'crossing' }>;

export interface GateLoss {
  /** With the gate disabled. */
  readonly crossings: number;
  /** Not found again with the gate. */
  readonly lost: number;
  /** Found with the gate only. */
  readonly added: number;
}

/** Any: both cameras must read the file as if it had begun at the same moment. */
const STARTED_AT = Date.UTC(2026, 0, 1);
/** A box seen a look earlier or later dates a crossing this much differently, ms. */
const SAME_WITHIN_MS = 1000;
const RING_BYTES = 64 * 1024 ** 2;
const ROOM = 6;
/** Upright lines across the picture, so that whoever walks crosses some of them. */
const LINES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/** Counts the same clip with the gate and with the gate disabled, complete and in order, and compares each crossing. */
export async function compareGate(clip: string, signal: AbortSignal): Promise<GateLoss> {
  const lines = LINES.map((x) => ({ id: `x${x * 10}`, from: [x, 0], to: [x, 1] }));
  const camera = { source: clip, fps: MIXED_FPS, pace: 'fast', lines };
  const cameras = [
    { ...camera, id: 'gated' },
    { ...camera, id: 'open', motion: { enabled: false } },
  ];
  return onStage(cameras, signal, async ({ world }) => {
    const outside = await world.ports([
      ...(['cameras', 'detectors', 'pictures', 'snapshots', 'events'] as const),
      ...(['pins', 'passages', 'metrics'] as const),
    ]);
    const inside = {
      frames: createMemoryFrameRing({ ringBytes: RING_BYTES }),
      states: createMemoryCameraStates(),
    };
    await replay({ ...outside, ...inside }, world.log, signal);
    const of = async (cameraId: string): Promise<Crossing[]> =>
      (await outside.events.list({ cameraId, type: 'crossing', limit: 10_000 })) as Crossing[];
    return difference(await of('open'), await of('gated'));
  });
}

/** Both cameras through the motion handler, in this process. */
async function replay(
  ports: Partial<Ports> & Pick<Ports, 'cameras' | 'frames' | 'states'>,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  const jobs = createInlineJobs({ queues: ['motion'], ports, log, signal });
  let working: Promise<void> = Promise.resolve();
  await runSampler({
    cameras: ports.cameras.all(),
    sources: createFfmpegSources(),
    ring: ports.frames,
    states: ports.states,
    doorbell: async (cameraId) => {
      await jobs.enqueue(motion, { cameraId });
      working = working.then(() => jobs.drain());
      // Told when it is waited for.
      working.catch(() => undefined);
    },
    onStatus: () => undefined,
    log,
    signal,
    fileStart: STARTED_AT,
    ringRoom: () => ROOM,
    timing: { doorbellMs: 1, roomPollMs: 2, endPollMs: 20, latestMs: Number.MAX_SAFE_INTEGER },
  });
  signal.throwIfAborted();
  await working;
  const [failed] = jobs.failed;
  if (failed) throw new Error(`${failed.queue}: ${failed.reason}`);
}

/** Pairs crossings of one line in one direction at nearly one time; each is paired once. */
export function difference(open: readonly Crossing[], gated: readonly Crossing[]): GateLoss {
  const left = [...gated];
  let lost = 0;
  for (const one of open) {
    const at = left.findIndex(
      (other) =>
        other.line === one.line &&
        other.direction === one.direction &&
        Math.abs(other.at - one.at) <= SAME_WITHIN_MS,
    );
    if (at < 0) lost++;
    else left.splice(at, 1);
  }
  return { crossings: open.length, lost, added: left.length };
}
