// A worker process for tests, started by startWorkerChild. It works on the queue `work`, says when a job starts and
// ends, and stops cleanly on SIGTERM. Payload n is how long the handler holds the job, ms; it listens to its signal.
import { done } from '../../jobs/define.js';
import { startConsumer } from '../../queues/consumer.js';
import { createProducer } from '../../queues/producer.js';
import { silentLog, testContract, testEntry } from './test-queue.js';

const [path = '', prefix = '', graceMs = '0'] = process.argv.slice(2);
const say = (message: object): void => void process.send?.(message);

async function main(): Promise<void> {
  const producer = createProducer({ address: { path }, prefix, log: silentLog });
  const entry = testEntry(
    testContract({ name: 'work', timeoutMs: 60_000, attempts: 2 }),
    async ({ n = 0 }, ctx) => {
      say({ started: ctx.jobId, attempt: ctx.attempt });
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(resolve, n);
        ctx.signal.addEventListener('abort', () => {
          clearTimeout(timer);
          say({ aborted: ctx.jobId, reason: (ctx.signal.reason as Error).message });
          reject(ctx.signal.reason as Error);
        });
      });
      return done(process.pid);
    },
  );
  const consumer = await startConsumer({
    entry,
    ports: {},
    address: { path },
    prefix,
    producer,
    log: silentLog,
    metrics: { jobEnded: () => undefined },
    graceMs: Number(graceMs),
  });
  process.once('SIGTERM', () => {
    void consumer.close().then(async (handedBack) => {
      await producer.close();
      say({ handedBack });
      process.disconnect();
    });
  });
  say({ ready: true });
}

void main();
