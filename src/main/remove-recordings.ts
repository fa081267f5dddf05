import { keeper, longestKept } from '../domain/archive/keep.js';
import type { Segment } from '../ports.js';
import type { DiskGuardOptions } from './disk-guard.js';

/** Rows asked for at a time. */
const STEP = 50;

type Removal = Pick<
  DiskGuardOptions,
  'files' | 'index' | 'cameras' | 'retention' | 'log' | 'audit' | 'signal' | 'now'
>;

/**
 * Removes the oldest unprotected recordings of this machine, of whatever camera, until so many bytes are gone; those first
 * that were restored from the cold store, where they stay. The free space itself is no measure while removing: some file
 * systems give it back later.
 * @returns how many bytes went.
 */
export async function makeRoom(removal: Removal, wantedBytes: number): Promise<number> {
  const freedBytes = await removeOldest(removal, wantedBytes, true);
  return freedBytes + (await removeOldest(removal, wantedBytes - freedBytes, false));
}

async function removeOldest(removal: Removal, wantedBytes: number, isRestored: boolean): Promise<number> {
  const { files, index, signal } = removal;
  let freedBytes = 0;
  const gone: Segment[] = [];
  while (freedBytes < wantedBytes && !signal.aborted) {
    const oldest = await index.removable({ node: files.node, isRestored, limit: STEP });
    const before = gone.length;
    for (const segment of oldest) {
      if (freedBytes >= wantedBytes || signal.aborted) break;
      const removed = await (isRestored ? giveBack(removal, segment) : remove(removal, segment));
      if (removed === 'refused') continue;
      if (removed === 'removed') freedBytes += segment.cold?.bytes ?? segment.bytes;
      gone.push(segment);
    }
    if (gone.length === before) break;
  }
  await tell(
    removal,
    gone,
    isRestored ? 'the disk ran full; they were restored, and are in cold storage' : 'the disk ran full',
  );
  return freedBytes;
}

/**
 * Removes what is older than it is kept: by the first rule of `retention` that fits, else by its camera. What is to be
 * moved to cold storage goes when both its times are over: until then moving is tried again. Of cameras that are no more,
 * what is older than any would be kept. Restored recordings are the archive's.
 */
export async function endRetention(removal: Removal): Promise<void> {
  const { cameras, retention, now = Date.now } = removal;
  // Whether there is a cold store makes no difference: without one, both times are spent here.
  const policy = { rules: retention?.() ?? [], cameras: cameras(), hasCold: true };
  const keepOf = keeper(policy);
  for (const { id: cameraId } of policy.cameras)
    for (const why of ['always', 'motion'] as const) {
      const { hotMs, coldMs } = keepOf({ cameraId, why });
      await removeBefore(removal, { cameraId, why, before: now() - hotMs - coldMs });
    }
  await removeBefore(removal, { before: now() - longestKept(policy) });
}

async function removeBefore(
  removal: Removal,
  filter: { cameraId?: string; why?: Segment['why']; before: number },
): Promise<void> {
  const { files, index, signal } = removal;
  for (;;) {
    const gone: Segment[] = [];
    for (const segment of await index.removable({
      ...{ node: files.node, limit: STEP, isRestored: false },
      ...filter,
    })) {
      if (signal.aborted) break;
      if ((await remove(removal, segment)) !== 'refused') gone.push(segment);
    }
    await tell(removal, gone, 'they were older than they are kept');
    if (gone.length === 0) return;
  }
}

/**
 * First the file, then its row: after a crash between the two the row is still among the oldest and goes at the next
 * look, whereas a file without a row would stay for ever. Whoever reads the row in the moment between finds no file,
 * which can happen right after reading it too.
 * @returns `refused`: the disk does not let it go; the others may.
 */
async function remove(removal: Removal, segment: Segment): Promise<'removed' | 'missing' | 'refused'> {
  const removed = await removeFile(removal, segment);
  if (removed === 'refused') return removed;
  await removal.index.remove(segment.id);
  removal.log.info({ path: segment.path, bytes: segment.bytes }, 'a recording is removed');
  return removed;
}

/** First the row says that the copy in the cold store counts, then the file goes. */
async function giveBack(removal: Removal, segment: Segment): Promise<'removed' | 'missing' | 'refused'> {
  const { index, log } = removal;
  if (!(await index.endRestore(segment.id))) return 'refused';
  const removed = await removeFile(removal, segment);
  if (removed === 'refused') return removed;
  await index.settled([segment.id]);
  log.info({ path: segment.path }, 'a restored recording is in cold storage only again');
  return removed;
}

async function removeFile(
  { files, log }: Removal,
  { path }: Segment,
): Promise<'removed' | 'missing' | 'refused'> {
  try {
    return (await files.remove(path)) ? 'removed' : 'missing';
  } catch (error) {
    log.error({ err: error, path }, 'a recording cannot be removed; it is tried again');
    return 'refused';
  }
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
