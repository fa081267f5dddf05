import type { FileHandle } from 'node:fs/promises';
import { addAbortSignal, Readable } from 'node:stream';
import type { Lane } from './lane.js';

/** A reader that stops taking holds no more than a few of these, bytes. */
const PIECE_BYTES = 64 * 1024;

/**
 * Reads a part of a file as it is taken, and closes the file at its end or when it is destroyed.
 * @param part bytes [from, to) of the file; without `to` as far as it goes
 * @param lane what each piece waits for: a disk that hangs keeps no more threads than the lane is wide
 */
export function readPart(
  handle: FileHandle,
  part: {
    readonly from: number;
    readonly to?: number | undefined;
    readonly signal?: AbortSignal | undefined;
  },
  lane: Lane,
): Readable {
  const { to = Infinity, signal } = part;
  let at = part.from;
  const next = async (): Promise<Buffer | null> => {
    const length = Math.min(PIECE_BYTES, to - at);
    if (length <= 0) return null;
    const { bytesRead, buffer } = await lane(() =>
      handle.read({ buffer: Buffer.allocUnsafe(length), length, position: at }),
    );
    at += bytesRead;
    if (bytesRead > 0) return buffer.subarray(0, bytesRead);
    if (to === Infinity) return null;
    throw new Error(`the file ends at byte ${at}; ${to} were to be there`);
  };
  const stream = new Readable({
    highWaterMark: PIECE_BYTES,
    read() {
      next().then(
        (piece) => this.push(piece),
        (error: unknown) => this.destroy(error as Error),
      );
    },
    destroy(error, done) {
      handle.close().then(
        () => done(error),
        (closing: unknown) => done(error ?? (closing as Error)),
      );
    },
  });
  return signal ? addAbortSignal(signal, stream) : stream;
}
