import type { Redis } from 'ioredis';
import { PermanentError } from '../../errors.js';
import type { PinnedPictures } from '../../ports.js';
import { allAnswered, answered, isMemoryFull } from './connection.js';
import { allocatedBytes } from './ring-bounds.js';
import { parseShape, pictureOf } from './ring-entry.js';

/** What may be in a key: as with snapshots, and so that no key reaches another's. */
const KEY = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}(\/[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}){0,5}$/;

export interface PinnedPicturesOptions {
  /** Separates installations that share a Redis. */
  readonly prefix: string;
  /** Memory for pins of all cameras, bytes: beyond it the oldest go, as those do whose time is over. */
  readonly maxBytes: number;
}

/**
 * Pinned pictures in the frames' Redis. They may be lost at any time, so a full Redis loses them as well: whoever
 * needs the picture finds it expired, and analysis goes on.
 * @param redis a connection of `connectRedis`
 * @param now wall clock, epoch ms
 */
export function createRedisPinnedPictures(
  redis: Redis,
  { prefix, maxBytes }: PinnedPicturesOptions,
  now: () => number = Date.now,
): PinnedPictures {
  // One hash tag: one slot of a Redis Cluster, so that a picture and the list of pictures change together.
  const all = `${prefix}:{pins}`;
  const keyOf = (key: string): string => `${all}:${checked(key)}`;
  return {
    async pin(key, { width, height, format, data }, ttlMs) {
      const name = keyOf(key);
      const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
      try {
        const transaction = redis
          .multi()
          .hset(name, { width, height, format, data: bytes })
          .pexpire(name, ttlMs)
          .zadd(all, now() + ttlMs, name)
          .zremrangebyscore(all, '-inf', now())
          .pexpire(all, 2 * ttlMs)
          .zcard(all);
        const count = Number((await allAnswered(transaction.exec(), 'frames')).at(-1));
        const excess = count - Math.max(1, Math.floor(maxBytes / allocatedBytes(bytes.length)));
        if (excess > 0) await dropOldest(redis, all, excess);
      } catch (error) {
        if (!isMemoryFull(error)) throw error;
      }
    },
    async get(key) {
      const { data, ...fields } = await answered(redis.hgetallBuffer(keyOf(key)), 'frames');
      const text = Object.fromEntries(
        Object.entries(fields).map(([name, value]) => [name, value.toString()]),
      );
      const shape = parseShape(text);
      return shape && pictureOf(shape, data);
    },
    async remove(key) {
      const name = keyOf(key);
      await allAnswered(redis.multi().unlink(name).zrem(all, name).exec(), 'frames');
    },
  };
}

async function dropOldest(redis: Redis, all: string, count: number): Promise<void> {
  const popped = await answered(redis.zpopmin(all, count), 'frames');
  const names = popped.filter((_, i) => i % 2 === 0);
  if (names.length > 0) await answered(redis.unlink(...names), 'frames');
}

function checked(key: string): string {
  if (key.length > 300 || !KEY.test(key))
    throw new PermanentError(`pin ${JSON.stringify(key.slice(0, 300))} is not a path of safe segments`);
  return key;
}
