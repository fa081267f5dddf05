import type { FileHandle } from 'node:fs/promises';
import { headerAt, viewOf } from './boxes.js';

/** Where a box is in its file, header included. */
export interface Place {
  readonly type: string;
  readonly from: number;
  readonly to: number;
}

/** Setup and the index of a second of pictures are a few KB; more is no recording of ours. */
const MAX_INDEX_BYTES = 4 * 1024 ** 2;

/** The whole boxes of a file, up to the first that is none. */
export async function* boxesOf(handle: FileHandle, size: number): AsyncGenerator<Place> {
  const bytes = Buffer.alloc(16);
  for (let from = 0; from < size;) {
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, from);
    const box = headerAt(viewOf(bytes), 0, bytesRead);
    if (!box || from + box.size > size) return;
    yield { type: box.type, from, to: from + box.size };
    from += box.size;
  }
}

/** @returns `undefined` for a box that does not hold what it should: after a power cut, parts of a file may be zeros. */
export async function readBox<T>(
  handle: FileHandle,
  { from, to }: Place,
  read: (bytes: Uint8Array) => T,
): Promise<T | undefined> {
  const bytes = Buffer.alloc(Math.min(to - from, MAX_INDEX_BYTES));
  await handle.read(bytes, 0, bytes.length, from);
  try {
    return read(bytes);
  } catch {
    // The reader throws on whatever makes no sense; the file ends before it.
    return undefined;
  }
}
