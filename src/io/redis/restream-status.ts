import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { CameraId } from '../../domain/ids.js';
import { allAnswered, answered } from './connection.js';

/** How the publication of one camera goes. */
const Status = z.object({
  /** live: the server takes the stream. */
  state: z.enum(['waiting', 'connecting', 'live', 'retrying']),
  /** When that began, epoch ms: not live since, or live since. */
  since: z.number(),
  /** Why it is not live, without secrets. */
  reason: z.string().optional(),
  failures: z.number(),
});
export type RestreamStatus = z.infer<typeof Status>;

export interface RestreamStatuses {
  /** Good for `TTL_MS`: to be said again before that. */
  put(cameraId: CameraId, status: RestreamStatus): Promise<void>;
  /** Of those that somebody publishes. */
  read(cameraIds: readonly CameraId[]): Promise<Map<CameraId, RestreamStatus>>;
}

export const TTL_MS = 20_000;

/** Who publishes what, in the jobs' Redis. @param prefix separates installations that share a Redis */
export function createRestreamStatuses(redis: Redis, prefix: string): RestreamStatuses {
  const keyOf = (cameraId: CameraId): string => `${prefix}:{${cameraId}}:restream`;
  return {
    async put(cameraId, status) {
      await answered(redis.set(keyOf(cameraId), JSON.stringify(status), 'PX', TTL_MS), 'jobs');
    },
    async read(cameraIds) {
      const asked = redis.pipeline();
      for (const cameraId of cameraIds) asked.get(keyOf(cameraId));
      const found = await allAnswered(asked.exec(), 'jobs');
      return new Map(
        cameraIds.flatMap((cameraId, i) => {
          const text = found[i];
          const parsed = typeof text === 'string' ? Status.safeParse(JSON.parse(text)) : undefined;
          return parsed?.success === true ? [[cameraId, parsed.data] as const] : [];
        }),
      );
    },
  };
}
