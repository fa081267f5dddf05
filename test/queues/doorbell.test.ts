import { Redis } from 'ioredis';
import { done } from '../../jobs/define.js';
import { startSweeper } from '../../queues/sweeper.js';
import { startTestRedis, type TestRedis } from '../support/redis.js';
import { openBench, silentLog, testContract, testEntry, type Bench } from '../support/test-queue.js';

const bell = testContract({ name: 'bell', attempts: 1, doorbell: ({ cameraId }) => cameraId });
let redis: TestRedis;
let rings: Redis;
let bench: Bench;
beforeAll(async () => {
  redis = await startTestRedis();
  rings = new Redis({ path: redis.address.path });
});
afterAll(async () => {
  rings.disconnect();
  await redis.stop();
});
beforeEach(() => {
  bench = openBench(redis.address);
});
afterEach(() => bench.close());

/** Resolves when the condition holds; looked at each time `tick` is called. */
function until(condition: () => boolean): { reached: Promise<void>; tick: () => void } {
  let resolve: () => void = () => undefined;
  const reached = new Promise<void>((r) => (resolve = r));
  return { reached, tick: () => condition() && resolve() };
}

it('never strands the last ring of a burst, and never works on one camera twice at once', async () => {
  const cameras = ['a', 'b', 'c', 'd'];
  const BURSTS = 60;
  const active = new Map<string, number>();
  let drained = 0;
  let mostActive = 0;
  const all = until(() => drained === cameras.length * BURSTS * 3);
  const entry = testEntry(bell, async ({ cameraId }) => {
    active.set(cameraId, (active.get(cameraId) ?? 0) + 1);
    mostActive = Math.max(mostActive, active.get(cameraId) ?? 0);
    // What is in the ring now is done; what comes later needs another ring.
    const found = await rings.lpop(`${bench.prefix}:${cameraId}`, 1000);
    await new Promise((resolve) => setImmediate(resolve));
    active.set(cameraId, (active.get(cameraId) ?? 0) - 1);
    drained += found?.length ?? 0;
    all.tick();
    return done();
  });
  await bench.consume(entry, { concurrency: 8 });
  await bench.consume(entry, { concurrency: 8 });
  const camera = async (cameraId: string): Promise<void> => {
    for (let burst = 0; burst < BURSTS; burst++) {
      await rings.rpush(`${bench.prefix}:${cameraId}`, '1', '2', '3');
      await bench.producer.enqueue(bell, { cameraId });
      // Some bursts meet a running job, some an idle queue.
      if (burst % 7 === 0) await new Promise((resolve) => setTimeout(resolve, 3));
    }
  };
  await Promise.all(cameras.map(camera));
  await all.reached;
  expect(mostActive).toBe(1);
});

it('a ring while the job runs makes one more job, however many rings', async () => {
  let release: () => void = () => undefined;
  let started: () => void = () => undefined;
  const running = new Promise<void>((resolve) => (started = resolve));
  const held = new Promise<void>((resolve) => (release = resolve));
  let jobs = 0;
  const second = until(() => jobs === 2);
  await bench.consume(
    testEntry(bell, async () => {
      jobs += 1;
      second.tick();
      started();
      await held;
      return done();
    }),
  );
  const first = await bench.producer.enqueue(bell, { cameraId: 'a' });
  expect(first.created).toBe(true);
  await running;
  for (let n = 0; n < 5; n++)
    expect(await bench.producer.enqueue(bell, { cameraId: 'a' })).toEqual({ id: first.id, created: false });
  release();
  await second.reached;
  const idle = await bench.producer.enqueue(bell, { cameraId: 'b' });
  await bench.inspector.waitFor('bell', idle.id, AbortSignal.timeout(100_000));
  expect(jobs).toBe(3);
});

it('a bell whose job failed rings again', async () => {
  let jobs = 0;
  await bench.consume(
    testEntry(bell, async () => {
      jobs += 1;
      if (jobs === 1) throw new Error('network file is missing');
      return done();
    }),
  );
  const failed = await bench.producer.enqueue(bell, { cameraId: 'a' });
  expect(await bench.inspector.waitFor('bell', failed.id, AbortSignal.timeout(100_000))).toMatchObject({
    state: 'failed',
    attempts: 1,
  });
  const next = await bench.producer.enqueue(bell, { cameraId: 'a' });
  expect(next.created).toBe(true);
  expect(await bench.inspector.waitFor('bell', next.id, AbortSignal.timeout(100_000))).toMatchObject({
    state: 'completed',
  });
});

it('the sweeper rings for rings left behind, on two replicas without harm, also after an error', async () => {
  const drained: string[] = [];
  const left = new Set(['a', 'b']);
  const both = until(() => left.size === 0);
  await bench.consume(
    testEntry(bell, async ({ cameraId }) => {
      drained.push(cameraId);
      left.delete(cameraId);
      both.tick();
      return done();
    }),
  );
  let sweeps = 0;
  const options = {
    rings: async () => {
      sweeps += 1;
      if (sweeps <= 2) throw new Error('Redis is away');
      return [...left];
    },
    ring: (cameraId: string) => bench.producer.enqueue(bell, { cameraId }),
    everyMs: 10,
    log: silentLog,
  };
  const replicas = [startSweeper(options), startSweeper(options)];
  await both.reached;
  await Promise.all(replicas.map((replica) => replica.stop()));
  expect(new Set(drained)).toEqual(new Set(['a', 'b']));
  const after = sweeps;
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(sweeps).toBe(after);
});
