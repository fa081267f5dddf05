import type { Redis } from 'ioredis';
import { judgeClock, judgeRedis, judgeSql, judgeStorage } from '../../domain/health/judge-stores.js';
import { readRedisHealth } from '../../io/redis/redis-health.js';
import { readDatabaseHealth } from '../../io/sql/database-health.js';
import type { Database } from '../../io/sql/schema.js';
import { messageOf } from '../../errors.js';
import type { HealthFinding } from '../../ports.js';
import type { ObjectStore } from '../../ports/storage.js';
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

/** Folders and buckets that are named in the configuration, by the setting that names them. */
export type Storages = Readonly<Record<string, () => Promise<Pick<ObjectStore, 'check' | 'place'>>>>;

/** Writes a little to each, and reads it: one that hangs does not hide how the others are. */
export function storagesProbe(storages: Storages): Probe {
  return {
    name: 'storages',
    kinds: ['storage'],
    look: (signal) =>
      Promise.all(Object.entries(storages).map(([setting, open]) => lookAt(setting, open, signal))),
  };
}

async function lookAt(setting: string, open: Storages[string], signal: AbortSignal): Promise<HealthFinding> {
  const begun = performance.now();
  try {
    const store = await open();
    await store.check(AbortSignal.any([signal, AbortSignal.timeout(CONNECT_WITHIN_MS)]));
    return judgeStorage(setting, { place: store.place, latencyMs: performance.now() - begun });
  } catch (error) {
    return judgeStorage(setting, { problem: messageOf(error) });
  }
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
