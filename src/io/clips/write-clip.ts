import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { DataRun } from './assembly.js';

const PIECE_BYTES = 1 << 20;

/**
 * Writes a file out of pieces of others, in one pass: its hash grows with it.
 * @throws Error of the file system (ENOSPC); Error when a file is shorter than it was; the signal's reason
 */
export async function writeClip(
  target: string,
  head: Uint8Array,
  runs: readonly DataRun[],
  options: { readonly signal: AbortSignal; readonly onBytes: (count: number) => void },
): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  const pieces = async function* () {
    for await (const piece of piecesOf(head, runs)) {
      hash.update(piece);
      bytes += piece.length;
      options.onBytes(piece.length);
      yield piece;
    }
  };
  await pipeline(pieces, createWriteStream(target, { highWaterMark: PIECE_BYTES }), {
    signal: options.signal,
  });
  return { bytes, sha256: hash.digest('hex') };
}

async function* piecesOf(head: Uint8Array, runs: readonly DataRun[]): AsyncGenerator<Uint8Array> {
  yield head;
  const gather = createGatherer();
  let file: { path: string; handle: FileHandle } | undefined;
  try {
    for (const run of runs) {
      if ('data' in run) {
        yield* gather.add(run.data);
        continue;
      }
      if (file?.path !== run.path) {
        await file?.handle.close();
        file = undefined;
        file = { path: run.path, handle: await open(run.path, 'r') };
      }
      for await (const piece of read(file.handle, run)) yield* gather.add(piece);
    }
    yield* gather.rest();
  } finally {
    await file?.handle.close();
  }
}

async function* read(
  handle: FileHandle,
  { path, from, bytes }: Extract<DataRun, { path: string }>,
): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes;) {
    const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, bytes - at));
    const { bytesRead } = await handle.read(piece, 0, piece.length, from + at);
    if (bytesRead === 0) throw new Error(`${path} has become shorter while it was read`);
    yield piece.subarray(0, bytesRead);
    at += bytesRead;
  }
}

/** Few large writes instead of one for each run. */
function createGatherer() {
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  return {
    *add(piece: Uint8Array): Generator<Uint8Array> {
      waiting.push(piece);
      bytes += piece.length;
      if (bytes >= PIECE_BYTES) yield* this.rest();
    },
    *rest(): Generator<Uint8Array> {
      if (bytes > 0) yield Buffer.concat(waiting);
      waiting = [];
      bytes = 0;
    },
  };
}
