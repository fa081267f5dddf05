import type { Redis } from 'ioredis';
import type { LiveView } from '../../ports/live.js';

/**
 * The processed streams in the frames' Redis.
 * @param connections `redis` for commands, `subscriber` makes a connection of its own for pub/sub
 */
export function createRedisLiveView(
  _connections: { readonly redis: Redis; readonly subscriber: () => Redis },
  _options: { readonly prefix: string },
): LiveView {
  throw new Error('not built yet');
}
