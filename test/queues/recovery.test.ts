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

async function startChild(): Promise<WorkerChild> {
  const child = await startWorkerChild(redis.address.path, bench.prefix, 0);
  children.push(child);
  return child;
}
const waitFor = (id: string) => bench.inspector.waitFor('work', id, AbortSignal.timeout(100_000));
const hold = (ms: number) => bench.producer.enqueue(contract, { cameraId: 'gate-1', n: ms });

it('another worker finishes the job of a worker that was killed, on the same attempt', async () => {
  const child = await startChild();
  const { id } = await hold(60_000);
  expect(await child.said('started')).toEqual({ started: id, attempt: 1 });
  child.signal('SIGKILL');
  expect(await child.exited).toBe('SIGKILL');
  let attempt = 0;
  await bench.consume(
    testEntry(contract, async (_payload, ctx) => {
      attempt = ctx.attempt;
      return done('by the other');
    }),
  );
  expect(await waitFor(id)).toMatchObject({ state: 'completed', result: 'by the other' });
  expect(attempt).toBe(1);
});

it('a worker that was frozen past its lock stops working on what another one took over', async () => {
  const child = await startChild();
  const { id } = await hold(60_000);
  await child.said('started');
  child.signal('SIGSTOP');
  await bench.consume(testEntry(contract, async () => done('by the other')));
  expect(await waitFor(id)).toMatchObject({ state: 'completed', result: 'by the other' });
  child.signal('SIGCONT');
  expect(await child.said('aborted')).toEqual({ aborted: id, reason: 'the lock of the job was lost' });
  expect(await bench.inspector.job('work', id)).toMatchObject({ state: 'completed', result: 'by the other' });
});
