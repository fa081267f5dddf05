import { QueueEvents } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Log } from '../src/log.js';
import { workerConnection } from './connection.js';
import { errorLogger } from './log-errors.js';
import { queueKeyPrefix } from './naming.js';
import type { JobView, RedisAddress } from './types.js';

/** Looked at again this often, should an event be lost with a restart of Redis. */
const LOOK_EVERY_MS = 1000;
const EVENTS = ['completed', 'failed', 'removed'] as const;
const ENDED: readonly JobView['state'][] = ['completed', 'failed', 'unknown'];

export interface Waiter {
  /** Resolves with the first view that is an ended one; looks when an event of the job comes, and each second. */
  waitFor(queue: string, id: string, look: () => Promise<JobView>, signal: AbortSignal): Promise<JobView>;
  close(): Promise<void>;
}

/**
 * Waits for jobs to end, with one connection for each queue ever waited on.
 * @param options.connection reads where a queue's events stand; stays the caller's
 */
export function createWaiter(options: {
  connection: Redis;
  address: RedisAddress;
  prefix: string;
  log: Log;
}): Waiter {
  const opened = new Map<string, Promise<QueueEvents>>();
  const open = async (queue: string): Promise<QueueEvents> => {
    const prefix = queueKeyPrefix(options.prefix, queue);
    // From a known place on, so that nothing passes between our first look and the connection being up.
    const [newest] = await options.connection.xrevrange(`${prefix}:${queue}:events`, '+', '-', 'COUNT', 1);
    const lastEventId = newest?.[0] ?? '0-0';
    const events = new QueueEvents(queue, {
      connection: workerConnection(options.address),
      prefix,
      lastEventId,
    });
    events.on('error', errorLogger(options.log, `events of ${queue}`));
    // One listener for each wait, and an API may have many waits.
    events.setMaxListeners(0);
    return events;
  };
  const eventsOf = (queue: string): Promise<QueueEvents> => {
    const opening = opened.get(queue) ?? open(queue);
    opened.set(queue, opening);
    // A failed opening is not kept: the next wait tries again.
    opening.catch(() => opened.delete(queue));
    return opening;
  };
  return {
    async waitFor(queue, id, look, signal) {
      const first = await look();
      return ENDED.includes(first.state) ? first : listen(await eventsOf(queue), id, look, signal);
    },
    async close() {
      const closing = [...opened.values()].map(async (events) => (await events).close());
      await Promise.allSettled(closing);
    },
  };
}

function listen(
  events: QueueEvents,
  id: string,
  look: () => Promise<JobView>,
  signal: AbortSignal,
): Promise<JobView> {
  return new Promise((resolve, reject) => {
    const end = (then: () => void): void => {
      clearInterval(timer);
      for (const event of EVENTS) events.off(event, onEvent);
      signal.removeEventListener('abort', onAbort);
      then();
    };
    const check = (): void => {
      look().then(
        (view) => ENDED.includes(view.state) && end(() => resolve(view)),
        (error: unknown) => end(() => reject(error instanceof Error ? error : new Error(String(error)))),
      );
    };
    const onEvent = (event: { jobId: string }): void => {
      if (event.jobId === id) check();
    };
    const onAbort = (): void =>
      end(() => reject(signal.reason instanceof Error ? signal.reason : new Error('stopped waiting')));
    const timer = setInterval(check, LOOK_EVERY_MS);
    for (const event of EVENTS) events.on(event, onEvent);
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) onAbort();
    else check();
  });
}
