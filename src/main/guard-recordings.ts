import { join } from 'node:path';
import { alert } from '../../jobs/alert/job.js';
import { SYSTEM } from '../domain/ids.js';
import type { RecordingFiles } from '../ports.js';
import type { Producer } from '../../queues/types.js';
import { startDiskGuard, type DiskState } from './disk-guard.js';
import type { World } from './world.js';

const MB = 1024 ** 2;
const HOUR_MS = 3_600_000;

/** Starts the disk guard of this machine with what it needs; of several processes one guards. Call `stop` at the end. */
export async function guardRecordings(
  world: World,
  files: RecordingFiles,
): Promise<{ stop(): Promise<void> }> {
  const { config, log } = world;
  const { cameras, audit } = await world.ports(['cameras', 'audit']);
  const [index, gaps] = [await world.recordings(), await world.gaps()];
  const producer = world.producer();
  const stopping = new AbortController();
  const guarding = startDiskGuard({
    ...{ files, index, audit, log, signal: stopping.signal },
    cameras: () => cameras.all(),
    minFreeBytes: config.DISK_MIN_FREE_MB * MB,
    lockPath: join(config.DATA_DIR, 'disk-guard.lock'),
    onGap: (gap) => gaps.begin(gap),
    onLow: (state) => tellLow(producer, files.node, state, Date.now()),
    onRecovered: () => undefined,
  });
  return {
    async stop() {
      stopping.abort();
      await guarding;
    },
  };
}

/** The same kind as the health check's, so that people hear of one full disk once. Repeated within the hour it is one. */
async function tellLow(
  producer: Pick<Producer, 'enqueue'>,
  node: string,
  { freeBytes, minFreeBytes }: DiskState,
  now: number,
): Promise<void> {
  const name = node.replaceAll(/[^A-Za-z0-9_.-]/g, '-').slice(0, 100);
  const mb = (bytes: number): number => Math.floor(bytes / MB);
  await producer.enqueue(alert, {
    ...{ id: `disk-low-${name}-${Math.floor(now / HOUR_MS)}`, cameraId: SYSTEM, at: now },
    ...{ kind: 'disk-low', severity: 'critical' },
    summary: `the disk of the recordings on ${name} has ${mb(freeBytes)} MB free, the least is ${mb(minFreeBytes)} MB: the oldest unprotected recordings are removed`,
  });
}
