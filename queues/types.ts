import type { z } from 'zod';
import type { JobContract } from '../jobs/define.js';
import type { OutcomeCounts } from './outcome-counts.js';

/** How a connection to the jobs' Redis is described: a URL (`redis:`, `rediss:`) or the path of a unix socket. */
export interface RedisAddress {
  readonly url?: string;
  readonly path?: string;
}

export interface Producer {
  /**
   * Parses the payload by the contract and adds the job. Ids: `options.id`, else the contract's, else random.
   * A job with a known id is not added again; with `again` one that has ended gives way.
   * @throws InputError naming the field when the payload does not parse or is too large.
   */
  enqueue<C extends JobContract>(
    contract: C,
    payload: z.input<C['payload']>,
    options?: {
      readonly id?: string;
      readonly delayMs?: number;
      readonly origin?: string;
      readonly again?: boolean;
    },
  ): Promise<{ readonly id: string; readonly created: boolean }>;
  close(): Promise<void>;
}

export type JobState =
  'waiting' | 'active' | 'delayed' | 'completed' | 'failed' | 'prioritized' | 'waiting-children';

/** One job as people and other backends see it. Times are epoch ms. */
export interface JobView {
  readonly id: string;
  readonly queue: string;
  readonly state: JobState | 'unknown';
  readonly payload: unknown;
  readonly origin?: string;
  /** done, skipped (with `reason`) or what ended it. */
  readonly outcome?: string;
  readonly result?: unknown;
  readonly reason?: string;
  readonly attempts: number;
  /** 0..1 */
  readonly progress: number;
  /** How long it will still take, ms, as it said last. */
  readonly leftMs?: number;
  readonly createdAt: number;
  readonly startedAt?: number;
  readonly finishedAt?: number;
}

/** Looks at and steers queues; used by the API, the command line and the board. */
export interface QueueInspector {
  counts(queue: string): Promise<Readonly<Record<JobState, number>>>;
  /** Age of the oldest job that could start now, ms; 0 when none waits. */
  oldestWaitingMs(queue: string): Promise<number>;
  job(queue: string, id: string): Promise<JobView | undefined>;
  list(queue: string, state: JobState, limit: number): Promise<JobView[]>;
  /**
   * Removes a waiting job or stops a running one, in whichever process it runs. `false`: no such job, or it has ended.
   * @param by who wants it, kept with the job; default `operator`
   * @throws Error when a running job has not stopped after 10 s (its process is frozen).
   */
  cancel(queue: string, id: string, by?: string): Promise<boolean>;
  /** Puts a failed job back with all its attempts; payload and origin stay. `false`: no such job, or it has not failed. */
  retry(queue: string, id: string): Promise<boolean>;
  /** Puts all failed jobs of a queue back. @returns how many. */
  retryAll(queue: string): Promise<number>;
  /** How many consumers are connected; `undefined`: this Redis does not tell (some managed ones). */
  workers(queue: string): Promise<number | undefined>;
  /** Jobs ended since the queue was first used, by outcome; counts outlive the jobs. */
  outcomes(queue: string): Promise<OutcomeCounts>;
  /**
   * Resolves when the job has ended, with how it ended; with state `unknown` when there is no such job (any more).
   * @throws the signal's reason when it is aborted first.
   */
  waitFor(queue: string, id: string, signal: AbortSignal): Promise<JobView>;
  close(): Promise<void>;
}
