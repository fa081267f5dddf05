import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { clipFileName } from '../domain/export/export-keys.js';
import { InputError, PermanentError } from '../errors.js';
import type { Export } from '../ports/exports.js';
import type { ObjectStore } from '../ports/storage.js';

/** Where a file of the storage is, for people. */
export function whereIs(storage: ObjectStore, key: string): string {
  return storage.localPath(key) ?? `${storage.place}/${key}`;
}

/**
 * Copies the clip of a done export to a file, and reads it again: it is what its row says, or it is not there.
 * @param options.out a file, or a folder that it gets a clear name in
 * @returns its path
 */
export async function fetchExport(
  storage: ObjectStore,
  { request, result }: Export,
  options: { readonly out: string; readonly timeZone: string },
): Promise<string> {
  if (!result) throw new PermanentError('the export has no file yet');
  const path = await fileAt(options.out, clipFileName(request, options.timeZone));
  const source = await storage.read(result.key);
  if (!source) throw new PermanentError(`the clip is gone from ${storage.place}; ask for the export again`);
  const part = `${path}.part`;
  try {
    await pipeline(source, createWriteStream(part));
    const hash = createHash('sha256');
    await pipeline(createReadStream(part), hash);
    const sha256 = hash.digest('hex');
    if (sha256 !== result.sha256)
      throw new PermanentError(
        `${path} has the SHA-256 ${sha256} and should have ${result.sha256}; nothing was kept`,
      );
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
  return path;
}

async function fileAt(out: string, name: string): Promise<string> {
  const path = resolve(out);
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder) return join(path, name);
  if (out.endsWith('/')) throw new InputError(`--out: there is no folder ${out}`);
  const parent = await stat(resolve(path, '..')).catch(() => undefined);
  if (!parent?.isDirectory()) throw new InputError(`--out: there is no folder ${resolve(path, '..')}`);
  return path;
}
