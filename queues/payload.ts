import type { z } from 'zod';
import type { JobContract } from '../jobs/define.js';
import { InputError, messageOf, PermanentError } from '../src/errors.js';

/** What is stored as a job's data. `v` changes when old code could not read it. */
export interface Envelope {
  readonly v: 1;
  readonly payload: unknown;
  /** Who asked: another job (`motion/<id>`), a key's name, a schedule. */
  readonly origin?: string;
  /** Tells whose add made the job when two ask for the same id. */
  readonly nonce?: string;
  /** When a failed job was put back by hand, epoch ms. */
  readonly replayedAt?: number;
}

/**
 * Checks a payload as it will travel: as JSON, within the contract's size, parsed by its schema.
 * @returns the JSON value to store and the parsed payload.
 * @throws InputError naming the queue, the field and what is wrong.
 */
export function checkPayload<C extends JobContract>(
  contract: C,
  payload: unknown,
): { readonly wire: unknown; readonly parsed: z.output<C['payload']> } {
  const json = toJson(contract, payload);
  const bytes = Buffer.byteLength(json);
  if (bytes > contract.maxPayloadBytes) {
    throw new InputError(
      `${contract.name}: payload is ${bytes} bytes as JSON, at most ${contract.maxPayloadBytes} are allowed; ` +
        'send pictures and files as keys',
    );
  }
  const wire: unknown = JSON.parse(json);
  const result = contract.payload.safeParse(wire);
  if (!result.success) throw new InputError(explain(contract, result.error, wire));
  return { wire, parsed: result.data as z.output<C['payload']> };
}

function toJson(contract: JobContract, payload: unknown): string {
  try {
    const json = JSON.stringify(payload) as string | undefined;
    return json ?? 'null';
  } catch (error) {
    throw new InputError(`${contract.name}: payload cannot be written as JSON: ${messageOf(error)}`);
  }
}

/**
 * Opens a stored job: older or newer code may have queued it, so nothing about it is taken for granted.
 * @throws PermanentError naming what does not fit; a retry would not help.
 */
export function openEnvelope<C extends JobContract>(contract: C, data: unknown): z.output<C['payload']> {
  const version = (data as { v?: unknown } | null)?.v;
  if (version !== 1) {
    throw new PermanentError(
      `${contract.name}: job data has version ${JSON.stringify(version) ?? 'none'}, this worker reads version 1: ` +
        'enqueue it again, or update the workers',
    );
  }
  const result = contract.payload.safeParse((data as Envelope).payload);
  if (!result.success) throw new PermanentError(explain(contract, result.error, (data as Envelope).payload));
  return result.data as z.output<C['payload']>;
}

function explain(contract: JobContract, error: z.ZodError, payload: unknown): string {
  const lines = error.issues.slice(0, 5).map((issue) => {
    const { path, message } = issue;
    const value = path.reduce<unknown>(
      (at, key) => (at as Record<PropertyKey, unknown> | null | undefined)?.[key],
      payload,
    );
    const field = `payload${path.map((key) => `.${String(key)}`).join('')}`;
    if (value === undefined && issue.code === 'invalid_type')
      return `${field} is missing (${issue.expected})`;
    const shown =
      typeof value === 'string' || typeof value === 'number'
        ? ` is ${JSON.stringify(value).slice(0, 60)}:`
        : ':';
    return `${field}${shown} ${message}`;
  });
  return `${contract.name}: ${lines.join('; ')}`;
}
