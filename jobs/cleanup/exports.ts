import { removeExportFiles } from '../../src/domain/export/remove-export-files.js';
import type { JobContext } from '../define.js';

const STEP = 100;
/** A working folder that nothing was written to for longer belongs to no export that is being made, ms. */
const ABANDONED_MS = 86_400_000;

/**
 * Removes the files of exports whose time is over, then what failed and was cancelled long ago. Files first: stopped between,
 * the row is still due.
 * @param keepRowsBefore rows of exports that are over are forgotten when they ended before, epoch ms
 * @returns how many exports lost their files
 */
export async function removeExpiredExports(
  ctx: JobContext<'exports' | 'storage' | 'evidence' | 'clips'>,
  keepRowsBefore: number,
): Promise<number> {
  const { exports, storage, evidence, clips } = ctx.ports;
  let count = 0;
  for (;;) {
    const due = await exports.due(ctx.now(), STEP);
    for (const one of due) {
      if (ctx.signal.aborted) return count;
      if (one.result?.evidence) await evidence.removeFiles(one.result.evidence.id, ctx.signal);
      await removeExportFiles(storage, one);
      await exports.expired(one.id);
      count += 1;
    }
    if (due.length < STEP) break;
  }
  await exports.removeBefore(keepRowsBefore);
  await clips.removeBefore(ctx.now() - ABANDONED_MS);
  return count;
}
