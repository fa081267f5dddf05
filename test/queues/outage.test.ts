import { done } from '../../jobs/define.js';
import { createProducer } from '../../queues/producer.js';
import { startTestRedis, type TestRedis } from '../support/redis.js';
import { openBench, silentLog, testContract, testEntry, type Bench } from '../support/test-queue.js';

const work = testContract({ name: 'work', concurrency: 4 });
let redis: TestRedis;
let bench: Bench;
beforeEach(async () => {
  redis = await startTestRedis({ aof: true });
  bench = openBench(redis.address);
});
afterEach(async () => {
  await bench.close();
  await redis.stop();
});

it('a consumer closes within its limits although Redis is gone', async () => {
  let started: () => void = () => undefined;
  const running = new Promise<void>((resolve) => (started = resolve));
  const consumer = await bench.consume(
    testEntry(work, () => {
      started();
      return new Promise(() => undefined);
    }),
    { graceMs: 50 },
  );
  await bench.producer.enqueue(work, { cameraId: 'a' });
  await running;
  await redis.kill9();
  await expect(consumer.close()).resolves.toBe(1);
});

it('Redis killed and started again: every acknowledged job is done, workers and producers go on by themselves', async () => {
  const doneIds = new Set<string>();
  let notify: () => void = () => undefined;
  await bench.consume(
    testEntry(work, async (_payload, { jobId }) => {
      await new Promise((resolve) => setTimeout(resolve, 2));
      doneIds.add(jobId);
      notify();
      return done();
    }),
  );
  const acknowledged: string[] = [];
  const add = async (id: string): Promise<void> =>
    void acknowledged.push((await bench.producer.enqueue(work, { cameraId: 'a' }, { id })).id);
  for (let n = 0; n < 400; n++) await add(`before-${n}`);
  // The append-only file is synced each second: what was acknowledged before that must be there afterwards.
  await new Promise((resolve) => setTimeout(resolve, 1100));
  await redis.kill9();
  await expect(add('during')).rejects.toThrow(/^work: the jobs Redis did not confirm job during: /);
  await redis.restart();
  for (let tries = 0; tries < 50; tries++) {
    if (
      await add('after').then(
        () => true,
        () => false,
      )
    )
      break;
  }
  expect(acknowledged).toContain('after');
  await new Promise<void>((resolve) => {
    notify = () => acknowledged.every((id) => doneIds.has(id)) && resolve();
    notify();
  });
  expect(doneIds.has('during')).toBe(false);
});

it('a producer fails instead of waiting, whether Redis died, is frozen, or never was there', async () => {
  await bench.producer.enqueue(work, { cameraId: 'a' });
  process.kill(redis.pid, 'SIGSTOP');
  await expect(bench.producer.enqueue(work, { cameraId: 'a' })).rejects.toThrow(
    /the jobs Redis did not confirm job .*: Command timed out/,
  );
  process.kill(redis.pid, 'SIGCONT');
  await redis.kill9();
  await expect(bench.producer.enqueue(work, { cameraId: 'a' })).rejects.toThrow();
  const early = createProducer({ address: redis.address, prefix: bench.prefix, log: silentLog });
  await expect(early.enqueue(work, { cameraId: 'a' })).rejects.toThrow(
    'the jobs Redis is not reachable: no connection within 1000 ms',
  );
  await redis.restart();
  // The same producer works as soon as Redis is back, although its first add met none.
  let isBack = false;
  for (let tries = 0; tries < 20 && !isBack; tries++)
    isBack = await early.enqueue(work, { cameraId: 'a' }).then(
      () => true,
      () => false,
    );
  expect(isBack).toBe(true);
  await early.close();
});
