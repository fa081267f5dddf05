import { Queue } from 'bullmq';
import { done, skipped } from '../../jobs/define.js';
import { queueKeyPrefix } from '../../queues/naming.js';
import { startTestRedis, type TestRedis } from '../support/redis.js';
import { openBench, testContract, testEntry, type Bench } from '../support/test-queue.js';

const work = testContract({ name: 'work', attempts: 2 });
let redis: TestRedis;
let bench: Bench;
beforeAll(async () => {
  redis = await startTestRedis();
});
afterAll(() => redis.stop());
beforeEach(() => {
  bench = openBench(redis.address);
});
afterEach(() => bench.close());

it('never throws on a job or queue that is not there', async () => {
  const { inspector } = bench;
  expect(await inspector.job('work', 'nope')).toBeUndefined();
  expect(await inspector.cancel('work', 'nope')).toBe(false);
  expect(await inspector.retry('work', 'nope')).toBe(false);
  expect(await inspector.retryAll('work')).toBe(0);
  expect(await inspector.list('work', 'failed', 10)).toEqual([]);
  expect(await inspector.oldestWaitingMs('work')).toBe(0);
  expect(await inspector.outcomes('work')).toEqual({});
  expect(await inspector.waitFor('work', 'nope', AbortSignal.timeout(100_000))).toMatchObject({
    id: 'nope',
    state: 'unknown',
    reason: 'no such job',
  });
  expect(await inspector.counts('work')).toEqual({
    ...{ waiting: 0, active: 0, delayed: 0, completed: 0, failed: 0, prioritized: 0, 'waiting-children': 0 },
  });
});

it('lists the newest first, counts by state', async () => {
  for (const n of [1, 2, 3]) await bench.producer.enqueue(work, { cameraId: 'a', n }, { id: `job-${n}` });
  await bench.producer.enqueue(work, { cameraId: 'a' }, { delayMs: 60_000 });
  expect((await bench.inspector.list('work', 'waiting', 2)).map(({ id }) => id)).toEqual(['job-3', 'job-2']);
  expect(await bench.inspector.counts('work')).toMatchObject({ waiting: 3, delayed: 1, active: 0 });
});

it('oldestWaitingMs is the age of the first in line, not of a delayed one', async () => {
  const queue = new Queue('work', {
    connection: redis.address,
    prefix: queueKeyPrefix(bench.prefix, 'work'),
  });
  const data = { v: 1, payload: { cameraId: 'a' } };
  await queue.add('work', data, { timestamp: Date.now() - 900_000, delay: 86_400_000 });
  await queue.add('work', data, { timestamp: Date.now() - 60_000 });
  await queue.add('work', data, { timestamp: Date.now() - 5000 });
  await queue.close();
  const age = await bench.inspector.oldestWaitingMs('work');
  expect(age).toBeGreaterThanOrEqual(60_000);
  expect(age).toBeLessThan(900_000);
});

describe('cancel', () => {
  it.each([{ delayMs: 0 }, { delayMs: 60_000 }])(
    'removes a job that has not started, delay $delayMs',
    async (options) => {
      const { id } = await bench.producer.enqueue(work, { cameraId: 'a' }, options);
      expect(await bench.inspector.cancel('work', id)).toBe(true);
      expect(await bench.inspector.job('work', id)).toBeUndefined();
      expect(await bench.inspector.cancel('work', id)).toBe(false);
    },
  );

  it('leaves a job that has ended as it is', async () => {
    await bench.consume(testEntry(work, async () => done(1)));
    const { id } = await bench.runJob(work);
    expect(await bench.inspector.cancel('work', id)).toBe(false);
    expect(await bench.inspector.job('work', id)).toMatchObject({ state: 'completed', outcome: 'done' });
  });

  it('stops a handler that does not listen to its signal', async () => {
    let started: () => void = () => undefined;
    const running = new Promise<void>((resolve) => (started = resolve));
    await bench.consume(
      testEntry(work, () => {
        started();
        return new Promise(() => undefined);
      }),
    );
    const { id } = await bench.producer.enqueue(work, { cameraId: 'a' });
    await running;
    expect(await bench.inspector.cancel('work', id)).toBe(true);
    expect(await bench.inspector.job('work', id)).toMatchObject({
      outcome: 'cancelled',
      reason: 'cancelled by operator',
    });
  });
});

describe('retry', () => {
  it('puts a failed job back with all its attempts, its payload and its origin', async () => {
    let broken = true;
    const attempts: number[] = [];
    await bench.consume(
      testEntry(work, async (_payload, { attempt }) => {
        attempts.push(attempt);
        if (broken) throw new Error('disk full');
        return done('repaired');
      }),
    );
    const { id } = await bench.producer.enqueue(work, { cameraId: 'a', n: 5 }, { origin: 'key backend-7' });
    const wait = () => bench.inspector.waitFor('work', id, AbortSignal.timeout(100_000));
    const failed = await wait();
    expect(failed).toMatchObject({ state: 'failed', reason: 'disk full', attempts: 2 });
    broken = false;
    expect(await bench.inspector.retry('work', id)).toBe(true);
    expect(await wait()).toMatchObject({
      state: 'completed',
      result: 'repaired',
      payload: { cameraId: 'a', n: 5 },
      origin: 'key backend-7',
      createdAt: failed.createdAt,
    });
    expect(attempts).toEqual([1, 2, 1]);
    expect(await bench.inspector.retry('work', id)).toBe(false);
  });

  it('retryAll puts back every failed job, which then waits since now', async () => {
    const queue = new Queue('work', {
      connection: redis.address,
      prefix: queueKeyPrefix(bench.prefix, 'work'),
    });
    const consumer = await bench.consume(
      testEntry(work, async () => {
        throw new Error('no');
      }),
    );
    for (let n = 0; n < 3; n++)
      await queue.add(
        'work',
        { v: 1, payload: { cameraId: 'a' } },
        { jobId: `old-${n}`, timestamp: Date.now() - 900_000 },
      );
    for (let n = 0; n < 3; n++)
      await bench.inspector.waitFor('work', `old-${n}`, AbortSignal.timeout(100_000));
    await consumer.close();
    expect(await bench.inspector.retryAll('work')).toBe(3);
    expect(await bench.inspector.counts('work')).toMatchObject({ waiting: 3, failed: 0 });
    expect(await bench.inspector.oldestWaitingMs('work')).toBeLessThan(900_000);
    await queue.close();
  });
});

describe('waitFor', () => {
  it('serves many that wait for many jobs', async () => {
    await bench.consume(testEntry(work, async ({ n = 0 }) => (n % 2 ? done(n) : skipped('even'))));
    const ids = await Promise.all(
      Array.from(
        { length: 30 },
        async (_, n) => (await bench.producer.enqueue(work, { cameraId: 'a', n })).id,
      ),
    );
    const views = await Promise.all(
      ids.map((id) => bench.inspector.waitFor('work', id, AbortSignal.timeout(100_000))),
    );
    expect(views.map(({ id }) => id)).toEqual(ids);
    expect(views.map(({ outcome }) => outcome)).toEqual(ids.map((_, n) => (n % 2 ? 'done' : 'skipped')));
  });

  it('ends with the reason of its signal', async () => {
    const { id } = await bench.producer.enqueue(work, { cameraId: 'a' });
    const controller = new AbortController();
    const waiting = bench.inspector.waitFor('work', id, controller.signal);
    controller.abort(new Error('the client went away'));
    await expect(waiting).rejects.toThrow('the client went away');
  });

  it('ends when the job is removed', async () => {
    const { id } = await bench.producer.enqueue(work, { cameraId: 'a' }, { delayMs: 60_000 });
    const waiting = bench.inspector.waitFor('work', id, AbortSignal.timeout(100_000));
    await bench.inspector.cancel('work', id);
    expect(await waiting).toMatchObject({ state: 'unknown' });
  });
});
