import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type { Handler, JobContext, JobContract, Outcome } from '../../jobs/define.js';
import { InputError } from '../../src/errors.js';
import type { Ports } from '../../src/ports.js';

/** A job that a handler under test enqueued. */
export interface FollowUp {
  readonly queue: string;
  readonly id: string;
  readonly payload: unknown;
  readonly delayMs?: number;
  readonly again?: boolean;
}

export interface TestContext<P extends keyof Ports> extends JobContext<P> {
  /** What was enqueued, in order; as in the queue, a second one with a known id adds nothing. */
  readonly followUps: readonly FollowUp[];
  readonly logged: readonly {
    readonly level: 'info' | 'warn';
    readonly fields: object;
    readonly message: string;
  }[];
  readonly progressed: readonly number[];
}

/** What a worker would hand to a handler, without a queue: a plain object. */
export function testContext<P extends keyof Ports>(
  ports: Pick<Ports, P>,
  options: {
    readonly jobId?: string;
    readonly attempt?: number;
    readonly isLastAttempt?: boolean;
    readonly signal?: AbortSignal;
    /** Wall clock; default: a fixed time. */
    readonly now?: () => number;
    /** Called before each follow-up is added; throws to play a queue that is down. */
    readonly onEnqueue?: (queue: string) => void;
  } = {},
): TestContext<P> {
  const followUps: FollowUp[] = [];
  const logged: { level: 'info' | 'warn'; fields: object; message: string }[] = [];
  const progressed: number[] = [];
  return {
    jobId: options.jobId ?? randomUUID(),
    attempt: options.attempt ?? 1,
    isLastAttempt: options.isLastAttempt ?? false,
    signal: options.signal ?? new AbortController().signal,
    ports,
    now: options.now ?? (() => 1_795_251_600_000),
    log: {
      info: (fields, message) => void logged.push({ level: 'info', fields, message }),
      warn: (fields, message) => void logged.push({ level: 'warn', fields, message }),
    },
    enqueue: async (contract, payload, { delayMs, again } = {}) => {
      options.onEnqueue?.(contract.name);
      const parsed = throughJson(contract, payload);
      const id = contract.jobId?.(parsed) ?? randomUUID();
      const known = followUps.some((other) => other.queue === contract.name && other.id === id);
      if (!known)
        followUps.push({
          queue: contract.name,
          id,
          payload: parsed,
          ...(delayMs !== undefined && { delayMs }),
          ...(again !== undefined && { again }),
        });
      return id;
    },
    progress: async (fraction) => void progressed.push(fraction),
    followUps,
    logged,
    progressed,
  };
}

/** Runs a handler as a worker would: the payload goes through JSON and the contract, as it does in Redis. */
export async function runJob<C extends JobContract, P extends keyof Ports>(
  contract: C,
  handle: Handler<C, P>,
  payload: z.input<C['payload']>,
  context: JobContext<P>,
): Promise<Outcome> {
  return handle(throughJson(contract, payload), context);
}

function throughJson<C extends JobContract>(
  contract: C,
  payload: z.input<C['payload']>,
): z.output<C['payload']> {
  const atProducer = contract.payload.safeParse(payload);
  if (!atProducer.success) throw new InputError(`${contract.name}: ${atProducer.error.message}`);
  const json = JSON.stringify(atProducer.data);
  if (Buffer.byteLength(json) > contract.maxPayloadBytes)
    throw new InputError(`${contract.name}: payload is too large`);
  return contract.payload.parse(JSON.parse(json)) as z.output<C['payload']>;
}
