/**
 * BullMQ's key prefix of a queue. The braces are a Redis Cluster hash tag: all keys of one queue lie in one slot,
 * as BullMQ's scripts need, and different queues may lie on different nodes.
 * @param prefix QUEUE_PREFIX, separates installations that share one Redis
 */
export function queueKeyPrefix(prefix: string, queue: string): string {
  return `{${prefix}:${queue}}`;
}

/** Key of the hash that counts ended jobs of a queue by outcome; in the queue's own slot. */
export function outcomesKey(prefix: string, queue: string): string {
  return `${queueKeyPrefix(prefix, queue)}:${queue}:outcomes`;
}

/** Pub/sub channel on which running jobs of a queue are asked to stop. */
export function cancelChannel(prefix: string, queue: string): string {
  return `${queueKeyPrefix(prefix, queue)}:${queue}:cancel`;
}
