import { done } from '../../jobs/define.js';
import { startTestRedis, type TestRedis } from '../support/redis.js';
import { startWorkerChild, type WorkerChild } from '../support/start-worker-child.js';
import { openBench, testContract, testEntry, type Bench } from '../support/test-queue.js';

const contract = testContract({ name: 'work', timeoutMs: 60_000, attempts: 2 });
let redis: TestRedis;
let bench: Bench;
let children: WorkerChild[];
beforeAll(async () => {
  redis = await startTestRedis();
});
afterAll(() => redis.stop());
beforeEach(() => {
  bench = openBench(redis.address);
  children = [];
});
afterEach(async () => {
  for (const child of children) child.signal('SIGKILL');
  await Promise.all(children.map((child) => child.exited));
  await bench.close();
});

async function startChild(graceMs = 0): Promise<WorkerChild> {
  const child = await startWorkerChild(redis.address.path, bench.prefix, graceMs);
  children.push(child);
  return child;
}
const waitFor = (id: string) => bench.inspector.waitFor('work', id, AbortSignal.timeout(100_000));
const hold = (ms: number) => bench.producer.enqueue(contract, { cameraId: 'gate-1', n: ms });

it('SIGTERM hands a running job back without using an attempt, and the process ends by itself', async () => {
  const child = await startChild(50);
  const { id } = await hold(60_000);
  await child.said('started');
  child.signal('SIGTERM');
  expect(await child.said('aborted')).toEqual({ aborted: id, reason: 'the worker shuts down' });
  expect(await child.said('handedBack')).toEqual({ handedBack: 1 });
  expect(await child.exited).toBe(0);
  expect(await bench.inspector.job('work', id)).toMatchObject({ state: 'waiting', attempts: 0 });
  await bench.consume(testEntry(contract, async (_payload, { attempt }) => done(attempt)));
  expect(await waitFor(id)).toMatchObject({ state: 'completed', result: 1, attempts: 1 });
});

it('SIGTERM lets a job finish that is through within the grace period', async () => {
  const child = await startChild(10_000);
  const { id } = await hold(300);
  await child.said('started');
  child.signal('SIGTERM');
  expect(await child.said('handedBack')).toEqual({ handedBack: 0 });
  expect(await child.exited).toBe(0);
  expect(await bench.inspector.job('work', id)).toMatchObject({ state: 'completed', result: child.pid });
});

it('cancels a job that runs in another process', async () => {
  const child = await startChild();
  const { id } = await hold(60_000);
  await child.said('started');
  expect(await bench.inspector.cancel('work', id, 'key night-shift')).toBe(true);
  expect(await child.said('aborted')).toEqual({ aborted: id, reason: 'cancelled by key night-shift' });
  expect(await bench.inspector.job('work', id)).toMatchObject({
    state: 'failed',
    outcome: 'cancelled',
    reason: 'cancelled by key night-shift',
    attempts: 1,
  });
  child.signal('SIGTERM');
  await child.exited;
  expect(await bench.inspector.outcomes('work')).toEqual({ cancelled: 1 });
});
