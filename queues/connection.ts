import { Redis, type RedisOptions } from 'ioredis';
import { InputError, messageOf } from '../src/errors.js';
import type { Log } from '../src/log.js';
import { errorLogger } from './log-errors.js';
import type { RedisAddress } from './types.js';

const MIN_VERSION = [6, 2] as const;

/** Options for a connection that adds or reads jobs: without Redis a command fails within about a second. */
const FAIL_FAST = {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 1,
  connectTimeout: 1000,
  // A server that is frozen accepts commands and never answers.
  commandTimeout: 2000,
  retryStrategy: (times: number) => Math.min(50 * 2 ** Math.min(times, 5), 1000),
} satisfies RedisOptions;

/** Options for a worker's connection: it waits for Redis for as long as it takes. */
const PATIENT = {
  maxRetriesPerRequest: null,
  retryStrategy: (times: number) => Math.min(50 * 2 ** Math.min(times, 6), 2000),
} satisfies RedisOptions;

/**
 * Opens a connection to the jobs' Redis; the caller closes it.
 * @param role `producer` fails fast in an outage, `worker` waits it out
 */
export function connect(address: RedisAddress, role: 'producer' | 'worker', log: Log): Redis {
  const options = role === 'producer' ? FAIL_FAST : PATIENT;
  const target = targetOf(address);
  const connection =
    'path' in target ? new Redis({ ...options, path: target.path }) : new Redis(target.url, options);
  // Each enqueue that waits for the connection listens to it.
  connection.setMaxListeners(0);
  connection.on('error', errorLogger(log, `redis ${describeAddress(address)}`));
  return connection;
}

/** A worker's connection as options, for BullMQ classes that open their own. */
export function workerConnection(address: RedisAddress) {
  return { ...PATIENT, ...targetOf(address) };
}

function targetOf({ path, url }: RedisAddress): { path: string } | { url: string } {
  if (path !== undefined) return { path };
  if (url === undefined)
    throw new InputError('address of the jobs Redis: neither url nor path is given; set REDIS_URL');
  const parsed = new URL(url);
  return parsed.protocol === 'unix:' ? { path: decodeURIComponent(parsed.pathname) } : { url };
}

/** The address without user, password or query, for logs and errors. */
export function describeAddress(address: RedisAddress): string {
  const target = targetOf(address);
  if ('path' in target) return `unix:${target.path}`;
  const { protocol, host, pathname } = new URL(target.url);
  return `${protocol}//${host}${pathname}`;
}

/** Resolves when the connection can take commands. @throws Error when it cannot within `withinMs`. */
export async function untilReady(connection: Redis, withinMs: number): Promise<void> {
  if (connection.status === 'ready') return;
  let reason = '';
  await new Promise<void>((resolve, reject) => {
    const onError = (error: Error): void => void (reason = messageOf(error));
    const onReady = (): void => end(resolve);
    const end = (then: () => void): void => {
      clearTimeout(timer);
      connection.off('ready', onReady);
      connection.off('error', onError);
      then();
    };
    const timer = setTimeout(
      () =>
        end(() =>
          reject(
            new Error(
              `the jobs Redis is not reachable: no connection within ${withinMs} ms ${reason}`.trim(),
            ),
          ),
        ),
      withinMs,
    );
    connection.on('ready', onReady);
    connection.on('error', onError);
  });
}

/** Closes a connection whether or not Redis is there, within about a second. */
export async function disconnect(connection: Redis): Promise<void> {
  if (connection.status === 'ready') {
    const timeout = new Promise<void>((resolve) => setTimeout(resolve, 1000).unref());
    // QUIT lets answers that are under way arrive; when it fails the connection is gone, which is what we want.
    await Promise.race([connection.quit().then(noop, noop), timeout]);
  }
  connection.disconnect();
}

function noop(): void {}

/**
 * Checks once, at start, that this Redis keeps jobs: Redis 6.2 or newer and `noeviction`; without an append-only
 * file it only warns, since a managed Redis may be durable by other means.
 * @throws InputError naming the setting and its fix.
 */
export async function checkJobsRedis(address: RedisAddress, log: Log): Promise<void> {
  const connection = connect(address, 'producer', log);
  try {
    await untilReady(connection, 5000);
    const info = parseInfo(await connection.info());
    const where = `the jobs Redis at ${describeAddress(address)}`;
    const version = info.get('redis_version') ?? '0.0';
    const [major = 0, minor = 0] = version.split('.').map(Number);
    if (major < MIN_VERSION[0] || (major === MIN_VERSION[0] && minor < MIN_VERSION[1])) {
      throw new InputError(`${where} is version ${version}: install Redis 6.2 or newer (or Valkey)`);
    }
    const policy = info.get('maxmemory_policy') ?? 'noeviction';
    if (policy !== 'noeviction') {
      throw new InputError(
        `${where} has maxmemory-policy "${policy}" and would throw jobs away when memory is short: ` +
          'set it to "noeviction" (CONFIG SET maxmemory-policy noeviction, and in redis.conf)',
      );
    }
    if (info.get('aof_enabled') === '0') {
      log.warn(
        { redis: describeAddress(address) },
        'the jobs Redis has no append-only file: a crash of it loses jobs; set "appendonly yes"',
      );
    }
  } finally {
    await disconnect(connection);
  }
}

function parseInfo(info: string): Map<string, string> {
  const pairs = info.split(/\r?\n/).map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, Math.max(colon, 0)), line.slice(colon + 1)];
  });
  return new Map(pairs);
}
