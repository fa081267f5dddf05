import pino from 'pino';
import { z } from 'zod';
import { defineJob, done, entry } from '../../../jobs/define.js';
import { startBareWorker } from '../../../queues/bare-worker.js';
import { startConsumer } from '../../../queues/consumer.js';
import { redactUrls } from '../../domain/redact.js';
import type { Log } from '../../log.js';
import { median, type Figure } from './figure.js';
import type { BenchContext } from './parts.js';
import { onStage, type Stage } from './stage.js';

const CONCURRENCY = 10;
const ROUNDS = 6;
/** Of the jobs of a round; the time counts from then on. */
const WARM_UP_SHARE = 0.1;
const JOBS_A_SECOND = 400;
const MOST_JOBS = 4000;
/** A stage has at least one camera; nobody reads this one. */
const UNUSED = { id: 'unused', source: 'unused.mp4' };

const empty = defineJob({
  name: 'bench',
  summary: 'a job without work',
  payload: z.strictObject({ cameraId: z.string(), n: z.number() }),
  concurrency: CONCURRENCY,
  example: { cameraId: 'gate-1', n: 1 },
});

/** Our consumer with an empty handler against BullMQ's bare worker, on the same kind of jobs: what the wrapping costs. */
export async function measureQueue({ seconds, signal }: BenchContext): Promise<Figure[]> {
  const jobs = Math.min(MOST_JOBS, Math.max(200, seconds * JOBS_A_SECOND));
  return onStage([UNUSED], signal, async (stage) => {
    const bare = (): Promise<number> => timed(stage, jobs, (onJob) => bareWorker(stage, onJob));
    const ours = (log: Log) => (): Promise<number> =>
      timed(stage, jobs, (onJob) => consumer(stage, log, onJob));
    const rounds: Record<Way, number>[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      signal.throwIfAborted();
      rounds.push(await inTurn(round, { bare, ours: ours(stage.world.log), logged: ours(writtenNowhere()) }));
    }
    const of = (pick: (round: (typeof rounds)[number]) => number): number => median(rounds.map(pick));
    const part = 'queue';
    const share = of(({ bare, ours }) => ours / bare);
    return [
      { part, what: 'bare BullMQ worker', value: of(({ bare }) => bare), unit: 'jobs/s' },
      { part, what: 'our consumer, empty handler', value: of(({ ours }) => ours), unit: 'jobs/s' },
      { part, what: 'share of the bare worker', value: share, unit: 'x', aim: { least: 0.8 } },
      { part, what: 'share with a log line a job', value: of((r) => r.logged / r.bare), unit: 'x' },
    ];
  });
}

type Way = 'bare' | 'ours' | 'logged';

/** One round; who is first changes from round to round, for Redis grows slower with what it has been through. */
async function inTurn(round: number, ways: Record<Way, () => Promise<number>>): Promise<Record<Way, number>> {
  const rates: Record<Way, number> = { bare: 0, ours: 0, logged: 0 };
  const order: Way[] = ['bare', 'ours', 'logged'];
  for (const way of [...order.slice(round % 3), ...order.slice(0, round % 3)]) rates[way] = await ways[way]();
  return rates;
}

/** Fills the queue, then works it off. @returns jobs a second. */
async function timed(
  stage: Stage,
  jobs: number,
  start: (onJob: () => void) => Promise<() => Promise<unknown>>,
): Promise<number> {
  const producer = stage.world.producer();
  await Promise.all(
    Array.from({ length: jobs }, (_, n) => producer.enqueue(empty, { cameraId: 'gate-1', n })),
  );
  const warmUp = Math.ceil(jobs * WARM_UP_SHARE);
  let taken = 0;
  let startedAt = 0;
  let end: (rate: number) => void = () => undefined;
  const ended = new Promise<number>((resolve) => (end = resolve));
  const stop = await start(() => {
    taken++;
    if (taken === warmUp) startedAt = performance.now();
    if (taken === jobs) end(((jobs - warmUp) / (performance.now() - startedAt)) * 1000);
  });
  try {
    return await ended;
  } finally {
    await stop();
  }
}

async function bareWorker({ world }: Stage, onJob: () => void): Promise<() => Promise<unknown>> {
  const { addresses, config } = world;
  const worker = await startBareWorker({
    address: addresses.jobs,
    prefix: config.QUEUE_PREFIX,
    queue: empty.name,
    concurrency: CONCURRENCY,
    onJob,
  });
  return () => worker.close();
}

async function consumer({ world }: Stage, log: Log, onJob: () => void): Promise<() => Promise<unknown>> {
  const handle = async () => {
    onJob();
    return done();
  };
  const worker = await startConsumer({
    entry: entry(empty, [], async () => ({ handle })),
    ports: {},
    address: world.addresses.jobs,
    prefix: world.config.QUEUE_PREFIX,
    producer: world.producer(),
    log,
    metrics: world.metrics,
    graceMs: 1000,
  });
  return () => worker.close();
}

/** Makes every line as the real log does, and throws it away. */
function writtenNowhere(): Log {
  return pino({ level: 'info' }, { write: (line: string) => void redactUrls(line) });
}
