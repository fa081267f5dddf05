import type { Redis } from 'ioredis';
import type { RedisSeen } from '../../domain/health/judge-stores.js';
import { answered, type RedisRole, untilReady } from './connection.js';

/** What a Redis says about itself. */
export interface RedisHealth extends RedisSeen {
  /** The server's clock less ours, ms. */
  readonly clockOffsetMs: number;
}

/**
 * Asks a Redis how it is. What a managed Redis keeps to itself counts as being well.
 * @param redis a connection of `connectRedis`, ready or not
 * @param now wall clock, epoch ms
 * @throws Error or InputError saying what is wrong when it does not answer within `withinMs`.
 */
export async function readRedisHealth(
  redis: Redis,
  role: RedisRole,
  now: () => number,
  withinMs: number,
): Promise<RedisHealth> {
  await untilReady(redis, role, withinMs);
  const startedAt = performance.now();
  await answered(redis.ping(), role);
  const latencyMs = performance.now() - startedAt;
  const askedAt = now();
  const [seconds = 0, micros = 0] = (await answered(redis.time(), role)).map(Number);
  const clockOffsetMs = seconds * 1000 + micros / 1000 - (askedAt + now()) / 2;
  const info = parseInfo(await answered(redis.info(), role));
  return {
    version: info.get('redis_version') ?? '?',
    usedBytes: Number(info.get('used_memory') ?? 0),
    maxBytes: Number(info.get('maxmemory') ?? 0),
    policy: info.get('maxmemory_policy') ?? 'noeviction',
    isAofOn: info.get('aof_enabled') !== '0',
    isAofWriteOk: (info.get('aof_last_write_status') ?? 'ok') === 'ok',
    isSaveOk: (info.get('rdb_last_bgsave_status') ?? 'ok') === 'ok',
    evictedKeys: Number(info.get('evicted_keys') ?? 0),
    latencyMs,
    clockOffsetMs,
  };
}

function parseInfo(text: string): Map<string, string> {
  const pairs = text.split(/\r?\n/).map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, Math.max(colon, 0)), line.slice(colon + 1)];
  });
  return new Map(pairs);
}
