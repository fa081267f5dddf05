// A process that archives, to be killed: it opens what is in the folder that it is told, says that it begins, and runs.
import { handle } from '../../jobs/archive/handler.js';
import { archive } from '../../jobs/archive/job.js';
import { makeArchiveRig, NOW } from './archive-rig.js';
import { runJob, testContext } from './job-context.js';

process.once('message', (dataDir) => void run(String(dataDir)));
process.send?.('ready');

async function run(dataDir: string): Promise<void> {
  const { openDatabase } = await import('../../src/io/sql/open.js');
  const rig = await makeArchiveRig(dataDir, { database: await openDatabase({ dataDir }) });
  process.send?.('begins');
  await runJob(archive, handle, { action: 'move', at: NOW }, testContext(rig.ports, { now: () => NOW }));
  await rig.close();
  process.send?.('ended');
  process.disconnect();
}
