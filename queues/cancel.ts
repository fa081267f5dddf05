import type { Redis } from 'ioredis';
import { z } from 'zod';
import { cancelChannel } from './naming.js';

/** BullMQ can only cancel within its own process, so a wish to cancel travels over pub/sub to all of them. */
const CancelWish = z.object({ id: z.string(), by: z.string() });

/** Asks whichever process runs the job to stop it. Nobody may be listening: look at the job's state afterwards. */
export async function askToCancel(
  connection: Redis,
  prefix: string,
  queue: string,
  id: string,
  by: string,
): Promise<void> {
  await connection.publish(cancelChannel(prefix, queue), JSON.stringify({ id, by }));
}

/**
 * Calls `onCancel` for every wish; a message that is none is ignored, as anyone with the Redis may publish.
 * @param subscriber a connection of its own, since Redis allows nothing else on it afterwards
 */
export async function listenForCancels(
  subscriber: Redis,
  prefix: string,
  queue: string,
  onCancel: (id: string, by: string) => void,
): Promise<void> {
  subscriber.on('message', (_channel: string, text: string) => {
    const wish = CancelWish.safeParse(parseJson(text));
    if (wish.success) onCancel(wish.data.id, wish.data.by);
  });
  await subscriber.subscribe(cancelChannel(prefix, queue));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
