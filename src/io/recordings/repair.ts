import { type FileHandle, open } from 'node:fs/promises';
import { headerAt, viewOf } from '../mp4/boxes.js';
import { type FragmentHeader, readFragmentHeader } from '../mp4/fragment-header.js';
import { readSetup, type Setup } from '../mp4/setup.js';
import type { RepairedFile } from '../../ports.js';

/** Setup and the index of a second of pictures are a few KB; more is no recording of ours. */
const MAX_INDEX_BYTES = 4 * 1024 ** 2;

interface Place {
  readonly type: string;
  readonly from: number;
  readonly to: number;
}

/**
 * Cuts a recording (fragmented MP4) after its last whole fragment, where a kill left a torn one or a power cut nothing
 * but zeros.
 * @returns what it shows; `undefined` when there is not even one whole fragment (the file is left as it is).
 * @throws Error of the file system.
 */
export async function repairSegment(
  file: string,
): Promise<Omit<RepairedFile, 'bytes' | 'sha256'> | undefined> {
  const handle = await open(file, 'r+');
  try {
    const { size } = await handle.stat();
    const whole = await wholeFragments(handle, size);
    if (!whole) return undefined;
    if (whole.to < size) {
      await handle.truncate(whole.to);
      await handle.sync();
    }
    const { codec, width, height, timescale } = whole.setup.stream;
    const { decodeAt, duration } = whole.last;
    return { codec, width, height, durationMs: Math.round(((decodeAt + duration) / timescale) * 1000) };
  } finally {
    await handle.close();
  }
}

async function wholeFragments(
  handle: FileHandle,
  size: number,
): Promise<{ to: number; setup: Setup; last: FragmentHeader } | undefined> {
  let setup: Setup | undefined;
  let last: FragmentHeader | undefined;
  let header: FragmentHeader | undefined;
  let to = 0;
  for await (const box of boxesOf(handle, size)) {
    if (box.type === 'moov') {
      setup = await readBox(handle, box, readSetup);
      if (!setup) break;
    } else if (box.type === 'moof' && setup) {
      const { defaults } = setup;
      header = await readBox(handle, box, (bytes) => readFragmentHeader(viewOf(bytes), defaults));
      if (!header) break;
    } else if (box.type === 'mdat' && header) {
      last = header;
      to = box.to;
      header = undefined;
    }
  }
  return setup && last && { to, setup, last };
}

/** The whole boxes of a file, up to the first that is none. */
async function* boxesOf(handle: FileHandle, size: number): AsyncGenerator<Place> {
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
async function readBox<T>(
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
