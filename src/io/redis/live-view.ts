import type { Redis } from 'ioredis';
import type { CameraId } from '../../domain/ids.js';
import type { LiveView } from '../../ports/live.js';
import { answered } from './connection.js';
import { capturedAt, decodeFrame, encodeFrame, HEAD_BYTES } from './live-frame-format.js';
import { createLiveSubscriptions } from './live-subscriptions.js';

/** A frame that nobody has drawn for so long is not live any more. */
const FRAME_EXPIRES_MS = 3000;
const WATCH_AGE_MS = 1000;

/**
 * The processed streams in the frames' Redis: who watches (a key with a time to live), the newest analysed frame (one
 * key, overwritten), and the drawn pictures (published, never stored). Everything expires by itself.
 * @param connections `redis` for commands, `subscriber` makes a connection of its own for pub/sub
 * @param options.prefix separates installations that share a Redis
 * @param options.now wall clock, epoch ms
 */
export function createRedisLiveView(
  connections: { readonly redis: Redis; readonly subscriber: () => Redis },
  { prefix, now = Date.now }: { readonly prefix: string; readonly now?: () => number },
): LiveView {
  const { redis } = connections;
  /** All keys of a camera carry its id as hash tag: one slot of a Redis Cluster. */
  const keyOf = (cameraId: CameraId, what: 'watched' | 'live' | 'drawn'): string =>
    `${prefix}:{${cameraId}}:${what}`;
  const watched = new Map<CameraId, { readonly is: boolean; readonly askedAt: number }>();
  const subscriptions = createLiveSubscriptions(connections.subscriber);
  return {
    async watch(cameraId, ttlMs) {
      await answered(redis.set(keyOf(cameraId, 'watched'), '1', 'PX', ttlMs), 'frames');
    },
    async isWatched(cameraId, maxAgeMs = WATCH_AGE_MS) {
      const known = watched.get(cameraId);
      if (known && now() - known.askedAt < maxAgeMs) return known.is;
      // Without the store nobody could be shown anything.
      const found = await redis.exists(keyOf(cameraId, 'watched')).catch(() => 0);
      watched.set(cameraId, { is: found === 1, askedAt: now() });
      return found === 1;
    },
    async put(cameraId, frame) {
      const put = redis.set(keyOf(cameraId, 'live'), encodeFrame(frame), 'PX', FRAME_EXPIRES_MS);
      // The frame is lost, the next one is not far: analysis goes on as if nobody watched.
      await put.catch(() => undefined);
    },
    async newest(cameraId, knownAt) {
      const key = keyOf(cameraId, 'live');
      if (knownAt !== undefined) {
        const head = await answered(redis.getrangeBuffer(key, 0, HEAD_BYTES - 1), 'frames');
        const at = capturedAt(head);
        if (at === undefined || at === knownAt) return undefined;
      }
      const bytes = await answered(redis.getBuffer(key), 'frames');
      const frame = bytes ? decodeFrame(bytes) : undefined;
      return frame && frame.at !== knownAt ? frame : undefined;
    },
    async publish(cameraId, { at, jpeg }) {
      const head = Buffer.alloc(8);
      head.writeDoubleBE(at);
      await answered(redis.publish(keyOf(cameraId, 'drawn'), Buffer.concat([head, jpeg])), 'frames');
    },
    subscribe: (cameraId, listener) =>
      subscriptions.add(keyOf(cameraId, 'drawn'), (message) => {
        if (message.length > 8) listener({ at: message.readDoubleBE(), jpeg: message.subarray(8) });
      }),
  };
}
