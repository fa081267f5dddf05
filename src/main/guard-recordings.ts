import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { alert } from '../../jobs/alert/job.js';
import { SYSTEM } from '../domain/ids.js';
import type { RecordingFiles } from '../ports.js';
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
  const tell = async (phase: 'begin' | 'end', state: DiskState): Promise<void> => {
    await producer.enqueue(alert, diskAlert(phase, await placeOf(world, files), state, Date.now()));
  };
  const guarding = startDiskGuard({
    ...{ files, index, audit, log, signal: stopping.signal },
    cameras: () => cameras.all(),
    retention: () => cameras.retention,
    minFreeBytes: config.DISK_MIN_FREE_MB * MB,
    lockPath: join(config.DATA_DIR, 'disk-guard.lock'),
    onGap: (gap) => gaps.begin(gap),
    onLow: (state) => tell('begin', state),
    onRecovered: (state) => tell('end', state),
  });
  return {
    async stop() {
      stopping.abort();
      await guarding;
    },
  };
}

interface Place {
  /** Of the recordings folder. */
  readonly node: string;
  /** As the health check names it: where data and recordings share a disk it is one. */
  readonly disk: 'data' | 'recordings';
}

async function placeOf({ config }: Pick<World, 'config'>, { node }: RecordingFiles): Promise<Place> {
  const [data, recordings] = await Promise.all([stat(config.DATA_DIR), stat(config.RECORDINGS_DIR)]);
  return { node, disk: data.dev === recordings.dev ? 'data' : 'recordings' };
}

/**
 * The same kind as the health check's (see src/domain/health/alert-rules.ts), so that people hear of one full disk once;
 * but this one is sooner, and also tells of a disk that is full and has room again between two checks. Repeated within
 * the hour it is one.
 * @param phase end: it has room again
 */
export function diskAlert(
  phase: 'begin' | 'end',
  { node, disk }: Place,
  { freeBytes, minFreeBytes }: DiskState,
  now: number,
): z.input<(typeof alert)['payload']> {
  const about = { cameraId: SYSTEM, kind: `disk-low-${disk}`, at: now, phase };
  return phase === 'begin'
    ? {
        ...{ ...about, id: alertId('disk-low', node, now), severity: 'critical' },
        summary: `the disk of the recordings on ${node} has ${mb(freeBytes)} MB free, the least is ${mb(minFreeBytes)} MB: the oldest unprotected recordings are removed`,
      }
    : {
        ...{ ...about, id: alertId('recovered-disk', node, now), severity: 'info' },
        summary: `the disk of the recordings on ${node} has room again: ${mb(freeBytes)} MB free`,
      };
}

function alertId(what: string, node: string, now: number): string {
  return `${what}-${node.replaceAll(/[^A-Za-z0-9_.-]/g, '-').slice(0, 100)}-${Math.floor(now / HOUR_MS)}`;
}

function mb(bytes: number): number {
  return Math.floor(bytes / MB);
}
