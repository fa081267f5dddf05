import { Redis } from 'ioredis';
import { redactUrls } from '../../domain/redact.js';
import { InputError, messageOf } from '../../errors.js';
import type { Log } from '../../log.js';

/** Where a Redis is: a URL (`redis:`, `rediss:`, `unix:///path`) or the path of a unix socket. */
export interface RedisAddress {
  readonly url?: string;
  readonly path?: string;
}

/** `jobs`: queues and camera state (durable). `frames`: rings and latest pictures (memory only). */
export type RedisRole = 'jobs' | 'frames';

/** A reply that takes longer means the server hangs: the caller is told instead of waiting for ever. */
const COMMAND_TIMEOUT_MS = 5000;
const RECONNECT_STEP_MS = 50;
const RECONNECT_MAX_MS = 1000;

/**
 * A connection for data (not for BullMQ). While it is down every command fails at once, so that a sampler can
 * drop and count instead of piling up frames; it reconnects for ever, after 50 ms to 1 s. Commands sent before
 * the first connection fail too: see `untilReady`.
 * @param log told when the connection is lost and when it is back; commands report their own failure.
 */
export function connectRedis(address: RedisAddress, role: RedisRole, log?: Log): Redis {
  const options = {
    connectionName: `camqueue-${role}`,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_TIMEOUT_MS,
    // Else ioredis keeps the process alive for 2 s when it is closed while disconnected.
    disconnectTimeout: 200,
    retryStrategy: (attempt: number) => Math.min(attempt * RECONNECT_STEP_MS, RECONNECT_MAX_MS),
  };
  const path = socketPath(address);
  const redis = path === undefined ? new Redis(address.url ?? '', options) : new Redis({ ...options, path });
  let isDown = false;
  // Without a listener ioredis prints each failed attempt; what matters is that it went down, once, and came back.
  redis.on('error', (error: unknown) => {
    if (!isDown) log?.warn({ redis: role, reason: redactUrls(messageOf(error)) }, 'Redis connection lost');
    isDown = true;
  });
  redis.on('ready', () => {
    if (isDown) log?.info({ redis: role }, 'Redis connection is back');
    isDown = false;
  });
  return redis;
}

/**
 * Waits until commands can be sent.
 * @throws InputError when that takes longer than `timeoutMs`; names the address without its password.
 */
export async function untilReady(redis: Redis, role: RedisRole, timeoutMs: number): Promise<void> {
  if (redis.status === 'ready') return;
  let reason = 'no answer';
  await new Promise<void>((resolve, reject) => {
    const onError = (error: unknown): void => {
      reason = redactUrls(messageOf(error));
    };
    const end = (settle: () => void) => (): void => {
      clearTimeout(timer);
      redis.off('ready', ready).off('error', onError);
      settle();
    };
    const ready = end(resolve);
    const { path, host, port } = redis.options;
    const where = path ?? `${host ?? 'localhost'}:${port ?? 6379}`;
    const late = end(() =>
      reject(new InputError(`Redis for ${role} at ${where}: ${reason}: start it or correct its URL`)),
    );
    const timer = setTimeout(late, timeoutMs);
    redis.on('ready', ready).on('error', onError);
  });
}

/**
 * The reply, or one plain error that says which Redis, what is wrong and what to do. ioredis hangs the command's
 * arguments (pictures, passwords) on its errors, where a log would print them: they go no further than here.
 */
export async function answered<T>(reply: Promise<T>, role: RedisRole): Promise<T> {
  try {
    return await reply;
  } catch (error) {
    throw new Error(`Redis for ${role}: ${reasonOf(error)}`);
  }
}

/** The replies of a transaction or pipeline; the first failed command fails them all, as `answered` says. */
export async function allAnswered(
  replies: Promise<[error: Error | null, result: unknown][] | null>,
  role: RedisRole,
): Promise<unknown[]> {
  const results = (await answered(replies, role)) ?? [];
  return results.map(([error, result]) => {
    if (error) throw new Error(`Redis for ${role}: ${reasonOf(error)}`);
    return result;
  });
}

/** True when the server refused a write because its memory is full; also for an error that `answered` threw. */
export function isMemoryFull(error: unknown): boolean {
  return /\bOOM\b/.test(textOf(error));
}

function reasonOf(error: unknown): string {
  const text = textOf(error);
  if (isMemoryFull(error)) return 'its memory is full (OOM, maxmemory): give it more, or store less';
  if (text.includes('MISCONF'))
    return `it cannot write to its disk: free space where it stores its data (${text})`;
  if (/enableOfflineQueue|Connection is closed|max retries per request|Command aborted/i.test(text))
    return 'not connected';
  return text;
}

/** A discarded transaction carries the errors that were the reason. */
function textOf(error: unknown): string {
  const earlier = error instanceof Error && 'previousErrors' in error ? error.previousErrors : undefined;
  const reasons = Array.isArray(earlier) ? earlier.map(messageOf) : [];
  return redactUrls([...reasons, messageOf(error)].join('; '));
}

function socketPath({ url, path }: RedisAddress): string | undefined {
  if (path !== undefined) return path;
  return url?.startsWith('unix:') ? decodeURIComponent(new URL(url).pathname) : undefined;
}
