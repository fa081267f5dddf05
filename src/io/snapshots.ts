import { readFile } from 'node:fs/promises';
import type { SnapshotStore } from '../ports.js';
import type { ObjectStore } from '../ports/storage.js';
import { codeOf } from './storage/folder-errors.js';
import { createFolderStore } from './storage/folder-store.js';
import { folderPrefix, safeKey } from './storage/keys.js';

/** Where pictures lie in the storage, beside exports and evidence. */
const FOLDER = 'snapshots';

/** Pictures in a folder of their own. */
export function createSnapshotStore(dir: string): SnapshotStore {
  return snapshotsIn(createFolderStore(dir), '');
}

/**
 * Pictures in a storage. A picture appears whole or not at all. A folder does not wait for the disk, since a killed
 * process loses nothing the kernel has taken, and waiting would cost each picture what it costs to analyse one; after a
 * power cut the last ones may be missing or empty, and count as missing.
 * @param folder of their keys in the storage; `''`: they have it to themselves
 */
export function snapshotsIn(storage: ObjectStore, folder = FOLDER): SnapshotStore {
  const at = (key: string): string => folderPrefix(folder) + safeKey(key);
  return {
    put: async (key, bytes) => {
      await storage.put(at(key), bytes, { durable: false });
    },
    get: async (key) => {
      const path = storage.localPath(at(key));
      const bytes = path === undefined ? await readAll(storage, at(key)) : await readWhole(path);
      return bytes.length > 0 ? bytes : undefined;
    },
    removeBefore: async (below, before, signal) => storage.removeBefore(at(below), before, signal),
  };
}

async function readAll(storage: ObjectStore, key: string): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of (await storage.read(key)) ?? []) pieces.push(piece as Uint8Array);
  return Buffer.concat(pieces);
}

/** Five times as cheap as a stream, for a picture. */
async function readWhole(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(codeOf(error))) return Buffer.alloc(0);
    throw error;
  }
}
