import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, type FileHandle, open, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { PutOptions, PutResult } from '../../ports/storage.js';
import { checkExpected } from './expected.js';
import { coded, explainDisk } from './folder-errors.js';
import type { FolderRoot } from './folder-root.js';
import { hashFile } from './hash-file.js';
import { pieces } from './pieces.js';
import { PATIENCE_MS, within } from './within.js';

/** Of files that are being written; what a crash leaves has such a name. */
export const TEMPORARY = /^\.[0-9a-f-]{36}\.tmp$/;
/** Slower than that a copy is taken for hanging. */
const LEAST_BYTES_PER_MS = 500;

interface Target {
  readonly dir: string;
  readonly root: FolderRoot;
  readonly key: string;
  readonly options: PutOptions;
}

/** Writes what is read; see `ObjectStore.put`. */
export async function writeStream(
  target: Target,
  source: Uint8Array | AsyncIterable<Uint8Array>,
): Promise<PutResult> {
  const { dir, options } = target;
  const { signal } = options;
  return replace(target, async (temporary) => {
    // Pictures are many, and one call is cheaper than four.
    if (options.durable === false && ArrayBuffer.isView(source)) {
      await within(writeFile(temporary, source, { flag: 'wx' }), dir, signal);
      return { bytes: source.length, sha256: createHash('sha256').update(source).digest('hex') };
    }
    const handle = await within(open(temporary, 'wx'), dir, signal);
    try {
      const hash = createHash('sha256');
      let bytes = 0;
      for await (const piece of pieces(source, signal)) {
        const writing = within(writeAll(handle, piece), dir, signal);
        hash.update(piece);
        bytes += piece.length;
        await writing;
      }
      if (options.durable !== false) await within(handle.sync(), dir, signal);
      return { bytes, sha256: hash.digest('hex') };
    } finally {
      await within(handle.close(), dir, signal);
    }
  });
}

/**
 * Copies in the kernel (sharing blocks where the file system can), then hashes what has arrived, so that a bad copy is
 * found; the disk is waited for meanwhile.
 */
export async function writeCopy(target: Target, path: string, bytes: number): Promise<PutResult> {
  const { dir, options } = target;
  const { signal } = options;
  return replace(target, async (temporary, undoLater) => {
    const copying = copyFile(path, temporary, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    // A copy cannot be stopped; what it still writes when nobody waits any more is removed after it.
    undoLater(copying);
    await within(copying, dir, signal, PATIENCE_MS + bytes / LEAST_BYTES_PER_MS);
    const handle = await within(open(temporary, 'r+'), dir, signal);
    try {
      const syncing = options.durable === false ? undefined : handle.sync();
      syncing?.catch(() => undefined);
      const copied = await hashFile(handle, dir, signal);
      await within(Promise.resolve(syncing), dir, signal, PATIENCE_MS + bytes / LEAST_BYTES_PER_MS);
      return copied;
    } finally {
      await within(handle.close(), dir, signal);
    }
  });
}

async function replace(
  { dir, root, key, options }: Target,
  write: (temporary: string, undoLater: (after: Promise<unknown>) => void) => Promise<PutResult>,
): Promise<PutResult> {
  let temporary: string | undefined;
  const remove = async (): Promise<void> => {
    if (temporary !== undefined) await within(rm(temporary, { force: true }), dir).catch(() => undefined);
  };
  let unfinished: Promise<unknown> | undefined;
  try {
    options.signal?.throwIfAborted();
    const { path, made } = await root.make(key);
    const folder = dirname(path);
    await checkRoom(folder, key, dir, options);
    temporary = join(folder, `.${randomUUID()}.tmp`);
    const result = await write(temporary, (after) => {
      unfinished = after;
    });
    unfinished = undefined;
    checkExpected(key, result, options);
    options.signal?.throwIfAborted();
    await within(rename(temporary, path), dir, options.signal);
    temporary = undefined;
    if (options.durable !== false) for (const one of [folder, ...made]) await syncFolder(one, dir);
    return result;
  } catch (error) {
    await remove();
    void unfinished?.then(remove, remove);
    throw explainDisk(error, key, dir);
  }
}

async function writeAll(handle: FileHandle, piece: Uint8Array): Promise<void> {
  for (let done = 0; done < piece.length;) {
    done += (await handle.write(piece, done, piece.length - done)).bytesWritten;
  }
}

/** Of what is as long as it is known to be, the end can be foreseen. */
async function checkRoom(folder: string, key: string, dir: string, { bytes }: PutOptions): Promise<void> {
  if (bytes === undefined) return;
  const { bavail, bsize } = await within(statfs(folder), dir);
  if (bytes > bavail * bsize) throw coded(`no room for ${key}`, 'ENOSPC');
}

/** A name is kept through a power cut only when its folder is written, too. */
async function syncFolder(folder: string, dir: string): Promise<void> {
  const handle = await within(open(folder, 'r'), dir);
  try {
    await within(handle.sync(), dir);
  } finally {
    await handle.close();
  }
}
