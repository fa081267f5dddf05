import { Worker } from 'bullmq';
import { workerConnection } from './connection.js';
import { queueKeyPrefix } from './naming.js';
import type { RedisAddress } from './types.js';

/**
 * BullMQ's own worker with an empty processor on one of our queues: what `npm run bench` compares the consumer
 * with. It takes jobs until it is closed.
 * @param options.onJob called for each job
 */
export async function startBareWorker(options: {
  readonly address: RedisAddress;
  readonly prefix: string;
  readonly queue: string;
  readonly concurrency: number;
  readonly onJob: () => void;
}): Promise<{ close(): Promise<void> }> {
  const { queue, onJob } = options;
  const work = async (): Promise<null> => {
    onJob();
    return null;
  };
  const worker = new Worker(queue, work, {
    connection: workerConnection(options.address),
    prefix: queueKeyPrefix(options.prefix, queue),
    concurrency: options.concurrency,
  });
  worker.on('error', () => undefined);
  await worker.waitUntilReady();
  return { close: () => worker.close() };
}
