import { randomUUID } from 'node:crypto';
import type { JobContext, JobContract } from '../../jobs/define.js';
import { registry, type QueueName } from '../../jobs/registry.js';
import { PermanentError, messageOf } from '../errors.js';
import type { Log } from '../log.js';
import type { Ports } from '../ports.js';

/** Runs handlers of the registry in this process, one after another, without Redis: the road of `replay`. */
export interface InlineJobs {
  enqueue: JobContext['enqueue'];
  /** Works until no job is left. */
  drain(): Promise<void>;
  /** Jobs that failed for good, with their reasons. */
  readonly failed: readonly { readonly queue: string; readonly reason: string }[];
  readonly done: Readonly<Record<string, number>>;
}

interface Waiting {
  readonly contract: JobContract;
  readonly id: string;
  readonly payload: unknown;
}

/**
 * Ids count as in Redis: a job with a known id is not added again, a doorbell waits at most once. A failed job is
 * not tried again: without a network between there is nothing that waiting would heal.
 * @param options.queues those worked on, whose ports are all there; jobs of others are dropped
 */
export function createInlineJobs<Q extends QueueName>(options: {
  readonly queues: readonly Q[];
  readonly ports: Partial<Ports>;
  readonly log: Log;
  readonly signal: AbortSignal;
}): InlineJobs {
  const { ports, log, signal } = options;
  const queues: ReadonlySet<string> = new Set(options.queues);
  const waiting: Waiting[] = [];
  const known = new Set<string>();
  const failed: { queue: string; reason: string }[] = [];
  const done: Record<string, number> = {};

  const enqueue: JobContext['enqueue'] = async (contract, payload) => {
    // The round trip through JSON is what Redis would do to it.
    const parsed: unknown = contract.payload.parse(JSON.parse(JSON.stringify(payload)));
    const bell = contract.doorbell?.(parsed);
    const id = bell ?? contract.jobId?.(parsed) ?? randomUUID();
    const key = `${contract.name}/${id}`;
    const isThere =
      bell === undefined ? known.has(key) : waiting.some((job) => job.contract === contract && job.id === id);
    known.add(key);
    if (!isThere && queues.has(contract.name)) waiting.push({ contract, id, payload: parsed });
    return id;
  };

  const work = async ({ contract, id, payload }: Waiting): Promise<void> => {
    const entry = registry[contract.name as QueueName];
    const missing = entry.ports.filter((name) => ports[name] === undefined);
    if (missing.length > 0) throw new Error(`${contract.name} needs the ports ${missing.join(', ')}`);
    const handle = await entry.load();
    const context: JobContext<keyof Ports> = {
      jobId: id,
      attempt: 1,
      isLastAttempt: true,
      signal: AbortSignal.any([signal, AbortSignal.timeout(contract.timeoutMs)]),
      ports: ports as Ports,
      now: Date.now,
      log,
      enqueue,
      progress: async () => undefined,
    };
    try {
      await handle(payload, context);
      done[contract.name] = (done[contract.name] ?? 0) + 1;
    } catch (error) {
      // A doorbell that fails for good would ring for ever: there is no use in going on.
      if (contract.doorbell && error instanceof PermanentError) throw error;
      failed.push({ queue: contract.name, reason: messageOf(error) });
    }
  };

  return {
    enqueue,
    failed,
    done,
    async drain() {
      for (let job = waiting.shift(); job; job = waiting.shift()) await work(job);
    },
  };
}
