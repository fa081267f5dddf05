import type { z } from 'zod';
import { DAY_MS } from '../../src/domain/archive/keep.js';
import { messageOf, PermanentError } from '../../src/errors.js';
import type { Segment } from '../../src/ports.js';
import { openCold } from './cold-place.js';
import { markDamaged } from './damaged.js';
import type { archive } from './job.js';
import { openLedger } from './ledger.js';
import { type ArchiveContext, PAGE, type Work } from './needs.js';
import { closeRun, type RunEnd, troubleOf } from './run-end.js';

export type Restore = Extract<z.output<(typeof archive)['payload']>, { action: 'restore' }>;

/** Recordings of a stretch that are in the cold store, oldest first. */
export async function coldOf(
  { ports }: Pick<ArchiveContext, 'ports'>,
  { cameraId, from, to }: Pick<Restore, 'cameraId' | 'from' | 'to'>,
): Promise<Segment[]> {
  const found = new Map<string, Segment>();
  for (let since = from; ;) {
    const page = await ports.recordings.list({ cameraId, from: since, to, limit: PAGE });
    for (const segment of page) if (segment.cold) found.set(segment.id, segment);
    const last = page.at(-1);
    if (page.length < PAGE || !last || last.startAt + 1 >= to) return [...found.values()];
    since = last.startAt + 1;
  }
}

/**
 * Brings the recordings of a stretch back to this machine for a while, each verified. Those that are there already stay
 * longer. When their time is over the next run takes them back, without copying.
 * @returns `undefined`: there are none here
 * @throws PermanentError when there is no room for all of them
 */
export async function restore(
  ctx: ArchiveContext,
  payload: Restore,
  options: { readonly id: string },
): Promise<RunEnd | undefined> {
  const { node } = ctx.ports.recordingFiles;
  const wanted = (await coldOf(ctx, payload)).filter((segment) => segment.node === node);
  if (wanted.length === 0) return undefined;
  const absent = wanted.filter(({ tier }) => tier === 'cold');
  await checkRoom(ctx, absent);
  const ledger = await openLedger(ctx, { id: options.id, action: 'restore', isDryRun: false });
  const work: Work = { ctx, ledger, isDryRun: false };
  const until = ctx.now() + payload.keepDays * DAY_MS;
  for (const segment of wanted)
    if (segment.tier === 'hot') await ctx.ports.recordings.restoring(segment.id, until);
  const trouble = await troubleOf(ctx, async () => {
    await openCold(ctx, false);
    for (const [i, segment] of absent.entries()) {
      ctx.signal.throwIfAborted();
      await bringBack(work, segment, until);
      await ctx.progress((i + 1) / absent.length);
    }
  });
  return closeRun(work, trouble);
}

async function checkRoom({ ports }: ArchiveContext, absent: readonly Segment[]): Promise<void> {
  const { cold, recordingFiles } = ports;
  const needed = absent.reduce((sum, segment) => sum + (segment.cold?.bytes ?? 0), 0);
  const { freeBytes } = await recordingFiles.space();
  const usable = Math.max(0, freeBytes - cold.minFreeBytes);
  if (needed > usable)
    throw new PermanentError(
      `restoring ${absent.length} recordings takes ${mb(needed)} MB, and the disk of ${recordingFiles.node} has ${mb(usable)} MB to spare: restore a shorter time, or free the disk`,
    );
}

async function bringBack(work: Work, segment: Segment, until: number): Promise<void> {
  const { ctx, ledger } = work;
  const { recordings, recordingFiles, cold } = ctx.ports;
  const { signal } = ctx;
  const copy = segment.cold;
  if (!copy) return;
  // First: what a crash leaves in the folder is found by it.
  if (!(await recordings.restoring(segment.id, until))) return;
  const giveUp = async (): Promise<void> => {
    await recordings.endRestore(segment.id);
    await recordingFiles.remove(segment.path);
    await recordings.settled([segment.id]);
  };
  try {
    const stream = await cold.store.read(copy.key, { signal });
    if (!stream) {
      await markDamaged(work, segment, 'cold', 'its copy is gone');
      return await giveUp();
    }
    await recordingFiles.receive(segment.path, stream, { ...copy, signal });
  } catch (error) {
    await giveUp().catch(() => undefined);
    signal.throwIfAborted();
    if (!(error instanceof PermanentError)) throw error;
    await ledger.failed(segment, 'restore', messageOf(error));
    const there = await cold.store.sha256(copy.key, signal);
    if (there?.sha256 !== copy.sha256)
      await markDamaged(work, segment, 'cold', 'the bytes of its copy have changed');
    return;
  }
  if (await recordings.restored(segment.id)) await ledger.did(segment, { kind: 'restored' });
}

function mb(bytes: number): string {
  return (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);
}
