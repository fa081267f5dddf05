import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Size } from '../../src/domain/geometry.js';

/**
 * Decodes video to luma planes with ffmpeg, one at a time.
 * @param input ffmpeg's input arguments, for example `['-i', file]` or `['-f', 'lavfi', '-i', graph]`
 * @param size the planes' size, pixels; the picture is scaled to it
 * @param fps frames a second of the planes
 */
export async function* grayFrames(
  input: readonly string[],
  size: Size,
  fps: number,
): AsyncGenerator<Uint8Array> {
  const filter = `fps=${fps},scale=${size.width}:${size.height}`;
  const ffmpeg = spawn(
    'ffmpeg',
    [
      '-v',
      'error',
      '-nostdin',
      '-threads',
      '1',
      ...input,
      '-vf',
      filter,
      '-pix_fmt',
      'gray',
      '-f',
      'rawvideo',
      '-',
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const closed = once(ffmpeg, 'close');
  const frame = new Uint8Array(size.width * size.height);
  let filled = 0;
  try {
    for await (const chunk of ffmpeg.stdout as AsyncIterable<Buffer>) {
      for (let read = 0; read < chunk.length;) {
        const part = chunk.subarray(read, read + frame.length - filled);
        frame.set(part, filled);
        filled += part.length;
        read += part.length;
        if (filled < frame.length) continue;
        filled = 0;
        yield frame;
      }
    }
    const [code] = (await closed) as [number];
    if (code !== 0) throw new Error(`ffmpeg ended with ${code}: ${input.join(' ')}`);
  } finally {
    ffmpeg.kill('SIGKILL');
    await closed;
  }
}
