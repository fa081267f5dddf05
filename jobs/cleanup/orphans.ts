import { exportOfKey } from '../../src/domain/export/export-keys.js';
import type { JobContext } from '../define.js';

/** What was written just now may get its row in a moment; a long export keeps its files for hours before, ms. */
const YOUNG_MS = 86_400_000;

/**
 * Removes files of exports that no row tells of, or whose row says that there are none: what a crash left between the two.
 * @returns how many files went
 */
export async function removeOrphans(ctx: JobContext<'exports' | 'storage'>): Promise<number> {
  const { exports, storage } = ctx.ports;
  const orphans: string[] = [];
  let known: { readonly id: string; readonly isKept: boolean } | undefined;
  for await (const { key, changedAt } of storage.list('exports', ctx.signal)) {
    const id = exportOfKey(key);
    if (id === undefined || ctx.now() - changedAt < YOUNG_MS) continue;
    if (known?.id !== id) {
      const state = (await exports.get(id))?.state;
      known = { id, isKept: state === 'waiting' || state === 'running' || state === 'done' };
    }
    if (!known.isKept) orphans.push(key);
  }
  for (const key of orphans) await storage.remove(key);
  return orphans.length;
}

/** Removes what killed processes began to write and never ended. @returns how many went */
export async function removeUnfinished(ctx: JobContext<'storage' | 'cold'>): Promise<number> {
  const { storage, cold } = ctx.ports;
  let count = 0;
  for (const store of [storage, cold.store])
    if (store.off === undefined) count += await store.removeUnfinished('', ctx.now() - YOUNG_MS, ctx.signal);
  return count;
}
