import type { Redis } from 'ioredis';
import { judgeClock, judgeRedis, judgeSql } from '../../domain/health/judge-stores.js';
import { readRedisHealth } from '../../io/redis/redis-health.js';
import { readDatabaseHealth } from '../../io/sql/database-health.js';
import type { Database } from '../../io/sql/schema.js';
import type { Probe } from './probes.js';

/** Less than a look may take, so that the reason is heard. */
const CONNECT_WITHIN_MS = 2000;

/** @param redis a connection of its own: whether others have one says nothing about the server */
export function redisProbe(which: 'jobs' | 'frames', redis: () => Redis, now: () => number): Probe {
  return {
    name: `redis/${which}`,
    kinds: ['redis'],
    look: async () => [judgeRedis(which, await readRedisHealth(redis(), which, now, CONNECT_WITHIN_MS))],
  };
}

export function sqlProbe(database: () => Promise<Database>, now: () => number): Probe {
  return {
    name: 'sql',
    kinds: ['sql'],
    look: async () => [judgeSql(await readDatabaseHealth(await database(), now))],
  };
}

/** This machine's clock against those of the jobs' Redis and of PostgreSQL. */
export function clockProbe(redis: () => Redis, database: () => Promise<Database>, now: () => number): Probe {
  return {
    name: 'clock',
    kinds: ['clock'],
    look: async () => {
      const [jobs, sql] = await Promise.all([
        readRedisHealth(redis(), 'jobs', now, CONNECT_WITHIN_MS),
        database().then((opened) => readDatabaseHealth(opened, now)),
      ]);
      return [
        judgeClock({
          redis: jobs.clockOffsetMs,
          ...(sql.clockOffsetMs !== undefined && { database: sql.clockOffsetMs }),
        }),
      ];
    },
  };
}
