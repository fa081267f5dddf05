import type { Redis } from 'ioredis';
import { messageOf } from '../errors.js';
import type { MetricFamily } from '../ports.js';
import type { ProcessMetrics } from './metrics.js';

/**
 * Processes share their metrics through the jobs' Redis: each writes its own under a key that dies with it, and
 * a set lists the keys (a SCAN would walk over every job). Any process may answer a scrape for all of them.
 */
const EVERY_MS = 5000;
/** Four missed writes: the process is gone. */
const TTL_MS = 20_000;

interface Shared {
  /** Of the jobs' Redis. Opened and closed by the caller. */
  readonly redis: Redis;
  /** Separates installations, as QUEUE_PREFIX. */
  readonly prefix: string;
}

/**
 * Writes the process's metrics now and every few seconds. An outage of Redis is told once and ends by itself: the
 * numbers are totals, so the next write makes up for the missed ones.
 * @param options.process the same unique name as given to `createMetrics`
 * @returns resolves after the first try; `stop()` takes the process's metrics away.
 */
export async function publishMetrics(
  options: Shared & {
    readonly process: string;
    readonly metrics: Pick<ProcessMetrics, 'json'>;
    readonly log?: { warn(fields: object, message: string): void };
    readonly everyMs?: number;
    readonly ttlMs?: number;
  },
): Promise<{ stop(): Promise<void> }> {
  const { redis, process: name, metrics, log, everyMs = EVERY_MS, ttlMs = TTL_MS } = options;
  const keys = keysOf(options.prefix);
  let failing = false;
  const write = async (): Promise<void> => {
    try {
      const json = JSON.stringify(await metrics.json());
      const replies = await redis.multi().set(keys.of(name), json, 'PX', ttlMs).sadd(keys.index, name).exec();
      const failure = replies?.find(([error]) => error)?.[0];
      if (failure) throw failure;
      failing = false;
    } catch (error) {
      if (!failing) log?.warn({ reason: messageOf(error) }, 'metrics not published; trying again');
      failing = true;
    }
  };
  let writing: Promise<void> | undefined;
  const writeOnce = (): Promise<void> =>
    // Behind a slow Redis writes must not pile up: the one under way is enough.
    (writing ??= write().finally(() => (writing = undefined)));
  await writeOnce();
  const timer = setInterval(() => void writeOnce(), everyMs);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await writing;
      await redis.multi().del(keys.of(name)).srem(keys.index, name).exec();
    },
  };
}

/** The metrics of every process that is alive, one set each. Names of dead ones are forgotten. */
export async function collectMetrics({ redis, prefix }: Shared): Promise<MetricFamily[][]> {
  const keys = keysOf(prefix);
  const names = (await redis.smembers(keys.index)).sort();
  if (names.length === 0) return [];
  const found = await redis.mget(names.map((name) => keys.of(name)));
  const dead = names.filter((_, i) => found[i] === null);
  // A process that comes back in this very moment lists itself again with its next write.
  if (dead.length > 0) await redis.srem(keys.index, ...dead);
  return found
    .filter((text) => text !== null && text !== undefined)
    .map((text) => JSON.parse(text) as MetricFamily[]);
}

/** One hash tag, so that a cluster keeps them together and MULTI and MGET work. */
function keysOf(prefix: string): { index: string; of(name: string): string } {
  const tag = prefix.includes('{') ? prefix : `{${prefix}}`;
  return { index: `${tag}:metrics`, of: (name) => `${tag}:metrics:${name}` };
}
