import { realpathSync } from 'node:fs';
import { type FileHandle, open, rm, stat, statfs } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import type { ObjectStat, ObjectStore } from '../../ports/storage.js';
import { checkStore } from './check-store.js';
import { codeOf, explainDisk, explainReading } from './folder-errors.js';
import { listFolder, removeOld } from './folder-list.js';
import { leadsOut, openFolderRoot } from './folder-root.js';
import { writeCopy, writeStream } from './folder-write.js';
import { hashFile } from './hash-file.js';
import { folderPrefix, removableFolder, safeKey } from './keys.js';
import { within } from './within.js';

/**
 * Files in a folder, which is made with the first of them. One appears whole or not at all: it is written beside its place
 * under a hidden name, waited for (unless `durable` is false), and renamed.
 */
export function createFolderStore(folder: string): ObjectStore {
  const dir = resolve(folder);
  const root = openFolderRoot(dir);

  const opened = async (key: string, signal?: AbortSignal): Promise<FileHandle | undefined> => {
    const path = await root.find(safeKey(key));
    const handle = path === undefined ? undefined : await openFile(path, key, dir, signal);
    if (!handle || (await handle.stat()).isFile()) return handle;
    await handle.close();
    return undefined;
  };

  const store: ObjectStore = {
    place: dir,
    put: async (key, source, options = {}) => writeStream({ dir, root, key: safeKey(key), options }, source),
    putFile: async (key, path, options = {}) => {
      const { size } = await within(stat(path), path, options.signal);
      return writeCopy({ dir, root, key: safeKey(key), options: { bytes: size, ...options } }, path, size);
    },
    read: async (key, { from = 0, to = Infinity, signal } = {}) => {
      const handle = await opened(key, signal);
      if (!handle || to > from)
        return handle?.createReadStream({ start: from, end: to - 1, ...(signal && { signal }) });
      await handle.close();
      return Readable.from([]);
    },
    stat: async (key) => {
      const path = await root.find(safeKey(key));
      return path === undefined ? undefined : statOf(path, key, dir);
    },
    sha256: async (key, signal) => {
      const handle = await opened(key, signal);
      if (!handle) return undefined;
      try {
        return await hashFile(handle, dir, signal);
      } catch (error) {
        throw explainReading(error, key, dir);
      } finally {
        await handle.close();
      }
    },
    remove: async (key) => {
      const path = await root.find(safeKey(key));
      if (path === undefined || (await statOf(path, key, dir)) === undefined) return false;
      try {
        await within(rm(path), dir);
        return true;
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return false;
        throw explainDisk(error, key, dir);
      }
    },
    list: (folder, signal) => listed(folderPrefix(folder), signal),
    removeBefore: async (folder, before, signal) => removed(removableFolder(folder), { before, signal }),
    removeUnfinished: async (folder, before, signal) =>
      removed(folder === '' ? '' : safeKey(folder), { before, signal, only: 'unfinished' }),
    localPath: (key) => localPath(dir, safeKey(key)),
    link: async (key) => void safeKey(key),
    space: async () => {
      const { bavail, blocks, bsize } = await within(statfs(dir), dir);
      return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
    },
    check: (signal) => checkStore(store, signal),
    close: async () => undefined,
  };
  return store;

  async function* listed(prefix: string, signal?: AbortSignal): AsyncGenerator<ObjectStat> {
    const path = await root.find(prefix);
    if (path !== undefined) yield* listFolder(path, prefix, dir, signal);
  }

  async function removed(
    folder: string,
    options: { before: number; signal: AbortSignal; only?: 'unfinished' },
  ): Promise<number> {
    const path = await root.find(folder);
    return path === undefined ? 0 : removeOld(path, { ...options, place: dir });
  }
}

async function openFile(
  path: string,
  key: string,
  dir: string,
  signal?: AbortSignal,
): Promise<FileHandle | undefined> {
  try {
    return await within(open(path, 'r'), dir, signal);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw explainReading(error, key, dir);
  }
}

async function statOf(path: string, key: string, dir: string): Promise<ObjectStat | undefined> {
  try {
    const found = await within(stat(path), dir);
    return found.isFile() ? { key, bytes: found.size, changedAt: Math.floor(found.mtimeMs) } : undefined;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw explainReading(error, key, dir);
  }
}

/** @throws PermanentError when links lead out of the folder */
function localPath(dir: string, key: string): string {
  const path = join(dir, key);
  let real: string;
  try {
    real = realpathSync.native(path);
  } catch (error) {
    // It is not there; whoever opens it hears so.
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return path;
    throw explainReading(error, key, dir);
  }
  if (real.startsWith(`${realpathSync.native(dir)}/`)) return real;
  throw leadsOut(key, dir);
}
