import { median, type Aim, type Figure } from './figure.js';
import { ENTER_S, IDLE_SETTLE_S, MIXED_FPS } from './footage.js';
import { openLocalCamera, type LocalCamera } from './local-camera.js';
import type { BenchContext } from './parts.js';
import { startCpuMeter } from './processes.js';
import { redisCpuSeconds } from './redis-use.js';
import { onStage, type Stage } from './stage.js';

const CAMERA = 'idle';
/** What was under way when idling began is through. */
const SETTLE_MS = 3000;
const TRIALS = 5;
/** One camera's people enter after those of the one before have been found. */
const APART_MS = 2000;
/** From the start. */
const FOUND_WITHIN_MS = ENTER_S * 1000 + TRIALS * APART_MS + 15_000;

/**
 * A live camera of the sample's size, 10 frames/s of H.264 over TCP, in front of which nothing moves: what its sampler
 * process with all its ffmpeg, and Redis, cost with key frames only and with every frame decoded, both at the same time.
 * Then people enter in front of idle cameras: from the first frame that shows any leaving the camera until the analysis
 * has stored a detection, and until it is sure of it and gives a track its number.
 */
export async function measureIdle({ footage, seconds, signal }: BenchContext): Promise<Figure[]> {
  const { still, entering } = await footage.idle();
  const costs = await Promise.allSettled(
    [false, true].map((idle) => costOf(still, idle, 2 * seconds, signal)),
  );
  const [all, keys] = costs.map((cost) => {
    if (cost.status === 'rejected') throw cost.reason;
    return cost.value;
  }) as [Cost, Cost];
  const trials = await waitForPeople(entering, signal);
  const part = 'idle';
  const unit = '% of a core';
  return [
    { part, what: 'sampler, every frame decoded', value: all.sampler, unit },
    { part, what: 'sampler, key frames only', value: keys.sampler, unit, aim: { most: 5 } },
    { part, what: 'share of every frame', value: keys.sampler / all.sampler, unit: 'x' },
    { part, what: 'Redis meanwhile', value: keys.redis, unit },
    { part, what: 'motion worker meanwhile', value: keys.worker, unit },
    ...delays(
      'people to detection',
      trials.map(({ seenMs }) => seenMs),
      { aim: { most: 1000 } },
    ),
    ...delays(
      'people to sure track',
      trials.map(({ sureMs }) => sureMs),
    ),
  ];
}

/** % of a core. */
interface Cost {
  /** With its ffmpeg processes, also those that have ended. */
  readonly sampler: number;
  /** Both. */
  readonly redis: number;
  readonly worker: number;
}

async function costOf(clip: string, idle: boolean, seconds: number, signal: AbortSignal): Promise<Cost> {
  const camera = await openLocalCamera(clip, MIXED_FPS);
  try {
    return await onStage([cameraOf(camera, CAMERA, idle)], signal, async (stage) => {
      await start(stage);
      await idling(stage, idle);
      await stage.wait(SETTLE_MS);
      const { sampler = 0, 'motion-1': worker = 0 } = stage.children.pids();
      const meters = await Promise.all([sampler, worker].map((pid) => startCpuMeter([pid])));
      const [redisBefore, startedAt] = [await redisCpuSeconds(stage), performance.now()];
      await stage.wait(seconds * 1000);
      const used = await Promise.all(meters.map((read) => read()));
      const redis = (await redisCpuSeconds(stage)) - redisBefore;
      const elapsedS = (performance.now() - startedAt) / 1000;
      await idling(stage, idle);
      const [ofSampler = 0, ofWorker = 0, ofRedis = 0] = [...used.map((use) => use.seconds), redis].map(
        (used) => (100 * used) / elapsedS,
      );
      return { sampler: ofSampler, worker: ofWorker, redis: ofRedis };
    });
  } finally {
    await camera.close();
  }
}

/** From the first frame with people until they were found, ms. */
interface Found {
  readonly seenMs: number;
  readonly sureMs: number;
}

/** Cameras that idle side by side; people enter one after the other. */
async function waitForPeople(clip: string, signal: AbortSignal): Promise<Found[]> {
  const cameras = await Promise.all(
    Array.from({ length: TRIALS }, (_, i) => openLocalCamera(clip, MIXED_FPS, i * APART_MS)),
  );
  const ids = cameras.map((_, i) => `${CAMERA}-${i + 1}`);
  const described = cameras.map((camera, i) => cameraOf(camera, ids[i] ?? CAMERA, true));
  try {
    return await onStage(described, signal, async (stage) => {
      await start(stage);
      return await Promise.all(cameras.map((camera, i) => find(stage, camera, ids[i] ?? CAMERA)));
    });
  } finally {
    await Promise.all(cameras.map((camera) => camera.close()));
  }
}

async function find(stage: Stage, camera: LocalCamera, id: string): Promise<Found> {
  const { states } = await stage.world.ports(['states']);
  let before = { newestAt: -Infinity, isIdle: false };
  let seenMs: number | undefined;
  let sureMs: number | undefined;
  await stage.until(`finding the people before camera ${id}`, FOUND_WITHIN_MS, async () => {
    const sentAt = camera.sentAt(ENTER_S * MIXED_FPS);
    const scene = (await states.read(id))?.scene;
    const ms = Date.now() - (sentAt ?? NaN);
    if (sentAt === undefined) {
      before = { newestAt: scene?.at ?? -Infinity, isIdle: (await states.source(id))?.isIdle === true };
      return false;
    }
    // The detector may have taken something in the empty scene for a person.
    const found = scene?.tracks.filter(({ bornAt }) => bornAt > before.newestAt) ?? [];
    if (found.length > 0) seenMs ??= ms;
    if (found.some((track) => track.id > 0)) sureMs = ms;
    return sureMs !== undefined;
  });
  if (!before.isIdle) throw new Error(`camera ${id} did not idle when people entered`);
  return { seenMs: seenMs ?? NaN, sureMs: sureMs ?? NaN };
}

function cameraOf({ source }: LocalCamera, id: string, idle: boolean): object {
  return { id, source, fps: MIXED_FPS, idle };
}

async function start(stage: Stage): Promise<void> {
  await stage.workers(['motion']);
  stage.children.start('sampler', 'sampler');
}

/** Waits until the camera is read, and idle if it is to be. */
async function idling(stage: Stage, idle: boolean): Promise<void> {
  const { states } = await stage.world.ports(['states']);
  await stage.until(`the ${idle ? 'idling' : 'reading'} of the camera`, IDLE_SETTLE_S * 1000, async () => {
    const source = await states.source(CAMERA);
    return source?.status === 'ok' && (source.isIdle ?? false) === idle;
  });
}

function delays(what: string, values: readonly number[], aims: { aim?: Aim } = {}): Figure[] {
  return [
    { part: 'idle', what: `${what}, p50`, value: median(values), unit: 'ms', ...aims },
    { part: 'idle', what: `${what}, longest`, value: Math.max(...values), unit: 'ms', ...aims },
  ];
}
