import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Log } from '../src/log.js';
import { connect, disconnect } from './connection.js';
import { queueKeyPrefix } from './naming.js';
import type { RedisAddress } from './types.js';

/** BullMQ queues over one connection that fails fast. */
export interface OpenQueues {
  readonly connection: Redis;
  /** The queue of that name, opened on first use. */
  queue(name: string): Queue;
  close(): Promise<void>;
}

/** Opens a process's view on the queues: the producer, the inspector and the board each have one. */
export function openQueues(options: { address: RedisAddress; prefix: string; log: Log }): OpenQueues {
  const connection = connect(options.address, 'producer', options.log);
  const queues = new Map<string, Queue>();
  const open = (name: string): Queue => {
    const queue = new Queue(name, {
      connection,
      prefix: queueKeyPrefix(options.prefix, name),
      // Otherwise a queue first used during an outage would be unusable for good: BullMQ gives up on a failed INFO.
      skipWaitingForReady: true,
      skipVersionCheck: true,
      skipMetasUpdate: true,
    });
    // The connection logs its own errors; without a listener BullMQ would print them a second time.
    queue.on('error', () => undefined);
    queues.set(name, queue);
    return queue;
  };
  return {
    connection,
    queue: (name) => queues.get(name) ?? open(name),
    async close() {
      await Promise.all([...queues.values()].map((queue) => queue.close()));
      await disconnect(connection);
    },
  };
}
