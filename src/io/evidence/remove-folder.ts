import { dirname } from 'node:path/posix';
import type { ObjectStore } from '../../ports/storage.js';
import type { Claimed } from './package-rows.js';

/** Removes the files of a package and its ZIP. @param isKept by path within the package */
export async function removeFolder(
  storage: ObjectStore,
  folder: string,
  signal: AbortSignal,
  isKept: (path: string) => boolean = () => false,
): Promise<void> {
  const keys: string[] = [];
  for await (const { key } of storage.list(folder, signal))
    if (!isKept(key.slice(folder.length + 1))) keys.push(key);
  for (const key of [...keys, `${folder}.zip`]) await storage.remove(key);
}

/** Removes what tries before this one left: each has a folder of its own. */
export async function removeEarlierTries(
  storage: ObjectStore,
  { folder, earlier }: Claimed,
  signal: AbortSignal,
): Promise<void> {
  if (earlier === undefined) return;
  const isOurs = (key: string): boolean => key.startsWith(`${folder}/`) || key === `${folder}.zip`;
  const keys: string[] = [];
  for await (const { key } of storage.list(dirname(folder), signal))
    if (key.startsWith(earlier) && !isOurs(key)) keys.push(key);
  for (const key of keys) await storage.remove(key);
}
