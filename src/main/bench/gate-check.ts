import type { CameraEvent } from '../../domain/events.js';
import { createMemoryCameraStates } from '../../io/memory/camera-states.js';
import { createMemoryFrameRing } from '../../io/memory/frame-ring.js';
import { RING_BYTES, runInline } from '../inline-road.js';
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
    const { failed } = await runInline({
      ...{ cameras: outside.cameras.all(), queues: ['motion'], log: world.log, signal },
      ports: { ...outside, ...inside },
      fileStart: STARTED_AT,
    });
    signal.throwIfAborted();
    if (failed[0]) throw new Error(`${failed[0].queue}: ${failed[0].reason}`);
    const of = async (cameraId: string): Promise<Crossing[]> =>
      (await outside.events.list({ cameraId, type: 'crossing', limit: 10_000 })) as Crossing[];
    return difference(await of('open'), await of('gated'));
  });
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
