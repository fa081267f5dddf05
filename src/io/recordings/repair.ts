import { type FileHandle, open } from 'node:fs/promises';
import { viewOf } from '../mp4/boxes.js';
import { boxesOf, readBox } from '../mp4/file-boxes.js';
import { type FragmentHeader, readFragmentHeader } from '../mp4/fragment-header.js';
import { readSetup, type Setup } from '../mp4/setup.js';
import type { RepairedFile } from '../../ports.js';

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
      const known = setup;
      header = await readBox(handle, box, (bytes) => readFragmentHeader(viewOf(bytes), known));
      if (!header) break;
    } else if (box.type === 'mdat' && header) {
      last = header;
      to = box.to;
      header = undefined;
    }
  }
  return setup && last && { to, setup, last };
}
