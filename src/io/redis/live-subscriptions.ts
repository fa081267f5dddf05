import type { Redis } from 'ioredis';
import { messageOf } from '../../errors.js';
import { answered, untilReady } from './connection.js';

type Listener = (message: Buffer) => void;

const CONNECT_MS = 3000;

/** Channels of pub/sub over one connection, made when somebody listens first; it comes back by itself with its channels. */
export function createLiveSubscriptions(connect: () => Redis): {
  /** @returns what ends it. @throws Error when the server cannot be reached now. */
  add(channel: string, listener: Listener): Promise<() => Promise<void>>;
} {
  const channels = new Map<string, Set<Listener>>();
  let connection: Redis | undefined;

  async function connected(): Promise<Redis> {
    if (!connection) {
      connection = connect();
      connection.on('messageBuffer', (channel: Buffer, message: Buffer) => {
        for (const listener of channels.get(channel.toString()) ?? []) listener(message);
      });
    }
    await untilReady(connection, 'frames', CONNECT_MS).catch((error: unknown) => {
      throw new Error(`Redis for frames: not connected: ${messageOf(error)}`);
    });
    return connection;
  }

  async function remove(channel: string, listener: Listener): Promise<void> {
    const listeners = channels.get(channel);
    if (!listeners?.delete(listener) || listeners.size > 0) return;
    channels.delete(channel);
    // Without a connection there is no subscription either; one that comes back has nobody to tell.
    await connection?.unsubscribe(channel).catch(() => undefined);
  }

  return {
    async add(channel, listener) {
      const redis = await connected();
      const listeners = channels.get(channel) ?? new Set();
      channels.set(channel, listeners.add(listener));
      try {
        await answered(redis.subscribe(channel), 'frames');
      } catch (error) {
        await remove(channel, listener);
        throw error;
      }
      return () => remove(channel, listener);
    },
  };
}
