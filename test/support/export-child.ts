// A worker process for tests: it works on the queue export-clip of a folder with recordings until it is killed.
import { registry } from '../../jobs/registry.js';
import { startConsumer } from '../../queues/consumer.js';
import { createProducer } from '../../queues/producer.js';
import { openDatabase } from '../../src/io/sql/open.js';
import { exportPorts } from './export-world.js';
import { silentLog } from './test-queue.js';

const [path = '', prefix = '', folder = ''] = process.argv.slice(2);

async function main(): Promise<void> {
  const shared = { address: { path }, prefix, log: silentLog };
  await startConsumer({
    ...shared,
    entry: registry['export-clip'],
    ports: exportPorts(folder, await openDatabase({ dataDir: folder })),
    producer: createProducer(shared),
    metrics: { jobEnded: () => undefined },
    graceMs: 0,
  });
  process.send?.('ready');
}

void main();
