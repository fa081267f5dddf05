import type { Job } from 'bullmq';
import type { JobContext } from '../jobs/define.js';
import type { Ports } from '../src/ports.js';
import type { ConsumerOptions } from './consumer.js';
import type { Envelope } from './payload.js';
import { keptProgress } from './progress.js';

/** What the handler of this try is given. */
export function createContext(
  options: ConsumerOptions,
  job: Job,
  signal: AbortSignal,
): JobContext<keyof Ports> {
  const { entry, ports, producer, log } = options;
  const jobId = job.id ?? '';
  const origin = (job.data as Partial<Envelope> | null)?.origin;
  const about = { queue: entry.contract.name, jobId, attempt: job.attemptsMade + 1 };
  return {
    jobId,
    attempt: job.attemptsMade + 1,
    ...(origin !== undefined && { origin }),
    isLastAttempt: job.attemptsMade + 1 >= (job.opts.attempts ?? 1),
    signal,
    // startConsumer has checked that the ports the handler names are there; its type lets it see no others.
    ports: ports as Ports,
    now: Date.now,
    log: {
      info: (fields, message) => log.info({ ...about, ...fields }, message),
      warn: (fields, message) => log.warn({ ...about, ...fields }, message),
    },
    enqueue: async (contract, payload, given) =>
      (await producer.enqueue(contract, payload, { ...given, origin: `${about.queue}/${jobId}` })).id,
    progress: (fraction, leftMs) => job.updateProgress(keptProgress(fraction, leftMs)),
  };
}

/** Since when a job that was never started could have been: its creation plus its delay, or when it was put back. */
export function readySince(job: Job): number {
  const replayedAt = (job.data as Partial<Envelope> | null)?.replayedAt;
  return Math.max(job.timestamp + (job.opts.delay ?? 0), replayedAt ?? 0);
}
