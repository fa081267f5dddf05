// One process of an installation, for embedded.test.ts: joins, tells, and leaves when told.
import { createLog } from '../../../src/log.js';
import { startEmbeddedRedis } from '../../../src/io/redis/embedded.js';

async function main(dataDir: string): Promise<void> {
  const redis = await startEmbeddedRedis({ dataDir, log: createLog('user', 'silent') });
  process.on('message', (message) => {
    if (message === 'leave') void redis.close().then(() => process.disconnect());
  });
  process.send?.({ jobs: redis.jobs.path, frames: redis.frames.path });
}

void main(process.argv[2] ?? '');
