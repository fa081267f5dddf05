import { messageOf } from '../../src/errors.js';
import type { Segment } from '../../src/ports.js';
import { markDamaged } from './damaged.js';
import { removeOriginal } from './move-one.js';
import { PAGE, type Work } from './needs.js';

/**
 * First the file, then its row: after a crash between the two the row is found again, a file without a row would stay.
 * A hold that came meanwhile is heeded.
 */
export async function deleteHot(work: Work, segment: Segment): Promise<void> {
  const { recordings, recordingFiles } = work.ctx.ports;
  if (!(await mayGo(work, segment, 'hot'))) return;
  if (!(await removeOriginal(work, segment, () => recordingFiles.remove(segment.path)))) return;
  await recordings.remove(segment.id);
  await work.ledger.did(segment, { kind: 'deleted', tier: 'hot' });
}

/** As `deleteHot`, of a copy in the cold store. @throws what is wrong with the cold store */
export async function deleteCold(work: Work, segment: Segment): Promise<void> {
  const { ctx, ledger, isDryRun } = work;
  const { recordings, cold } = ctx.ports;
  ctx.signal.throwIfAborted();
  if (!(await mayGo(work, segment, 'cold'))) return;
  if (!isDryRun) {
    if (segment.cold) await cold.store.remove(segment.cold.key);
    await recordings.remove(segment.id);
  }
  await ledger.did(segment, { kind: 'deleted', tier: 'cold' });
}

async function mayGo({ ctx, ledger }: Work, { id }: Segment, tier: Segment['tier']): Promise<boolean> {
  const row = await ctx.ports.recordings.get(id);
  if (row?.tier !== tier) return false;
  if (row.isProtected) await ledger.did(row, { kind: 'protected' });
  return !row.isProtected;
}

/**
 * Removes files that lie in the recordings folder although a copy in the cold store counts: originals of moved recordings,
 * restored ones whose time is over, and what a crash left of restoring.
 * @throws what is wrong with the cold store
 */
export async function settleLeftovers(work: Work, before: number): Promise<void> {
  const { recordings, recordingFiles } = work.ctx.ports;
  const refused = new Set<string>();
  for (;;) {
    const limit = PAGE + refused.size;
    const page = await recordings.leftovers({ node: recordingFiles.node, before, limit });
    const fresh = page.filter(({ id }) => !refused.has(id));
    if (fresh.length === 0) return;
    for (const segment of fresh) if (!(await settle(work, segment, before))) refused.add(segment.id);
  }
}

async function settle(work: Work, segment: Segment, before: number): Promise<boolean> {
  const { ctx, ledger } = work;
  const { recordings, recordingFiles, cold } = ctx.ports;
  ctx.signal.throwIfAborted();
  if (segment.tier === 'hot' && segment.cold) {
    // The last time that this file could help.
    const copy = await cold.store.sha256(segment.cold.key, ctx.signal);
    if (copy?.sha256 !== segment.cold.sha256) {
      await ledger.failed(
        segment,
        'verify',
        'its copy in cold storage is bad or gone: the restored file stays',
      );
      await putBack(work, segment);
      return false;
    }
  }
  if (!(await recordings.endRestore(segment.id, before))) return false;
  if (!(await removeOriginal(work, segment, () => recordingFiles.remove(segment.path)))) return false;
  await recordings.settled([segment.id]);
  return true;
}

/** What is bad in the cold store and good here is copied there once more. */
export async function putBack(work: Work, segment: Segment): Promise<void> {
  const { ctx, ledger } = work;
  const { cold, recordingFiles } = ctx.ports;
  if (!segment.cold) return;
  const { key, sha256 } = segment.cold;
  const here = await recordingFiles.sha256(segment.path);
  if (here?.sha256 !== sha256) return markDamaged(work, segment, 'cold', 'its copy is bad or gone');
  try {
    await cold.store.putFile(key, recordingFiles.localPath(segment.path), { sha256, signal: ctx.signal });
  } catch (error) {
    ctx.signal.throwIfAborted();
    await ledger.failed(segment, 'copy', messageOf(error));
  }
}
