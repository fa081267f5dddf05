import { Camera } from '../domain/camera.js';
import type { Segment } from '../ports.js';
import type { DiskGuardOptions } from './disk-guard.js';

const DAY_MS = 86_400_000;
/** Rows asked for at a time. */
const STEP = 50;

type Removal = Pick<DiskGuardOptions, 'files' | 'index' | 'cameras' | 'log' | 'audit' | 'signal' | 'now'>;

/**
 * Removes the oldest unprotected recordings of this machine, of whatever camera, until so many bytes are gone. The free
 * space itself is no measure while removing: some file systems give it back later.
 * @returns how many bytes went.
 */
export async function makeRoom(removal: Removal, wantedBytes: number): Promise<number> {
  const { files, index, signal } = removal;
  let freedBytes = 0;
  const gone: Segment[] = [];
  while (freedBytes < wantedBytes && !signal.aborted) {
    const oldest = await index.removable({ node: files.node, limit: STEP });
    const before = gone.length;
    for (const segment of oldest) {
      if (freedBytes >= wantedBytes || signal.aborted) break;
      const removed = await remove(removal, segment);
      if (removed === 'refused') continue;
      if (removed === 'removed') freedBytes += segment.bytes;
      gone.push(segment);
    }
    if (gone.length === before) break;
  }
  await tell(removal, gone, 'the disk ran full');
  return freedBytes;
}

/** Removes what is older than its camera keeps it; of cameras that are no more, what is older than any camera would. */
export async function endRetention(removal: Removal): Promise<void> {
  const { cameras, now = Date.now } = removal;
  const kept = cameras().map(({ id, record }) => ({
    cameraId: id,
    days: record?.retentionDays ?? DEFAULT_DAYS,
  }));
  for (const { cameraId, days } of kept) {
    await removeBefore(removal, { cameraId, before: now() - days * DAY_MS });
  }
  const longest = Math.max(DEFAULT_DAYS, ...kept.map(({ days }) => days));
  await removeBefore(removal, { before: now() - longest * DAY_MS });
}

const DEFAULT_DAYS = Camera.shape.record.unwrap().shape.retentionDays.parse(undefined);

async function removeBefore(removal: Removal, filter: { cameraId?: string; before: number }): Promise<void> {
  const { files, index, signal } = removal;
  for (;;) {
    const gone: Segment[] = [];
    for (const segment of await index.removable({ node: files.node, limit: STEP, ...filter })) {
      if (signal.aborted) break;
      if ((await remove(removal, segment)) !== 'refused') gone.push(segment);
    }
    await tell(removal, gone, 'they were older than the camera keeps them');
    if (gone.length === 0) return;
  }
}

/**
 * First the file, then its row: after a crash between the two the row is still among the oldest and goes at the next
 * look, whereas a file without a row would stay for ever. Whoever reads the row in the moment between finds no file,
 * which can happen right after reading it too.
 * @returns `refused`: the disk does not let it go; the others may.
 */
async function remove(
  { files, index, log }: Removal,
  { id, path, bytes }: Segment,
): Promise<'removed' | 'missing' | 'refused'> {
  let wasThere: boolean;
  try {
    wasThere = await files.remove(path);
  } catch (error) {
    log.error({ err: error, path }, 'a recording cannot be removed; it is tried again');
    return 'refused';
  }
  await index.remove(id);
  log.info({ path, bytes }, 'a recording is removed');
  return wasThere ? 'removed' : 'missing';
}

async function tell(
  { audit, files, now = Date.now }: Removal,
  gone: readonly Segment[],
  why: string,
): Promise<void> {
  const [first] = gone;
  if (!first) return;
  await audit?.append({
    at: now(),
    actor: 'disk-guard',
    action: 'recordings.remove',
    subject: files.node,
    detail: {
      ...{ why, count: gone.length, bytes: gone.reduce((sum, { bytes }) => sum + bytes, 0) },
      ...{ oldestAt: first.startAt, newestAt: Math.max(...gone.map(({ startAt }) => startAt)) },
      cameras: [...new Set(gone.map(({ cameraId }) => cameraId))],
    },
  });
}
