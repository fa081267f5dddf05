import { Queue } from 'bullmq';
import { done, skipped, type JobContext, type Outcome } from '../../jobs/define.js';
import { queueKeyPrefix } from '../../queues/naming.js';
import { NotReadyError, PermanentError } from '../../src/errors.js';
import { startTestRedis, type TestRedis } from '../support/redis.js';
import { openBench, testContract, testEntry, type Bench } from '../support/test-queue.js';

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

const never = (): Promise<Outcome> => new Promise(() => undefined);
const untilAborted = ({ signal }: JobContext): Promise<Outcome> =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('AbortError'))));

describe('how a handler ends, and what is kept', () => {
  it.each<{
    name: string;
    handle: (ctx: JobContext) => Promise<Outcome>;
    view: object;
    tries: number;
    ended: string[];
  }>([
    {
      name: 'done with a result',
      handle: async () => done({ plates: 2 }),
      view: { state: 'completed', outcome: 'done', result: { plates: 2 }, attempts: 1 },
      tries: 1,
      ended: ['done'],
    },
    {
      name: 'skipped with a reason',
      handle: async () => skipped('frame expired'),
      view: { state: 'completed', outcome: 'skipped', reason: 'frame expired' },
      tries: 1,
      ended: ['skipped'],
    },
    {
      name: 'PermanentError is not retried',
      handle: async () => {
        throw new PermanentError('no camera gate-9');
      },
      view: { state: 'failed', outcome: 'permanent', reason: 'no camera gate-9', attempts: 1 },
      tries: 1,
      ended: ['permanent'],
    },
    {
      name: 'any other error is retried up to the attempts, then kept',
      handle: async () => {
        throw new Error('disk is slow');
      },
      view: { state: 'failed', outcome: 'failed', reason: 'disk is slow', attempts: 3 },
      tries: 3,
      ended: ['failed', 'failed', 'failed'],
    },
    {
      name: 'an error that passes is forgotten',
      handle: async ({ attempt, isLastAttempt }) => {
        if (attempt < 3) throw new Error('not yet');
        return done({ isLastAttempt });
      },
      view: { state: 'completed', outcome: 'done', result: { isLastAttempt: true }, attempts: 3 },
      tries: 3,
      ended: ['failed', 'failed', 'done'],
    },
    {
      name: 'a synchronous throw of something that is no error',
      handle: () => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- handlers may call code that does
        throw 'plain text';
      },
      view: { state: 'failed', outcome: 'failed', reason: 'plain text', attempts: 3 },
      tries: 3,
      ended: ['failed', 'failed', 'failed'],
    },
  ])('$name', async ({ handle, view, tries, ended }) => {
    let calls = 0;
    const contract = testContract({ name: 'work' });
    await bench.consume(
      testEntry(contract, (_payload, ctx) => {
        calls += 1;
        return handle(ctx);
      }),
    );
    expect(await bench.runJob(contract)).toMatchObject(view);
    expect(calls).toBe(tries);
    expect(bench.ended.map(({ outcome }) => outcome)).toEqual(ended);
  });

  it('NotReadyError comes back later and costs no attempt', async () => {
    const seen: number[] = [];
    const contract = testContract({ name: 'work', attempts: 2 });
    const consumer = await bench.consume(
      testEntry(contract, async (_payload, { attempt }) => {
        seen.push(attempt);
        if (seen.length <= 4) throw new NotReadyError('clip is being cut', 20);
        return done();
      }),
    );
    expect(await bench.runJob(contract)).toMatchObject({ state: 'completed', attempts: 1 });
    expect(seen).toEqual([1, 1, 1, 1, 1]);
    // Counts are written in the background; closing writes the last.
    await consumer.close();
    expect(await bench.inspector.outcomes('work')).toEqual({ done: 1 });
  });

  it.each([
    { name: 'a handler that listens to its signal', handle: untilAborted },
    { name: 'a handler that ignores its signal', handle: never },
  ])('times out, is retried, and frees its slot: $name', async ({ handle }) => {
    const contract = testContract({ name: 'work', timeoutMs: 40, attempts: 2 });
    await bench.consume(
      testEntry(contract, ({ n }, ctx) => (n === 1 ? Promise.resolve(done('next')) : handle(ctx))),
      { concurrency: 1 },
    );
    expect(await bench.runJob(contract)).toMatchObject({
      state: 'failed',
      outcome: 'timeout',
      reason: 'timed out after 40 ms',
      attempts: 2,
    });
    expect(await bench.runJob(contract, { cameraId: 'gate-1', n: 1 })).toMatchObject({ result: 'next' });
  });

  it('work that ends well just after its time limit counts as done', async () => {
    const contract = testContract({ name: 'work', timeoutMs: 20 });
    await bench.consume(
      testEntry(
        contract,
        (_payload, { signal }) =>
          new Promise((resolve) => signal.addEventListener('abort', () => resolve(done('saved')))),
      ),
    );
    expect(await bench.runJob(contract)).toMatchObject({ state: 'completed', result: 'saved', attempts: 1 });
  });

  it('keeps the stack, and no password from an error', async () => {
    const contract = testContract({ name: 'work', attempts: 1 });
    await bench.consume(
      testEntry(contract, async () => {
        throw new Error('cannot open rtsp://viewer:s3cret@10.0.0.5/main', {
          cause: new Error('refused by rtsp://viewer:s3cret@10.0.0.5'),
        });
      }),
    );
    const { id } = await bench.runJob(contract);
    const queue = new Queue('work', {
      connection: redis.address,
      prefix: queueKeyPrefix(bench.prefix, 'work'),
    });
    const job = await queue.getJob(id);
    await queue.close();
    expect(job?.failedReason).toBe('cannot open rtsp://***@10.0.0.5/main');
    expect(job?.stacktrace?.[0]).toMatch(/\n\s+at .*outcomes\.test\.ts/);
    expect(job?.stacktrace?.[0]).not.toContain('s3cret');
  });

  it('counts ended jobs by outcome, not tries', async () => {
    const contract = testContract({ name: 'work', keep: { doneS: 60, doneCount: 1, failedS: 60 } });
    const consumer = await bench.consume(
      testEntry(contract, async ({ n = 0 }) => {
        if (n === 1) throw new Error('no');
        return n === 2 ? skipped('why') : done();
      }),
    );
    for (const n of [0, 0, 0, 1, 2]) await bench.runJob(contract, { cameraId: 'gate-1', n });
    // Counts are written in the background; closing writes the last.
    await consumer.close();
    expect(await bench.inspector.outcomes('work')).toEqual({ done: 3, skipped: 1, failed: 1 });
  });
});

describe('jobs that other code queued', () => {
  it.each([
    {
      name: 'a payload of an old shape',
      data: { v: 1, payload: { camera: 'gate-1' } },
      reason: /work: payload\.cameraId is missing \(string\)/,
    },
    {
      name: 'a payload with a bad value',
      data: { v: 1, payload: { cameraId: 'Gate 1' } },
      reason: /payload\.cameraId is "Gate 1": must be a-z/,
    },
    {
      name: 'an envelope of the future',
      data: { v: 2, body: {} },
      reason: /job data has version 2, this worker reads version 1/,
    },
    { name: 'no envelope at all', data: { cameraId: 'gate-1' }, reason: /job data has version none/ },
    { name: 'null', data: null, reason: /job data has version none/ },
  ])('$name fails for good and says why', async ({ data, reason }) => {
    const contract = testContract({ name: 'work' });
    const handle = jest.fn(async () => done());
    await bench.consume(testEntry(contract, handle));
    const queue = new Queue('work', {
      connection: redis.address,
      prefix: queueKeyPrefix(bench.prefix, 'work'),
    });
    const { id = '' } = await queue.add('work', data, { attempts: 5, jobId: 'old-1' });
    await queue.close();
    const view = await bench.inspector.waitFor('work', id, AbortSignal.timeout(100_000));
    expect(view).toMatchObject({ state: 'failed', outcome: 'permanent', attempts: 1 });
    expect(view.reason).toMatch(reason);
    expect(handle).not.toHaveBeenCalled();
  });
});

it('hands the handler its context: follow-ups carry their origin, progress is kept', async () => {
  const first = testContract({ name: 'first' });
  const second = testContract({ name: 'second', jobId: ({ cameraId }) => `second:${cameraId}` });
  await bench.consume(
    testEntry(first, async (_payload, ctx) => {
      await ctx.progress(0.5);
      return done(await ctx.enqueue(second, { cameraId: 'gate-7' }));
    }),
  );
  const view = await bench.runJob(first);
  expect(view).toMatchObject({ result: 'second%3Agate-7', progress: 0.5 });
  expect(await bench.inspector.job('second', 'second%3Agate-7')).toMatchObject({
    state: 'waiting',
    payload: { cameraId: 'gate-7' },
    origin: `first/${view.id}`,
  });
});

it('does not start without a port that its handler needs', async () => {
  const contract = testContract({ name: 'work' });
  const entry = { ...testEntry(contract, async () => done()), ports: ['frames', 'channels'] as const };
  await expect(bench.consume(entry)).rejects.toThrow(
    'queue work: its handler needs the ports frames, channels',
  );
});
