import { fileOf } from '../../src/domain/archive/file-of.js';
import { messageOf } from '../../src/errors.js';
import type { Segment } from '../../src/ports.js';
import { keyOf, openCold } from './cold-place.js';
import { markDamaged, vanished } from './damaged.js';
import { openLedger } from './ledger.js';
import { type ArchiveContext, PAGE, type Work } from './needs.js';
import { putBack } from './remove.js';
import { closeRun, type RunEnd, troubleOf } from './run-end.js';

/**
 * Compares recordings with their hashes, those longest not looked at first: the ones on this machine, and those in the cold
 * store. What is damaged is marked and told, once.
 * @param payload.maxBytes looked at in one run
 */
export async function scrub(
  ctx: ArchiveContext,
  payload: { readonly at: number; readonly maxBytes: number },
  options: { readonly id: string },
): Promise<RunEnd> {
  const ledger = await openLedger(ctx, { id: options.id, action: 'scrub', isDryRun: false });
  const work: Work = { ctx, ledger, isDryRun: false };
  return closeRun(work, await troubleOf(ctx, () => scrubAll(work, payload)));
}

async function scrubAll(work: Work, { at, maxBytes }: { at: number; maxBytes: number }): Promise<void> {
  const { ctx, ledger } = work;
  const { recordings, recordingFiles, cold } = ctx.ports;
  const isColdToo = cold.store.off === undefined;
  // While it is away, what is here is looked at all the same.
  const trouble = isColdToo ? await troubleOf(ctx, () => openCold(ctx, true)) : undefined;
  // Also what was looked at before a crash.
  while (ledger.report.checked.bytes < maxBytes) {
    const page = await recordings.unchecked({
      ...{ node: recordingFiles.node, before: at, limit: PAGE },
      isColdToo: isColdToo && trouble === undefined,
    });
    if (page.length === 0) break;
    for (const segment of page) {
      ctx.signal.throwIfAborted();
      if (ledger.report.checked.bytes >= maxBytes) break;
      // By another clock than that of whoever asked for it, it would be looked at again and again.
      await look(work, segment, {
        now: Math.max(at, ctx.now()),
        isColdToo: isColdToo && trouble === undefined,
      });
      await ctx.progress(Math.min(1, ledger.report.checked.bytes / maxBytes));
    }
  }
  if (trouble !== undefined) throw trouble;
}

async function look(
  work: Work,
  segment: Segment,
  { now, isColdToo }: { now: number; isColdToo: boolean },
): Promise<void> {
  const { ctx, ledger } = work;
  const { recordings, recordingFiles, cold } = ctx.ports;
  const expected = fileOf(segment);
  const where = segment.tier === 'cold' ? 'cold' : 'recordings';
  let found: { readonly sha256: string } | undefined;
  try {
    found =
      where === 'cold'
        ? await cold.store.sha256(segment.cold?.key ?? keyOf(segment), ctx.signal)
        : await recordingFiles.sha256(segment.path);
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (where === 'cold' || !isUnreadable(error)) throw error;
    return markDamaged(work, segment, where, `its file cannot be read: ${messageOf(error)}`);
  }
  if (found?.sha256 === expected.sha256) {
    if (segment.tier === 'hot' && segment.cold && isColdToo && !(await isCopyGood(work, segment))) return;
    await recordings.checked(segment.id, now);
    await ledger.did({ ...segment, bytes: expected.bytes }, { kind: 'checked' });
  } else await bad(work, segment, found !== undefined);
}

/** Of a restored one: its copy in the cold store is what stays. @returns `false`: neither is good any more */
async function isCopyGood(work: Work, segment: Segment): Promise<boolean> {
  const { ctx, ledger } = work;
  const copy = segment.cold;
  if (!copy || (await ctx.ports.cold.store.sha256(copy.key, ctx.signal))?.sha256 === copy.sha256) return true;
  await ledger.failed(segment, 'check', 'its copy in cold storage was bad or gone; it is made again');
  await putBack(work, segment);
  return (await ctx.ports.recordings.get(segment.id))?.damagedAt === undefined;
}

async function bad(work: Work, listed: Segment, isThere: boolean): Promise<void> {
  const { recordings, recordingFiles } = work.ctx.ports;
  // It may have been moved or removed since the list was read.
  const segment = await recordings.get(listed.id);
  if (!segment || segment.tier !== listed.tier) return;
  if (segment.tier === 'cold')
    await markDamaged(
      work,
      segment,
      'cold',
      isThere ? 'the bytes of its copy have changed' : 'its copy is gone',
    );
  else if (segment.cold) {
    // A restored one: what is good is in the cold store, and looked at there.
    await work.ledger.failed(
      segment,
      'check',
      'the restored file is bad or gone; it is read in cold storage again',
    );
    await recordings.endRestore(segment.id);
    await recordingFiles.remove(segment.path);
    await recordings.settled([segment.id]);
  } else if (isThere) await markDamaged(work, segment, 'recordings', 'its bytes are not what was recorded');
  else await vanished(work, segment, keyOf(segment));
}

/** A bad spot of the disk, by shape: errors of node's internals are not always instances of this file's Error. */
function isUnreadable(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'EIO';
}
