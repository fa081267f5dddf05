import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { handle, type MotionPorts } from '../../jobs/motion/handler.js';
import { motion } from '../../jobs/motion/job.js';
import type { CameraEvent } from '../../src/domain/events.js';
import { unitBox } from '../../src/domain/geometry.js';
import { pictureBytes } from '../../src/domain/picture.js';
import { createCameras, parseCameraFile } from '../../src/io/camera-file.js';
import { createMemoryCameraStates } from '../../src/io/memory/camera-states.js';
import { createMemoryFrameRing } from '../../src/io/memory/frame-ring.js';
import { createMemoryPinnedPictures } from '../../src/io/memory/pinned-pictures.js';
import { createPictures } from '../../src/io/pictures.js';
import { connectRedis, untilReady } from '../../src/io/redis/connection.js';
import { createRedisLiveView } from '../../src/io/redis/live-view.js';
import type { Ports } from '../../src/ports.js';
import { NO_PASSAGES } from '../support/no-passages.js';
import { runJob, testContext, type TestContext } from '../support/job-context.js';
import { startTestRedis, type TestRedis } from '../support/redis.js';

/** What the analysis does for those who watch: the live view is in a real Redis, everything else in memory. */
const START = Date.UTC(2026, 10, 21, 3, 0, 0);
const SIZE = { width: 64, height: 48 };
const file = parseCameraFile(
  `
site: { timeZone: Asia/Ho_Chi_Minh }
cameras: [ { id: gate, name: Main gate, source: x, fps: 5, lines: [ { id: door, from: [0.5, 1], to: [0.5, 0] } ] } ]`,
  'test',
  {},
);

let redis: TestRedis;
let connection: Redis;
beforeAll(async () => {
  redis = await startTestRedis();
  connection = connectRedis(redis.address, 'frames');
  await untilReady(connection, 'frames', 60_000);
});
afterAll(async () => {
  connection.disconnect();
  await redis.stop();
});

interface Bench {
  readonly ports: Pick<Ports, MotionPorts>;
  readonly events: CameraEvent[];
  readonly kept: Map<string, Uint8Array>;
  /** The wall clock. */
  now: number;
}

function bench(): Bench {
  const events: CameraEvent[] = [];
  const kept = new Map<string, Uint8Array>();
  const b: Bench = {
    ...{ events, kept, now: START },
    ports: {
      cameras: createCameras(file),
      frames: createMemoryFrameRing({ ringBytes: 1e9 }),
      states: createMemoryCameraStates(),
      detectors: {
        get: async () => ({
          network: 'scripted',
          labels: ['person'],
          detect: async ({ data }) => [
            { label: 'person', score: 0.9, box: unitBox((data[0] ?? 0) / 100, 0.4, 0.1, 0.3) },
          ],
        }),
      },
      live: createRedisLiveView(
        { redis: connection, subscriber: () => connection },
        { prefix: `test-${randomUUID().slice(0, 8)}`, now: () => b.now },
      ),
      pictures: createPictures(),
      pins: createMemoryPinnedPictures({ maxBytes: 1e9 }),
      passages: NO_PASSAGES,
      snapshots: {
        put: async (key, bytes) => void kept.set(key, bytes),
        get: async () => undefined,
        removeBefore: async () => 0,
      },
      events: {
        add: async (added) => void events.push(...added),
        get: async () => undefined,
        list: async () => [],
        eachCrossing: async function* () {},
        crossings: async () => [],
        removeBefore: async () => 0,
      },
      metrics: { jobEnded: () => undefined, inference: () => undefined, analysed: () => undefined },
    },
  };
  return b;
}

/** One drain of five frames of a person who walks; by default one second by the wall clock. */
async function drain(b: Bench, second: number, wallS = second + 1): Promise<TestContext<MotionPorts>> {
  for (let i = 0; i < 5; i++) {
    const seq = second * 5 + i + 1;
    const at = START + seq * 200;
    const data = new Uint8Array(pictureBytes(SIZE.width, SIZE.height, 'i420')).fill(10 + seq);
    await b.ports.frames.append({
      ...{ cameraId: 'gate', pass: 1, seq, gated: 0, kind: 'moved', frame: seq, at, sampledAt: at },
      ...{ regions: [unitBox(0, 0.3, 1, 0.5)], picture: { ...SIZE, format: 'i420', data } },
    });
  }
  b.now = START + wallS * 1000;
  const ctx = testContext(b.ports, { now: () => b.now });
  const outcome = await runJob(motion, handle, { cameraId: 'gate' }, ctx);
  expect(outcome).toEqual({ outcome: 'done', result: { analysed: 5 } });
  return ctx;
}

async function commands(): Promise<Record<string, number>> {
  const text = await connection.info('commandstats');
  return Object.fromEntries<number>(
    [...text.matchAll(/cmdstat_(\w+):calls=(\d+)/g)]
      .map(([, name = '', calls]) => [name, Number(calls)] as const)
      .filter(([name]) => name !== 'info' && name !== 'config'),
  );
}

const rings = (ctx: TestContext<MotionPorts>): number =>
  ctx.followUps.filter(({ queue }) => queue === 'live-frame').length;

it('nobody watches: one question a second, nothing for a frame, no job', async () => {
  const b = bench();
  await connection.config('RESETSTAT');
  let rung = 0;
  // Twenty drains of five frames in ten seconds.
  for (let i = 0; i < 20; i++) rung += rings(await drain(b, i, i / 2));
  expect(await commands()).toEqual({ exists: 10 });
  expect(rung).toBe(0);
});

it('somebody watches: the newest frame with all that is known of it, and a ring', async () => {
  const b = bench();
  await b.ports.live.watch('gate', 60_000);
  const first = await drain(b, 0);
  await drain(b, 1);
  expect(rings(first)).toBe(1);
  const newest = await b.ports.live.newest('gate');
  expect(newest?.at).toBe(START + 10 * 200);
  expect(newest?.overlay).toMatchObject({
    title: 'Main gate  2026-11-21 10:00:02',
    boxes: [{ label: 'person #1', kind: 'track' }],
    lines: [{ label: 'door in 0 out 0' }],
  });
  expect(newest?.picture.data[0]).toBe(20);
});

it('a full or lost store loses pictures, never the analysis', async () => {
  const b = bench();
  await b.ports.live.watch('gate', 60_000);
  await connection.config('SET', 'maxmemory', '1');
  await drain(b, 0);
  expect(await b.ports.live.newest('gate')).toBeUndefined();
  await connection.config('SET', 'maxmemory', '0');
  await redis.kill();
  await drain(b, 1);
  await redis.restart();
  await untilReady(connection, 'frames', 60_000);
});

it('the beginning of movement is kept as a small picture', async () => {
  const b = bench();
  for (let second = 0; second < 4; second++) await drain(b, second);
  const [begin] = b.events.filter(({ type }) => type === 'motion');
  const bytes = b.kept.get(begin?.snapshot ?? '');
  expect(begin).toMatchObject({ phase: 'begin' });
  expect(await b.ports.pictures.inspect(bytes ?? new Uint8Array())).toMatchObject({
    format: 'jpeg',
    ...SIZE,
  });
});

it.each([
  [1280, 720, 320, 180],
  [768, 576, 320, 240],
  [300, 200, 300, 200],
])('%i x %i is made %i x %i wide at most', async (width, height, toWidth, toHeight) => {
  const data = new Uint8Array(pictureBytes(width, height, 'i420')).fill(128);
  const pictures = createPictures();
  const overlay = { title: 'x', boxes: [], lines: [], polygons: [] };
  const jpeg = await pictures.jpeg({ width, height, format: 'i420', data }, { maxWidth: 320, overlay });
  expect(await pictures.inspect(jpeg)).toEqual({ format: 'jpeg', width: toWidth, height: toHeight });
  const { data: pixels } = await pictures.read(jpeg);
  // Luma and chroma 128 are this grey; the middle has no letters on it.
  expect(Math.abs((pixels[3 * (toWidth * (toHeight >> 1) + (toWidth >> 1))] ?? 0) - 130)).toBeLessThan(3);
});
