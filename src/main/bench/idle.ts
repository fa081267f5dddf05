import { availableParallelism } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import type { Fragment } from '../../domain/fragment.js';
import type { FrameSource } from '../../domain/frame-source.js';
import type { Figure } from './figure.js';
import { ENTER_S, MIXED_FPS } from './footage.js';
import { openLocalCamera } from './local-camera.js';
import type { BenchContext } from './parts.js';
import { startCpuMeter } from './processes.js';

/** Idling begins after the first whole group of pictures (10 s here); and a little, so that nothing of it is left. */
const SETTLE_MS = 13_000;
const WIDTH = 1280;

/** One camera of the sample's size in front of which nothing moves, then people enter: what it costs, how soon they show. */
export async function measureIdle({ footage, seconds, signal }: BenchContext): Promise<Figure[]> {
  const { still, entering } = await footage.idle();
  const part = 'idle';
  const all = await costOf(still, seconds, false, signal);
  const keys = await costOf(still, seconds, true, signal);
  const wakeMs = await timeToWake(entering, signal);
  return [
    { part, what: 'reading and decoding every frame', value: all, unit: '% of a core' },
    { part, what: 'key frames only', value: keys, unit: '% of a core', aim: { most: 5 } },
    { part, what: 'first movement to its frame', value: wakeMs, unit: 'ms', aim: { most: 1000 } },
  ];
}

/** What this process and those that read for it use, % of a core. */
async function costOf(clip: string, seconds: number, canIdle: boolean, signal: AbortSignal): Promise<number> {
  const options = { fps: MIXED_FPS, maxWidth: WIDTH, canIdle, signal };
  const camera = await openLocalCamera(clip, options);
  const { source, senderPid } = camera;
  const taking = takeAll(source);
  try {
    source.setIdle(true);
    await wait(canIdle ? SETTLE_MS : SETTLE_MS / 4, undefined, { signal });
    const [whole, sender] = await Promise.all([startCpuMeter([process.pid]), startCpuMeter([senderPid])]);
    await wait(seconds * 1000, undefined, { signal });
    const [used, sent] = await Promise.all([whole(), sender()]);
    return (used.share - sent.share) * availableParallelism();
  } finally {
    await camera.close();
    await taking;
  }
}

async function takeAll(source: FrameSource): Promise<void> {
  while (await source.next());
}

/** From the arrival of the first frame that shows people to its being given out, ms. */
async function timeToWake(clip: string, signal: AbortSignal): Promise<number> {
  const movedMs = ENTER_S * 1000;
  // A frame has arrived when it is clear where it ends: with the next one.
  let originAt = Infinity;
  const take = ({ arrivedAt, mediaMs, durationMs }: Fragment): void => {
    originAt = Math.min(originAt, arrivedAt - mediaMs - durationMs);
  };
  const sink = { begin: () => undefined, take };
  const options = { fps: MIXED_FPS, maxWidth: WIDTH, canIdle: true, sink, signal };
  const camera = await openLocalCamera(clip, options);
  const { source } = camera;
  try {
    source.setIdle(true);
    for (let frame = await source.next(); frame; frame = await source.next()) {
      if (frame.mediaMs >= movedMs) return Date.now() - (originAt + movedMs);
    }
    throw new Error('the footage ended before anything moved in it');
  } finally {
    await camera.close();
  }
}
