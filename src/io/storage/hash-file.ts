import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { within } from './within.js';

/** Reading goes on while the piece before is hashed. */
const PIECE_BYTES = 1024 ** 2;

/**
 * Reads a whole file; memory stays flat.
 * @param place for the message when the disk does not answer
 */
export async function hashFile(
  handle: FileHandle,
  place: string,
  signal?: AbortSignal,
): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let [current, other] = [Buffer.allocUnsafe(PIECE_BYTES), Buffer.allocUnsafe(PIECE_BYTES)];
  let bytes = 0;
  let next = handle.read(current, 0, PIECE_BYTES, 0);
  for (;;) {
    const { bytesRead } = await within(next, place, signal);
    if (bytesRead === 0) return { bytes, sha256: hash.digest('hex') };
    bytes += bytesRead;
    const filled = current;
    [current, other] = [other, current];
    next = handle.read(current, 0, PIECE_BYTES, bytes);
    hash.update(filled.subarray(0, bytesRead));
  }
}
