import { createHash } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PermanentError } from '../../errors.js';

/** Beside its place, so that it is renamed and not copied; no recording has such a name. */
export function partOf(file: string): string {
  return `${file}.part`;
}

/**
 * Writes a file whole or not at all, and durably.
 * @throws PermanentError when the bytes are not those expected; nothing is kept then
 */
export async function receiveFile(
  file: string,
  source: AsyncIterable<Uint8Array>,
  expected: { bytes: number; sha256: string; signal?: AbortSignal },
): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const part = partOf(file);
  try {
    const got = await write(part, source, expected.signal);
    if (got.bytes !== expected.bytes || got.sha256 !== expected.sha256)
      throw new PermanentError(
        `${got.bytes} bytes with the SHA-256 ${got.sha256} came, and ${expected.bytes} with ${expected.sha256} were expected`,
      );
    await rename(part, file);
    await syncFolder(dirname(file));
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

async function write(
  part: string,
  source: AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): Promise<{ bytes: number; sha256: string }> {
  const handle = await open(part, 'w');
  try {
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const piece of source) {
      signal?.throwIfAborted();
      const writing = handle.writeFile(piece);
      hash.update(piece);
      bytes += piece.length;
      await writing;
    }
    await handle.sync();
    return { bytes, sha256: hash.digest('hex') };
  } finally {
    await handle.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
