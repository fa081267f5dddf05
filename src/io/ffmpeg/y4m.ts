import { type Picture, pictureBytes } from '../../domain/picture.js';

const MARKER = 'FRAME\n';
const LONGEST_HEADER = 512;

/**
 * Cuts a YUV4MPEG2 stream (C420, 8 bits) into pictures, each in memory of its own: chunks are copied once, to
 * where they belong. The returned function takes the stream's next bytes, in pieces of any size.
 * @throws Error when the bytes are no such stream.
 */
export function createY4mReader(onPicture: (picture: Picture) => void): (chunk: Uint8Array) => void {
  let size: { width: number; height: number; bytes: number } | undefined;
  let text = '';
  let target: Uint8Array | undefined;
  let filled = 0;

  /** Takes bytes up to and including the next newline; tells how many. */
  function takeLine(chunk: Uint8Array, from: number): number {
    const newline = chunk.indexOf(10, from);
    const end = newline < 0 ? chunk.length : newline + 1;
    text += Buffer.from(chunk.buffer, chunk.byteOffset + from, end - from).toString('latin1');
    if (text.length > LONGEST_HEADER) throw new Error('ffmpeg wrote no YUV4MPEG2 header');
    if (newline >= 0) endLine();
    return end - from;
  }

  function endLine(): void {
    if (!size) size = parseHeader(text);
    else if (text === MARKER) target = Buffer.allocUnsafeSlow(size.bytes);
    else throw new Error('ffmpeg wrote a picture of another size than it announced');
    text = '';
    filled = 0;
  }

  function takePicture(chunk: Uint8Array, from: number, into: Uint8Array): number {
    const count = Math.min(chunk.length - from, into.length - filled);
    into.set(chunk.subarray(from, from + count), filled);
    filled += count;
    if (filled === into.length && size) {
      target = undefined;
      onPicture({ width: size.width, height: size.height, format: 'i420', data: into });
    }
    return count;
  }

  return (chunk) => {
    for (let at = 0; at < chunk.length;) at += target ? takePicture(chunk, at, target) : takeLine(chunk, at);
  };
}

function parseHeader(line: string): { width: number; height: number; bytes: number } {
  const match = /^YUV4MPEG2 W(\d+) H(\d+) .*\bC420(?:jpeg|mpeg2|paldv)?\b/.exec(line);
  if (!match) throw new Error(`ffmpeg wrote an unexpected header: ${JSON.stringify(line.slice(0, 80))}`);
  const width = Number(match[1]);
  const height = Number(match[2]);
  return { width, height, bytes: pictureBytes(width, height, 'i420') };
}
