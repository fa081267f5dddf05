import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import {
  type FileHandle,
  mkdir,
  open,
  readdir,
  rm,
  rmdir,
  stat,
  statfs,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { CameraId } from '../../domain/ids.js';
import { startOfPath } from '../../domain/segment-path.js';
import { NotReadyError, PermanentError } from '../../errors.js';
import type { RecordingFiles, SegmentFile } from '../../ports.js';
import { withFileLock } from '../redis/file-lock.js';
import { createLane } from './lane.js';
import { knownNode } from './node-name.js';
import { readPart } from './read-part.js';
import { partOf, receiveFile } from './receive.js';
import { openSegmentFile } from './segment-file.js';
import { repairSegment } from './repair.js';

/**
 * Node has four threads for all work on files. A disk that hangs keeps a thread for as long, and what needs one too
 * (names of hosts, other disks) would hang with it: recordings never use more than three.
 */
const WRITERS = 2;
const SYNCERS = 1;
const CHECK_BYTES = 64 * 1024;
const LOCKED_RETRY_MS = 5000;

/**
 * Recordings below a folder, which is made when it is first written to. Paths are those of `segmentPath`; others are
 * refused with PermanentError, so that none from a database or a request leaves the folder.
 * @param node name of this folder, as the index has it (see `recordingsNode`)
 */
export function createRecordingFiles(folder: string, node: string): RecordingFiles {
  const lanes = { write: createLane(WRITERS), sync: createLane(SYNCERS) };
  const place = (path: string): string => {
    if (startOfPath(path) !== undefined) return join(folder, path);
    const shown = JSON.stringify(path.slice(0, 200));
    throw new PermanentError(`${shown} is no recording; they are <camera>/<YYYY-MM-DD>/<HH-mm-ss.SSS>Z.mp4`);
  };
  return {
    node,
    isThere: () => lanes.write(async () => (await knownNode(folder)) === node),
    exclusively: (work) => exclusively(folder, work),
    localPath: place,
    read: async (path, { from = 0, to, signal } = {}) => {
      const file = place(path);
      const handle = await lanes.write(() => undefinedWhenMissing(open(file, 'r')));
      return handle && readPart(handle, { from, to, signal }, lanes.write);
    },
    receive: async (path, source, expected) => {
      const file = place(path);
      // In no lane: the store it comes from may be slow, and its writing is no more than one piece at a time.
      await receiveFile(file, source, expected);
    },
    create: async (path, init) => {
      const file = place(path);
      const handle = await lanes.write(() => createFile(file));
      return start(file, handle, () => openSegmentFile(handle, init, lanes));
    },
    remove: async (path) => {
      const file = place(path);
      return lanes.write(() => removeFile(file));
    },
    sha256: async (path) => {
      const file = place(path);
      return lanes.write(() => undefinedWhenMissing(hashOf(file)));
    },
    space: () => lanes.write(() => spaceOf(folder)),
    check: () => lanes.write(() => checkFolder(folder)),
    list: (cameraId, days) => lanes.write(() => newestDays(folder, cameraId, days)),
    changedAt: async (path) => {
      const file = place(path);
      return (await lanes.write(() => undefinedWhenMissing(stat(file))))?.mtimeMs;
    },
    repair: async (path) => {
      const file = place(path);
      return lanes.write(async () => {
        const found = await undefinedWhenMissing(repairSegment(file));
        return found && { ...found, ...(await hashOf(file)) };
      });
    },
  };
}

/** Never overwrites. The folder may go, empty, between its making and the file's: once more then. */
async function createFile(file: string): Promise<FileHandle> {
  for (let isSecond = false; ; isSecond = true) {
    await mkdir(dirname(file), { recursive: true });
    try {
      // Appends even where a successor, which took this process for dead, has cut a torn end off.
      return await open(file, 'ax');
    } catch (error) {
      if (isSecond || codeOf(error) !== 'ENOENT') throw error;
    }
  }
}

async function start(
  file: string,
  handle: FileHandle,
  begin: () => Promise<SegmentFile>,
): Promise<SegmentFile> {
  try {
    return await begin();
  } catch (error) {
    await handle.close().catch(() => undefined);
    await rm(file, { force: true }).catch(() => undefined);
    throw error;
  }
}

async function removeFile(file: string): Promise<boolean> {
  await rm(partOf(file), { force: true });
  try {
    await unlink(file);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
  // Fails when something is in it, also when that came just now: then it stays.
  const day = dirname(file);
  await rmdir(day).then(
    () => rmdir(dirname(day)).catch(() => undefined),
    () => undefined,
  );
  return true;
}

async function exclusively<T>(folder: string, work: () => Promise<T>): Promise<T> {
  await mkdir(folder, { recursive: true });
  let isMine = false;
  try {
    return await withFileLock(join(folder, '.archive-lock'), 0, () => {
      isMine = true;
      return work();
    });
  } catch (error) {
    if (isMine || codeOf(error) !== 'ELOCKED') throw error;
    throw new NotReadyError(`another process is at work on the recordings in ${folder}`, LOCKED_RETRY_MS);
  }
}

async function spaceOf(folder: string): Promise<{ freeBytes: number; totalBytes: number }> {
  await mkdir(folder, { recursive: true });
  const { bavail, blocks, bsize } = await statfs(folder);
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
}

async function checkFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, `.check-${randomUUID()}`);
  try {
    await writeFile(file, Buffer.alloc(CHECK_BYTES), { flush: true });
  } finally {
    await rm(file, { force: true });
  }
}

async function newestDays(folder: string, cameraId: CameraId, count: number): Promise<string[]> {
  const days = (await entries(join(folder, cameraId))).sort().slice(-count);
  const paths: string[] = [];
  for (const day of days) {
    const names = await entries(join(folder, cameraId, day));
    paths.push(...names.sort().map((name) => `${cameraId}/${day}/${name}`));
  }
  return paths.filter((path) => startOfPath(path) !== undefined);
}

async function entries(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return [];
    throw error;
  }
}

async function hashOf(file: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  await pipeline(createReadStream(file), async (pieces: AsyncIterable<Buffer>) => {
    for await (const piece of pieces) {
      hash.update(piece);
      bytes += piece.length;
    }
  });
  return { bytes, sha256: hash.digest('hex') };
}

async function undefinedWhenMissing<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** By shape: errors of node's internals are not always instances of this file's Error. */
function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}
