import type { Dirent } from 'node:fs';
import { readdir, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectStat } from '../../ports/storage.js';
import { codeOf } from './folder-errors.js';
import { TEMPORARY } from './folder-write.js';
import { isKey } from './keys.js';
import { within } from './within.js';

/**
 * Files below a folder in the order of their keys; only the names of one folder at a time (and of those above it) are in
 * memory. Hidden files, links, and what no key can name are not listed.
 * @param folder absolute
 * @param prefix of their keys: `''`, or with a slash at its end
 */
export async function* listFolder(
  folder: string,
  prefix: string,
  place: string,
  signal?: AbortSignal,
): AsyncGenerator<ObjectStat> {
  for (const entry of await entriesOf(folder, place, signal)) {
    signal?.throwIfAborted();
    const key = prefix + entry.name;
    const path = join(folder, entry.name);
    if (!isKey(key)) continue;
    if (entry.isDirectory()) yield* listFolder(path, `${key}/`, place, signal);
    else if (entry.isFile()) {
      const found = await within(stat(path), place, signal).catch(noneWhenMissing);
      if (found) yield { key, bytes: found.size, changedAt: Math.floor(found.mtimeMs) };
    }
  }
}

/**
 * Depth first; a folder that became empty goes too. Files a killed process left under a temporary name count as old.
 * @param only `unfinished`: those alone
 * @returns how many went; of files under a temporary name only where they alone were meant
 */
export async function removeOld(
  folder: string,
  {
    before,
    only,
    place,
    signal,
  }: { before: number; only?: 'unfinished'; place: string; signal: AbortSignal },
): Promise<number> {
  let removed = 0;
  for (const entry of await entriesOf(folder, place, signal)) {
    if (signal.aborted) break;
    const path = join(folder, entry.name);
    const isUnfinished = TEMPORARY.test(entry.name);
    if (entry.isDirectory()) {
      removed += await removeOld(path, { before, place, signal, ...(only && { only }) });
      // Fails when something is in it, also when something came just now: then it stays.
      if (only === undefined) await within(rmdir(path), place).catch(() => undefined);
    } else if (isUnfinished || (only === undefined && !entry.name.startsWith('.'))) {
      if (!(await isOlder(path, before, place))) continue;
      await within(rm(path, { force: true }), place);
      if (isUnfinished === (only !== undefined)) removed += 1;
    }
  }
  return removed;
}

/** Sorted so that walking them gives keys in ascending order: a folder sorts with the slash that follows it. */
async function entriesOf(folder: string, place: string, signal?: AbortSignal): Promise<Dirent[]> {
  const found = await within(readdir(folder, { withFileTypes: true }), place, signal).catch(noneWhenMissing);
  const named = (found ?? []).map((entry) => ({
    entry,
    order: entry.isDirectory() ? `${entry.name}/` : entry.name,
  }));
  return named.sort((a, b) => (a.order < b.order ? -1 : 1)).map(({ entry }) => entry);
}

async function isOlder(path: string, before: number, place: string): Promise<boolean> {
  const found = await within(stat(path), place).catch(noneWhenMissing);
  return found !== undefined && found.mtimeMs < before;
}

function noneWhenMissing(error: unknown): undefined {
  if (codeOf(error) === 'ENOENT') return undefined;
  throw error;
}
