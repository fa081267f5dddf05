import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PermanentError } from '../errors.js';
import type { SnapshotStore } from '../ports.js';

/** No separator, no leading dot (so no `..`, no hidden or temporary file), nothing a file system treats specially. */
const SEGMENT = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}$/;
const MAX_KEY = 300;

/**
 * Pictures in a folder. A picture appears whole or not at all: it is written beside its place and renamed. Without
 * fsync, since a killed process loses nothing the kernel has taken, and waiting for the disk would cost each picture
 * what it costs to analyse one; after a power cut the last ones may be missing or empty, and count as missing.
 * Keys that are not relative paths of safe segments are refused with PermanentError, whoever asks.
 */
export function createSnapshotStore(dir: string): SnapshotStore {
  return {
    put: async (key, bytes) => {
      const file = join(dir, safe(key));
      const folder = dirname(file);
      const temporary = join(folder, `.${randomUUID()}.tmp`);
      try {
        await mkdir(folder, { recursive: true });
        await writeFile(temporary, bytes);
        await rename(temporary, file);
      } catch (error) {
        await rm(temporary, { force: true });
        throw explain(error, key, dir);
      }
    },
    removeBefore: (folder, before, signal) => removeOld(join(dir, safe(folder)), before, signal),
    get: async (key) => {
      try {
        const bytes = await readFile(join(dir, safe(key)));
        return bytes.length > 0 ? bytes : undefined;
      } catch (error) {
        if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(codeOf(error))) return undefined;
        throw error;
      }
    },
  };
}

/** Depth first; a folder that became empty goes too. Files a killed process left under a temporary name count as old. */
async function removeOld(folder: string, before: number, signal: AbortSignal): Promise<number> {
  let removed = 0;
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(noneWhenMissing)) {
    if (signal.aborted) break;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      removed += await removeOld(path, before, signal);
      // Fails when something is in it, also when something came just now: then it stays.
      await rmdir(path).catch(() => undefined);
    } else if (await isOlder(path, before)) {
      await rm(path, { force: true });
      if (!entry.name.startsWith('.')) removed += 1;
    }
  }
  return removed;
}

async function isOlder(path: string, before: number): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && found.mtimeMs < before;
}

function noneWhenMissing(error: unknown): [] {
  if (codeOf(error) === 'ENOENT') return [];
  throw error;
}

function safe(key: string): string {
  if (key.length > MAX_KEY || !key.split('/').every((segment) => SEGMENT.test(segment))) {
    const shown = JSON.stringify(key.slice(0, MAX_KEY));
    throw new PermanentError(`snapshot key ${shown} is not a relative path such as gate-1/2026-11-21/x.jpg`);
  }
  return key;
}

function explain(error: unknown, key: string, dir: string): unknown {
  const code = codeOf(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new Error(`disk full: snapshot ${key} does not fit on the disk of ${dir}; free space`, {
      cause: error,
    });
  }
  if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM') {
    return new Error(`${dir} is not writable: snapshot ${key} was not kept; allow this user to write there`, {
      cause: error,
    });
  }
  return error;
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}
