import type { Job, Queue } from 'bullmq';
import type { Log } from '../src/log.js';
import { askToCancel } from './cancel.js';
import { untilReady } from './connection.js';
import { readySince } from './job-context.js';
import { ALL_STATES, stateOf, viewOf, viewOfMissing } from './job-view.js';
import { openQueues } from './open-queues.js';
import { readOutcomeCounts } from './outcome-counts.js';
import type { Envelope } from './payload.js';
import type { JobState, JobView, QueueInspector, RedisAddress } from './types.js';
import { createWaiter } from './waiter.js';

const CONNECT_WITHIN_MS = 1000;
/** Longer than a dead worker's lock and the interval of the stalled check: until then its job counts as running. */
const CANCEL_WITHIN_MS = 10_000;
const CANCEL_EVERY_MS = 100;

/** Opens a view on the queues for people and other backends. Calls fail within about two seconds without Redis. */
export function createInspector(options: {
  address: RedisAddress;
  prefix: string;
  log: Log;
}): QueueInspector {
  const queues = openQueues(options);
  const waiter = createWaiter({ ...options, connection: queues.connection });
  const open = async (name: string): Promise<Queue> => {
    await untilReady(queues.connection, CONNECT_WITHIN_MS);
    return queues.queue(name);
  };
  const find = async (name: string, id: string): Promise<JobView | undefined> => {
    const queue = await open(name);
    // In this order: a job read first may end before its state is read, and would lack its result.
    const state = stateOf(await queue.getJobState(id));
    const job = (await queue.getJob(id)) as Job | undefined;
    return job && viewOf(job, state);
  };
  return {
    async counts(name) {
      const counts = await (await open(name)).getJobCounts(...ALL_STATES);
      return Object.fromEntries(ALL_STATES.map((state) => [state, counts[state] ?? 0])) as Record<
        JobState,
        number
      >;
    },
    async oldestWaitingMs(name) {
      const [oldest] = await (await open(name)).getJobs(['waiting'], 0, 0, true);
      return oldest ? Math.max(0, Date.now() - readySince(oldest)) : 0;
    },
    job: find,
    async list(name, state, limit) {
      const jobs = (await (await open(name)).getJobs([state], 0, Math.max(limit, 1) - 1, false)) as (
        Job | undefined
      )[];
      // A job may be removed between the list and the reading of it.
      return jobs.filter((job) => job !== undefined).map((job) => viewOf(job, state));
    },
    async cancel(name, id, by = 'operator') {
      const queue = await open(name);
      return cancelJob(queue, id, () => askToCancel(queues.connection, options.prefix, name, id, by));
    },
    async retry(name, id) {
      return putBack(await open(name), id);
    },
    async retryAll(name) {
      return putAllBack(await open(name));
    },
    async workers(name) {
      const workers = await (await open(name)).getWorkers();
      return workers.some((worker) => worker['id'] === undefined) ? undefined : workers.length;
    },
    async outcomes(name) {
      await untilReady(queues.connection, CONNECT_WITHIN_MS);
      return readOutcomeCounts(queues.connection, options.prefix, name);
    },
    waitFor: (name, id, signal) =>
      waiter.waitFor(name, id, async () => (await find(name, id)) ?? viewOfMissing(name, id), signal),
    async close() {
      await waiter.close();
      await queues.close();
    },
  };
}

/** Tries until the job is gone, has ended, or the time is up: it may start, or go back to waiting, at any moment. */
async function cancelJob(queue: Queue, id: string, ask: () => Promise<void>): Promise<boolean> {
  const until = Date.now() + CANCEL_WITHIN_MS;
  let asked = false;
  while (Date.now() < until) {
    const state = stateOf(await queue.getJobState(id));
    const job = (await queue.getJob(id)) as Job | undefined;
    if (!job || state === 'unknown') return false;
    if (state === 'completed') return false;
    if (state === 'failed') return asked && viewOf(job, state).outcome === 'cancelled';
    if (state === 'active') {
      await ask();
      asked = true;
      await new Promise((resolve) => setTimeout(resolve, CANCEL_EVERY_MS));
    } else if (await isRemoved(job)) return true;
  }
  throw new Error(
    `${queue.name}: job ${id} has not stopped within ${CANCEL_WITHIN_MS} ms; its process may be frozen`,
  );
}

async function isRemoved(job: Job): Promise<boolean> {
  try {
    await job.remove();
    return true;
  } catch (error) {
    // It was started between our look and the removal; anything else is a real failure.
    if (error instanceof Error && error.message.includes('locked')) return false;
    throw error;
  }
}

async function putBack(queue: Queue, id: string): Promise<boolean> {
  const job = (await queue.getJob(id)) as Job<Envelope> | undefined;
  if (!job || stateOf(await queue.getJobState(id)) !== 'failed') return false;
  try {
    await job.updateData({ ...job.data, replayedAt: Date.now() });
    // The stack traces stay with the job; its tries count anew.
    await job.retry('failed', { resetAttemptsMade: true, resetAttemptsStarted: true });
    return true;
  } catch (error) {
    // Put back or removed by somebody else in the meantime.
    if (stateOf(await queue.getJobState(id)) !== 'failed') return false;
    throw error;
  }
}

async function putAllBack(queue: Queue): Promise<number> {
  const ids = (await queue.getJobs(['failed'], 0, -1, true)).map((job) => job.id ?? '');
  let count = 0;
  for (const id of ids) if (await putBack(queue, id)) count += 1;
  return count;
}
