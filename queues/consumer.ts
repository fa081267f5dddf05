import { Worker, type Job } from 'bullmq';
import type { Entry, Handler } from '../jobs/define.js';
import { backoffMs } from '../src/domain/backoff.js';
import { messageOf } from '../src/errors.js';
import type { Log } from '../src/log.js';
import type { JobOutcome, Metrics, Ports } from '../src/ports.js';
import { listenForCancels } from './cancel.js';
import { connect, disconnect } from './connection.js';
import { createContext, readySince } from './job-context.js';
import { errorLogger } from './log-errors.js';
import { queueKeyPrefix } from './naming.js';
import { outcomeOfFailure, reasonOf, settle, type Kept } from './outcome.js';
import { createOutcomeCounter, type OutcomeCounter } from './outcome-counts.js';
import { openEnvelope } from './payload.js';
import { startRun, type Ending, type Run } from './run.js';
import type { Producer, RedisAddress } from './types.js';

/** A worker that dies is noticed after at most lock + interval; measured 4-6 s from kill -9 to the next start. */
const RECOVERY = { lockDuration: 5000, stalledInterval: 2500, maxStalledCount: 3 };
/** How long a handler may take to end once its signal is aborted. */
const SETTLE_MS = 1000;
/** After handing back, how long BullMQ may take to close; without Redis it would take for ever. */
const CLOSE_MS = 2000;

export interface ConsumerOptions {
  readonly entry: Entry;
  /** At least the ports that the entry names. */
  readonly ports: Partial<Ports>;
  readonly address: RedisAddress;
  readonly prefix: string;
  /** For follow-up jobs. */
  readonly producer: Producer;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'jobEnded'>;
  /** On close, how long running jobs may go on before they are handed back, ms. */
  readonly graceMs: number;
  /** Default: the contract's. */
  readonly concurrency?: number;
}

export interface Consumer {
  readonly queue: string;
  /**
   * Takes no more jobs, gives running ones `graceMs`, then aborts and hands back what still runs (no attempt is
   * used). Takes at most about `graceMs` + 5 s, also when Redis is gone.
   * @returns how many jobs were handed back.
   */
  close(): Promise<number>;
}

/** Starts working on one queue: loads the handler, then takes jobs until `close`. Resolves when it is connected. */
export async function startConsumer(options: ConsumerOptions): Promise<Consumer> {
  const { entry, prefix, log, address } = options;
  const { contract } = entry;
  const missing = entry.ports.filter((name) => options.ports[name] === undefined);
  if (missing.length > 0)
    throw new Error(`queue ${contract.name}: its handler needs the ports ${missing.join(', ')}`);
  const handle = await entry.load();
  const connection = connect(address, 'worker', log);
  const subscriber = connect(address, 'worker', log);
  const state: State = { running: new Map(), handingBack: false, handedBack: 0 };

  // Stopping a job goes through state.running: BullMQ's own signal knows neither reasons nor time limits.
  const processor = (job: Job, token?: string): Promise<Kept> =>
    work(options, handle, state, job, token ?? '');
  const worker = new Worker<unknown, Kept>(contract.name, processor, {
    connection,
    prefix: queueKeyPrefix(prefix, contract.name),
    concurrency: options.concurrency ?? contract.concurrency,
    ...RECOVERY,
    runRetryDelay: 1000,
    settings: { backoffStrategy: (attemptsMade) => backoffMs(attemptsMade, contract.backoff, Math.random()) },
  });
  const onError = errorLogger(log, `queue ${contract.name}`);
  const counter = createOutcomeCounter(connection, prefix, contract.name, onError);
  watch(worker, options, state, counter, onError);
  await worker.waitUntilReady();
  await listenForCancels(subscriber, prefix, contract.name, (id, by) =>
    state.running.get(id)?.stop({ kind: 'cancelled', by }),
  );

  const close = async (): Promise<number> => {
    await closeWorker(worker, state, options);
    await isWithin(counter.flush(), SETTLE_MS);
    await Promise.all([disconnect(connection), disconnect(subscriber)]);
    return state.handedBack;
  };
  let closing: Promise<number> | undefined;
  return { queue: contract.name, close: () => (closing ??= close()) };
}

interface State {
  readonly running: Map<string, Run>;
  handingBack: boolean;
  handedBack: number;
}

/** One try of one job, from the stored data to what BullMQ is told. */
async function work(
  options: ConsumerOptions,
  handle: Handler<Entry['contract'], keyof Ports>,
  state: State,
  job: Job,
  token: string,
): Promise<Kept> {
  const { contract } = options.entry;
  const startedAt = Date.now();
  const id = job.id ?? '';
  const run = startRun(
    async (signal) => handle(openEnvelope(contract, job.data), createContext(options, job, signal)),
    contract.timeoutMs,
    SETTLE_MS,
  );
  state.running.set(id, run);
  // Fetched while the worker was closing.
  if (state.handingBack) run.stop({ kind: 'shutdown' });
  const ending = await run.ended;
  // After a lost lock the same job may be here a second time.
  if (state.running.get(id) === run) state.running.delete(id);
  report(options, job, ending, startedAt, run.ignoredSignal);
  if (ending.kind === 'handed-back' && !ending.lost) state.handedBack += 1;
  return settle(ending, job, token);
}

/** Endings that somebody should look at. */
const NEWS: ReadonlySet<JobOutcome> = new Set(['failed', 'permanent', 'timeout', 'cancelled']);

/** The one log line and the measurements of a try. */
function report(
  { entry, log, metrics }: ConsumerOptions,
  job: Job,
  ending: Ending,
  startedAt: number,
  ignoredSignal: boolean,
): void {
  const ms = Date.now() - startedAt;
  // Later tries waited for their backoff, not for a free worker.
  const waitMs = job.attemptsStarted > 1 ? 0 : Math.max(0, startedAt - readySince(job));
  metrics.jobEnded(entry.contract.name, ending.kind, ms, waitMs);
  const fields = {
    queue: entry.contract.name,
    jobId: job.id,
    cameraId: cameraOf(job),
    attempt: job.attemptsMade + 1,
    ms,
    waitMs,
    outcome: ending.kind,
    reason: reasonOf(ending),
    ...(ignoredSignal && { ignoredSignal }),
  };
  if (ignoredSignal || NEWS.has(ending.kind)) log.warn(fields, 'job ended');
  // Bells ring several times a second for every camera.
  else if (entry.contract.doorbell) log.debug(fields, 'job ended');
  else log.info(fields, 'job ended');
}

function cameraOf(job: Job): string | undefined {
  const { payload } = (job.data ?? {}) as { payload?: { cameraId?: unknown } };
  return typeof payload?.cameraId === 'string' ? payload.cameraId : undefined;
}

/** Counts what has ended for good, reacts to lost locks and keeps errors from ending the process. */
function watch(
  worker: Worker<unknown, Kept>,
  { entry, log, metrics }: ConsumerOptions,
  state: State,
  counter: OutcomeCounter,
  onError: (error: unknown) => void,
): void {
  const queue = entry.contract.name;
  worker.on('error', onError);
  worker.on('completed', (_job, kept) => counter.count(kept.outcome));
  worker.on('failed', (job, error) => {
    if (job?.deferredFailure) {
      // BullMQ gave it up without asking us: its worker died again and again.
      metrics.jobEnded(queue, 'failed', 0, 0);
      log.warn(
        { queue, jobId: job.id, cameraId: cameraOf(job), outcome: 'failed', reason: messageOf(error) },
        'job ended',
      );
    }
    if (job?.finishedOn) counter.count(outcomeOfFailure(error.stack));
  });
  worker.on('lockRenewalFailed', (ids) => ids.forEach((id) => state.running.get(id)?.stop({ kind: 'lost' })));
}

/** `worker.close()` has no time limit, and forcing it afterwards has no effect: so jobs are made to end. */
async function closeWorker(
  worker: Worker,
  state: State,
  { graceMs, log, entry }: ConsumerOptions,
): Promise<void> {
  const closed = worker.close();
  if (await isWithin(closed, graceMs)) return;
  state.handingBack = true;
  for (const run of state.running.values()) run.stop({ kind: 'shutdown' });
  if (!(await isWithin(closed, SETTLE_MS + CLOSE_MS))) {
    log.warn(
      { queue: entry.contract.name },
      'queue did not close in time; its jobs are taken over by other workers',
    );
  }
}

async function isWithin(done: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), ms)));
  return Promise.race([done.then(() => true), late]).finally(() => clearTimeout(timer));
}
