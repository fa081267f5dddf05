import type { Overlay } from '../../domain/overlay.js';
import type { Picture } from '../../domain/picture.js';
import type { LiveFrame } from '../../ports/live.js';
import { pictureOf } from './ring-entry.js';

/** Frames that another release wrote in another way are not read; a few are lost while releases change. */
const VERSION = 1;
/** Version (1 byte), capture time (8 bytes): enough to see whether a frame is new. */
export const HEAD_BYTES = 9;
const LENGTH_BYTES = 4;

/** Everything in one value, so that picture and overlay are always of one frame. */
export function encodeFrame({ at, picture, overlay }: LiveFrame): Buffer {
  const { data, ...shape } = picture;
  const about = Buffer.from(JSON.stringify({ shape, overlay }));
  const head = Buffer.alloc(HEAD_BYTES + LENGTH_BYTES);
  head.writeUInt8(VERSION);
  head.writeDoubleBE(at, 1);
  head.writeUInt32BE(about.length, HEAD_BYTES);
  return Buffer.concat([head, about, data]);
}

/** Capture time of an encoded frame, epoch ms; `undefined`: there is none, or it is of another release. */
export function capturedAt(head: Buffer): number | undefined {
  return head.length >= HEAD_BYTES && head[0] === VERSION ? head.readDoubleBE(1) : undefined;
}

export function decodeFrame(bytes: Buffer): LiveFrame | undefined {
  const at = capturedAt(bytes);
  if (at === undefined) return undefined;
  const from = HEAD_BYTES + LENGTH_BYTES;
  const end = from + bytes.readUInt32BE(HEAD_BYTES);
  const { shape, overlay } = JSON.parse(bytes.toString('utf8', from, end)) as {
    shape: Omit<Picture, 'data'>;
    overlay: Overlay;
  };
  const picture = pictureOf(shape, bytes.subarray(end));
  return picture && { at, picture, overlay };
}
