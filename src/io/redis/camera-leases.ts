import type { Redis } from 'ioredis';
import type { CameraId } from '../../domain/ids.js';
import type { CameraLeases } from '../../ports.js';
import { allAnswered, answered } from './connection.js';

/**
 * The samplers' leases in the jobs' Redis. A lease is a key with a time to live that holds the sampler's name and
 * carries the camera's hash tag; the living samplers are one sorted set whose scores say when each counts as dead, by
 * the server's clock. Every decision is one script: two samplers never both hold a camera.
 * @param redis a connection of `connectRedis`.
 * @param prefix separates installations that share a Redis.
 */
export function createRedisCameraLeases(redis: Redis, prefix: string): CameraLeases {
  const leaseKey = (cameraId: CameraId): string => `${prefix}:{${cameraId}}:lease`;
  const samplersKey = `${prefix}:{samplers}:alive`;
  return {
    async renew(sampler, held, ttlMs) {
      const asked = redis.pipeline();
      for (const cameraId of held) asked.eval(HOLD, 1, leaseKey(cameraId), sampler, ttlMs);
      asked.eval(LIVE, 1, samplersKey, sampler, ttlMs);
      const replies = (await allAnswered(asked.exec(), 'jobs')).map(Number);
      return { held: held.filter((_, i) => replies[i] === 1), samplers: replies.at(-1) ?? 1 };
    },
    async take(sampler, cameraId, ttlMs) {
      return (await answered(redis.eval(HOLD, 1, leaseKey(cameraId), sampler, ttlMs), 'jobs')) === 1;
    },
    async release(sampler, cameraId) {
      await answered(redis.eval(RELEASE, 1, leaseKey(cameraId), sampler), 'jobs');
    },
    async leave(sampler) {
      await answered(redis.zrem(samplersKey, sampler), 'jobs');
    },
    async holders(cameraIds) {
      const asked = redis.pipeline();
      for (const cameraId of cameraIds) asked.get(leaseKey(cameraId));
      const names = (await allAnswered(asked.exec(), 'jobs')) as (string | null)[];
      return new Map(
        cameraIds.flatMap((cameraId, i) => {
          const name = names[i];
          return typeof name === 'string' ? [[cameraId, name] as const] : [];
        }),
      );
    },
  };
}

/**
 * KEYS: lease. ARGV: sampler, life in ms. Takes the lease, or renews it: one that ran out and that nobody else took
 * (Redis was away) is still the sampler's. Gives 1, or 0 when another sampler has it.
 */
const HOLD = `
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`;

/** KEYS: lease. ARGV: sampler. */
const RELEASE = `
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 0`;

/** KEYS: samplers. ARGV: sampler, life in ms. Gives how many samplers live. */
const LIVE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
return redis.call('ZCARD', KEYS[1])`;
