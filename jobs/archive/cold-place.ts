import { NotReadyError } from '../../src/errors.js';
import type { Segment } from '../../src/ports.js';
import type { ArchiveContext } from './needs.js';

/** Lies in every cold store: an empty one may be a disk that is not mounted. */
const MARK = 'camqueue-cold-storage.json';
const RETRY_MS = 60_000;

/** Where the copy of a recording is, in the cold store. */
export function keyOf({ path }: Pick<Segment, 'path'>): string {
  return `recordings/${path}`;
}

/** Whether the cold store is the one that recordings were moved to. @throws NotReadyError when it cannot be reached */
export async function isColdThere({ ports }: Pick<ArchiveContext, 'ports'>): Promise<boolean> {
  return (await ports.cold.store.stat(MARK)) !== undefined;
}

/**
 * Makes sure that the cold store is there, and the one that recordings were moved to; marks a new one.
 * @throws NotReadyError when it is not
 */
export async function openCold(ctx: ArchiveContext, isDryRun: boolean): Promise<void> {
  const { cold, recordings } = ctx.ports;
  if (await isColdThere(ctx)) return;
  if ((await recordings.sums()).some(({ tier }) => tier === 'cold'))
    throw new NotReadyError(
      `cold storage ${cold.store.place} does not hold what was moved there: is it the right one, and mounted?`,
      RETRY_MS,
    );
  if (isDryRun) return;
  const mark = JSON.stringify({ what: 'cold storage of Camqueue', since: new Date(ctx.now()).toISOString() });
  await cold.store.put(MARK, new TextEncoder().encode(`${mark}\n`), { signal: ctx.signal });
}
