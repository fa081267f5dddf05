import { randomUUID } from 'node:crypto';
import type { JobsOptions, Queue } from 'bullmq';
import type { JobContract } from '../jobs/define.js';
import { InputError, messageOf } from '../src/errors.js';
import type { Log } from '../src/log.js';
import { untilReady } from './connection.js';
import { checkJobId, encodeJobId } from './job-id.js';
import { openQueues } from './open-queues.js';
import { checkPayload, type Envelope } from './payload.js';
import type { Producer, RedisAddress } from './types.js';

const CONNECT_WITHIN_MS = 1000;
const MAX_DELAY_MS = 366 * 86_400_000;

/**
 * Opens the one way into the queues. It connects in the background; while Redis is away, `enqueue` rejects within
 * about two seconds and nothing is kept: what then happens (drop and count, spool, tell the caller) is the caller's.
 */
export function createProducer(options: { address: RedisAddress; prefix: string; log: Log }): Producer {
  const queues = openQueues(options);
  return {
    async enqueue(contract, payload, given = {}) {
      const { wire, parsed } = checkPayload(contract, payload);
      const id = idOf(contract, parsed, given.id);
      const jobOptions = optionsOf(contract, parsed, id, given.delayMs);
      const mayExist = given.id !== undefined || contract.jobId !== undefined;
      try {
        await untilReady(queues.connection, CONNECT_WITHIN_MS);
        const queue = queues.queue(contract.name);
        if (contract.doorbell) return await ring(queue, { v: 1, payload: wire }, jobOptions, id);
        const origin = given.origin === undefined ? {} : { origin: given.origin };
        const added = await add(queue, { v: 1, payload: wire, ...origin }, jobOptions, id, mayExist);
        if (added.created || given.again !== true || !(await removeEnded(queue, id))) return added;
        return await add(queue, { v: 1, payload: wire, ...origin }, jobOptions, id, mayExist);
      } catch (cause) {
        // Whether it was added is unknown when the answer got lost: add it again with the same id to be sure.
        throw new Error(`${contract.name}: the jobs Redis did not confirm job ${id}: ${messageOf(cause)}`, {
          cause,
        });
      }
    },
    close: () => queues.close(),
  };
}

/** A ring while the bell's job runs is kept and becomes the next job; while it waits it changes nothing. */
async function ring(
  queue: Queue,
  envelope: Envelope,
  options: JobsOptions,
  id: string,
): Promise<{ id: string; created: boolean }> {
  const job = await queue.add(queue.name, envelope, options);
  return { id: job.id ?? id, created: job.id === id };
}

async function add(
  queue: Queue,
  envelope: Envelope,
  options: JobsOptions,
  id: string,
  mayExist: boolean,
): Promise<{ id: string; created: boolean }> {
  if (!mayExist) {
    await queue.add(queue.name, envelope, options);
    return { id, created: true };
  }
  // BullMQ does not say whether an add found its id taken: the stored nonce tells whose add it was.
  const nonce = randomUUID();
  await queue.add(queue.name, { ...envelope, nonce }, options);
  const stored = (await queue.getJob(id))?.data as Envelope | undefined;
  return { id, created: stored === undefined || stored.nonce === nonce };
}

/** @returns whether there was such a job and it had ended. */
async function removeEnded(queue: Queue, id: string): Promise<boolean> {
  const state = await queue.getJobState(id);
  if (state !== 'completed' && state !== 'failed') return false;
  return (await queue.remove(id)) === 1;
}

function idOf<C extends JobContract>(
  contract: C,
  parsed: Parameters<NonNullable<C['jobId']>>[0],
  given: string | undefined,
): string {
  if (given !== undefined && contract.doorbell)
    throw new InputError(`${contract.name}: a doorbell takes no job id ("${given}")`);
  if (given !== undefined) return checkJobId(contract.name, given);
  const derived = contract.jobId?.(parsed);
  return derived === undefined ? randomUUID() : encodeJobId(contract.name, derived);
}

function optionsOf(
  contract: JobContract,
  parsed: unknown,
  id: string,
  delayMs: number | undefined,
): JobsOptions {
  if (delayMs !== undefined && !(delayMs >= 0 && delayMs <= MAX_DELAY_MS)) {
    throw new InputError(`${contract.name}: delayMs is ${delayMs}: must be 0 to ${MAX_DELAY_MS}`);
  }
  const { keep } = contract;
  const common: JobsOptions = {
    jobId: id,
    removeOnComplete: { age: keep.doneS, count: keep.doneCount },
    removeOnFail: { age: keep.failedS },
    stackTraceLimit: 10,
  };
  if (contract.doorbell) {
    // A delayed bell would swallow all rings until it is due; a retried one, all rings until the retry.
    if (delayMs) throw new InputError(`${contract.name}: a doorbell cannot be delayed`);
    return {
      ...common,
      attempts: 1,
      deduplication: { id: contract.doorbell(parsed), keepLastIfActive: true },
    };
  }
  return {
    ...common,
    attempts: contract.attempts,
    backoff: { type: 'custom' },
    ...(delayMs !== undefined && { delay: delayMs }),
  };
}
