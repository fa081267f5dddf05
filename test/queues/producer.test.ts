import { z } from 'zod';
import { defineJob, done } from '../../jobs/define.js';
import { createProducer } from '../../queues/producer.js';
import { InputError, PermanentError } from '../../src/errors.js';
import { startTestRedis, type TestRedis } from '../support/redis.js';
import { openBench, silentLog, testContract, testEntry, type Bench } from '../support/test-queue.js';

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

const work = testContract({ name: 'work', maxPayloadBytes: 200 });
const bell = testContract({ name: 'bell', doorbell: ({ cameraId }) => cameraId });
const loose = defineJob({
  name: 'loose',
  summary: 'takes anything',
  payload: z.strictObject({ text: z.unknown(), list: z.array(z.object({ at: z.number() })).optional() }),
  maxPayloadBytes: 200,
  example: { text: 'x' },
});

describe('refuses before anything is added, naming queue and field', () => {
  it.each<{ name: string; add: () => Promise<unknown>; message: string | RegExp }>([
    {
      name: 'wrong value',
      add: () => bench.producer.enqueue(work, { cameraId: 'Gate 1' }),
      message: 'work: payload.cameraId is "Gate 1": must be a-z, 0-9 and "-"',
    },
    {
      name: 'missing field',
      add: () => bench.producer.enqueue(work, {} as never),
      message: /^work: payload\.cameraId is missing \(string\)$/,
    },
    {
      name: 'unknown field',
      add: () => bench.producer.enqueue(work, { cameraId: 'a', jpeg: 1 } as never),
      message: /^work: payload: Unrecognized key: "jpeg"/,
    },
    {
      name: 'no payload',
      add: () => bench.producer.enqueue(work, undefined as never),
      message: /^work: payload: .*expected object/,
    },
    {
      name: 'nested field',
      add: () => bench.producer.enqueue(loose, { text: 1, list: [{ at: 'x' as never }] }),
      message: /^loose: payload\.list\.0\.at is "x": /,
    },
    {
      name: 'no JSON',
      add: () => bench.producer.enqueue(loose, { text: 1n }),
      message: /^loose: payload cannot be written as JSON/,
    },
    {
      name: 'too large, counted in bytes',
      add: () => bench.producer.enqueue(loose, { text: 'ạ'.repeat(64) }),
      message:
        'loose: payload is 203 bytes as JSON, at most 200 are allowed; send pictures and files as keys',
    },
    {
      name: 'id with colon',
      add: () => bench.producer.enqueue(work, { cameraId: 'a' }, { id: 'a:b' }),
      message: /^work: job id "a:b" contains ":"/,
    },
    {
      name: 'id of digits',
      add: () => bench.producer.enqueue(work, { cameraId: 'a' }, { id: '42' }),
      message: /^work: job id "42" consists of digits only/,
    },
    {
      name: 'id that is a key of the queue',
      add: () => bench.producer.enqueue(work, { cameraId: 'a' }, { id: 'wait' }),
      message: /^work: job id "wait" is a reserved word/,
    },
    {
      name: 'empty id',
      add: () => bench.producer.enqueue(work, { cameraId: 'a' }, { id: '' }),
      message: /is empty/,
    },
    {
      name: 'negative delay',
      add: () => bench.producer.enqueue(work, { cameraId: 'a' }, { delayMs: -1 }),
      message: /^work: delayMs is -1/,
    },
    {
      name: 'delayed doorbell',
      add: () => bench.producer.enqueue(bell, { cameraId: 'a' }, { delayMs: 5 }),
      message: 'bell: a doorbell cannot be delayed',
    },
    {
      name: 'doorbell with an id',
      add: () => bench.producer.enqueue(bell, { cameraId: 'a' }, { id: 'x' }),
      message: /^bell: a doorbell takes no job id/,
    },
  ])('$name', async ({ add, message }) => {
    const error: unknown = await add().catch((e: unknown) => e);
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).toMatch(message);
    for (const queue of ['work', 'loose', 'bell'])
      expect((await bench.inspector.counts(queue)).waiting).toBe(0);
  });

  it('takes a payload of exactly the size allowed', async () => {
    const text = 'x'.repeat(200 - JSON.stringify({ text: '' }).length);
    await expect(bench.producer.enqueue(loose, { text })).resolves.toMatchObject({ created: true });
  });
});

describe('one id is one job', () => {
  it('of two that add the same id at once, one has created it', async () => {
    const other = createProducer({ address: redis.address, prefix: bench.prefix, log: silentLog });
    const adds = Array.from({ length: 20 }, (_, n) =>
      (n % 2 ? other : bench.producer).enqueue(work, { cameraId: 'a', n }, { id: 'slot-1' }),
    );
    const answers = await Promise.all(adds);
    await other.close();
    expect(answers.filter(({ created }) => created)).toHaveLength(1);
    expect(new Set(answers.map(({ id }) => id))).toEqual(new Set(['slot-1']));
    expect((await bench.inspector.counts('work')).waiting).toBe(1);
  });

  it('also after the job has ended, as long as it is kept', async () => {
    const consumer = await bench.consume(testEntry(work, async () => done()));
    await bench.producer.enqueue(work, { cameraId: 'a' }, { id: 'slot-1' });
    await bench.inspector.waitFor('work', 'slot-1', AbortSignal.timeout(100_000));
    expect(await bench.producer.enqueue(work, { cameraId: 'a' }, { id: 'slot-1' })).toEqual({
      id: 'slot-1',
      created: false,
    });
    await consumer.close();
    expect(await bench.inspector.outcomes('work')).toEqual({ done: 1 });
  });

  it('an id derived by the contract is made safe and stays the same', async () => {
    const derived = testContract({ name: 'derived', jobId: ({ cameraId, n }) => `${cameraId}:${n} ạ` });
    const first = await bench.producer.enqueue(derived, { cameraId: 'a', n: 1 });
    expect(first).toEqual({ id: 'a%3A1%20%E1%BA%A1', created: true });
    expect(await bench.producer.enqueue(derived, { cameraId: 'a', n: 1 })).toEqual({
      ...first,
      created: false,
    });
    expect(await bench.producer.enqueue(derived, { cameraId: 'a', n: 2 })).toMatchObject({ created: true });
  });

  it('without an id every add is a job', async () => {
    const [a, b] = await Promise.all([1, 2].map((n) => bench.producer.enqueue(work, { cameraId: 'a', n })));
    expect(a?.id).not.toBe(b?.id);
    expect((await bench.inspector.counts('work')).waiting).toBe(2);
  });
});

it('keeps payload and origin, and delays', async () => {
  const { id } = await bench.producer.enqueue(
    work,
    { cameraId: 'a', n: 3 },
    { delayMs: 60_000, origin: 'key backend-7' },
  );
  expect(await bench.inspector.job('work', id)).toMatchObject({
    state: 'delayed',
    payload: { cameraId: 'a', n: 3 },
    origin: 'key backend-7',
    attempts: 0,
  });
});

it('two installations share one Redis without seeing each other', async () => {
  const neighbour = openBench(redis.address);
  await bench.producer.enqueue(work, { cameraId: 'a' });
  expect((await neighbour.inspector.counts('work')).waiting).toBe(0);
  await neighbour.close();
});

describe('with `again`', () => {
  const again = { id: 'a-1', again: true };

  it('a job that has ended, well or badly, gives way, and one that has not stays', async () => {
    let ends = 0;
    await bench.producer.enqueue(work, { cameraId: 'a' }, again);
    expect(await bench.producer.enqueue(work, { cameraId: 'b' }, again)).toEqual({
      id: 'a-1',
      created: false,
    });
    await bench.consume(
      testEntry(work, async () => {
        ends += 1;
        if (ends === 2) throw new PermanentError('no');
        return done();
      }),
    );
    const ended = () => bench.inspector.waitFor('work', 'a-1', AbortSignal.timeout(100_000));
    expect(await ended()).toMatchObject({ state: 'completed', payload: { cameraId: 'a' } });
    expect(await bench.producer.enqueue(work, { cameraId: 'c' }, { id: 'a-1' })).toMatchObject({
      created: false,
    });
    for (const state of ['failed', 'completed']) {
      expect(await bench.producer.enqueue(work, { cameraId: 'c' }, again)).toEqual({
        id: 'a-1',
        created: true,
      });
      expect(await ended()).toMatchObject({ state, payload: { cameraId: 'c' } });
    }
    expect(ends).toBe(3);
  });
});
