import type { z } from 'zod';
import type { Ports } from '../src/ports.js';

/**
 * A job is two files: job.ts, the contract (this shape), and handler.ts, the work. The contract holds schemas and
 * numbers only, so any producer can load it and contracts never form a cycle.
 */
export interface JobContract<Payload extends z.ZodType = z.ZodType> {
  /** Folder, queue, worker argument and metric label. */
  readonly name: string;
  /** One line for help texts, the board and the docs. */
  readonly summary: string;
  readonly payload: Payload;
  /** The handler's signal is aborted after this; the job then counts as failed (transient). */
  readonly timeoutMs: number;
  /** Tries in all; transient errors only. */
  readonly attempts: number;
  /** Exponential from `firstMs`, doubled each time, never over `maxMs`, with jitter. */
  readonly backoff: { readonly firstMs: number; readonly maxMs: number };
  /** Jobs of this queue one process works on at once. */
  readonly concurrency: number;
  /** How long finished jobs, and with them their ids, are remembered. */
  readonly keep: { readonly doneS: number; readonly doneCount: number; readonly failedS: number };
  /** Largest payload as JSON, bytes. */
  readonly maxPayloadBytes: number;
  /** A doorbell has at most one live job per `doorbell(payload)`; rings while it runs run it once more, later. */
  readonly doorbell?: (payload: z.output<Payload>) => string;
  /** The id that says what the job is about; two payloads with one id are one job. Default, and undefined: a random id. */
  readonly jobId?: (payload: z.output<Payload>) => string | undefined;
  /** May a key with the operator role enqueue it over HTTP? */
  readonly external: boolean;
  /** What such a key may send; default: every payload. */
  readonly externalPayload?: z.ZodType;
  /** Not every installation needs it: having no worker is a failure only while jobs wait. */
  readonly optional: boolean;
  /** A payload that parses, for docs, help and tests. */
  readonly example: z.input<Payload>;
}

const DEFAULTS = {
  timeoutMs: 30_000,
  attempts: 5,
  backoff: { firstMs: 1000, maxMs: 60_000 },
  concurrency: 4,
  keep: { doneS: 86_400, doneCount: 10_000, failedS: 7 * 86_400 },
  maxPayloadBytes: 16_384,
  external: true,
  optional: false,
} as const;

type Given<Payload extends z.ZodType> = Pick<
  JobContract<Payload>,
  'name' | 'summary' | 'payload' | 'example'
> &
  Partial<JobContract<Payload>>;

/** Completes a contract with the defaults above. */
export function defineJob<Payload extends z.ZodType>(given: Given<Payload>): JobContract<Payload> {
  return { ...DEFAULTS, ...given };
}

/** How a handler ends when it does not throw. */
export type Outcome =
  | { readonly outcome: 'done'; readonly result: unknown }
  | { readonly outcome: 'skipped'; readonly why: string };

export function done(result: unknown = null): Outcome {
  return { outcome: 'done', result };
}

/** Nothing to do, and that is right; `why` is shown to people. */
export function skipped(why: string): Outcome {
  return { outcome: 'skipped', why };
}

/** What a handler is given besides its payload and its ports: nothing global. */
export interface JobContext<P extends keyof Ports = never> {
  readonly jobId: string;
  /** 1 for the first try. */
  readonly attempt: number;
  /** Who enqueued it: another job, a person, a key; where that is known. */
  readonly origin?: string;
  /** Whether a transient error now would be the last. */
  readonly isLastAttempt: boolean;
  /** Aborted on timeout, cancellation and shutdown: pass it to every spawn, fetch and wait. */
  readonly signal: AbortSignal;
  readonly ports: Pick<Ports, P>;
  /** Wall clock, epoch ms. */
  readonly now: () => number;
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
  /**
   * Enqueues a follow-up; the payload is parsed by its contract. Resolves to the job's id.
   * @param options.again a job with that id that has ended does not count: it gives way
   */
  enqueue<C extends JobContract>(
    contract: C,
    payload: z.input<C['payload']>,
    options?: { delayMs?: number; again?: boolean },
  ): Promise<string>;
  /**
   * Shown on the board, by the API and by the command line.
   * @param fraction 0..1
   * @param leftMs how long it will still take, where that is known
   */
  progress(fraction: number, leftMs?: number): Promise<void>;
}

export type Handler<C extends JobContract, P extends keyof Ports = never> = (
  payload: z.output<C['payload']>,
  ctx: JobContext<P>,
) => Promise<Outcome>;

/** One line of the registry: a contract, the ports its handler needs, and where the handler is (loaded by workers only). */
export interface Entry {
  readonly contract: JobContract;
  readonly ports: readonly (keyof Ports)[];
  load(): Promise<Handler<JobContract, keyof Ports>>;
}

/** The handler must need no other ports than those named: a worker gives it these and nothing else. */
export function entry<C extends JobContract, const P extends keyof Ports>(
  contract: C,
  ports: readonly P[],
  load: () => Promise<{ handle: Handler<C, NoInfer<P>> }>,
): Entry {
  // The payload was parsed by this very contract, so widening the handler's argument is safe.
  return {
    contract,
    ports,
    load: async () => (await load()).handle,
  };
}
