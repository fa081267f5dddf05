import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { defineJob, entry, type Entry, type Handler, type JobContract } from '../../jobs/define.js';
import { startConsumer, type Consumer } from '../../queues/consumer.js';
import { createInspector } from '../../queues/inspector.js';
import { createProducer } from '../../queues/producer.js';
import type { JobView, Producer, QueueInspector, RedisAddress } from '../../queues/types.js';
import { createLog } from '../../src/log.js';
import type { JobOutcome } from '../../src/ports.js';

export const silentLog = createLog('test', 'silent');

/** A contract for tests: payload `{cameraId, n?}`, quick backoff. */
export function testContract(
  given: Partial<JobContract<typeof TestPayload>> & { name: string },
): JobContract<typeof TestPayload> {
  return defineJob({
    summary: 'a job of a test',
    payload: TestPayload,
    example: { cameraId: 'gate-1' },
    attempts: 3,
    backoff: { firstMs: 20, maxMs: 50 },
    ...given,
  });
}
export const TestPayload = z.strictObject({
  cameraId: z.string().regex(/^[a-z0-9-]+$/, 'must be a-z, 0-9 and "-"'),
  n: z.number().int().optional(),
});

type TestHandler = Handler<JobContract<typeof TestPayload>>;

/** A line of the registry whose handler is given here. */
export function testEntry(contract: JobContract<typeof TestPayload>, handle: TestHandler): Entry {
  return entry(contract, [], () => Promise.resolve({ handle }));
}

/** One installation in a test's Redis: its own prefix, a producer, an inspector, and consumers that `close` ends. */
export interface Bench {
  readonly prefix: string;
  readonly producer: Producer;
  readonly inspector: QueueInspector;
  readonly ended: { queue: string; outcome: JobOutcome }[];
  consume(entry: Entry, options?: { graceMs?: number; concurrency?: number }): Promise<Consumer>;
  /** Enqueues a job and waits for its end. */
  runJob(contract: JobContract<typeof TestPayload>, payload?: z.input<typeof TestPayload>): Promise<JobView>;
  close(): Promise<void>;
}

export function openBench(address: RedisAddress): Bench {
  const prefix = `t-${randomUUID().slice(0, 8)}`;
  const producer = createProducer({ address, prefix, log: silentLog });
  const inspector = createInspector({ address, prefix, log: silentLog });
  const consumers: Consumer[] = [];
  const ended: Bench['ended'] = [];
  return {
    prefix,
    producer,
    inspector,
    ended,
    async consume(entry, { graceMs = 1000, concurrency } = {}) {
      const consumer = await startConsumer({
        entry,
        ports: {},
        address,
        prefix,
        producer,
        log: silentLog,
        metrics: { jobEnded: (queue, outcome) => ended.push({ queue, outcome }) },
        graceMs,
        ...(concurrency !== undefined && { concurrency }),
      });
      consumers.push(consumer);
      return consumer;
    },
    async runJob(contract, payload = { cameraId: 'gate-1' }) {
      const { id } = await producer.enqueue(contract, payload);
      return inspector.waitFor(contract.name, id, AbortSignal.timeout(100_000));
    },
    async close() {
      await Promise.all(consumers.map((consumer) => consumer.close()));
      await inspector.close();
      await producer.close();
    },
  };
}
