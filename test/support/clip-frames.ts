import { execFileSync } from 'node:child_process';
import type { Picture } from '../../src/domain/picture.js';

/** Size of the sample clip, pixels. */
export const CLIP_SIZE = { width: 768, height: 576 };
export const CLIP = 'media/vtest.avi';

/** A frame of the sample clip, by its time. */
export function clipFrame(seconds: number): Picture {
  const output = ['-frames:v', '1', '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-'];
  const args = ['-v', 'error', '-ss', String(seconds), '-i', CLIP, ...output];
  return { ...CLIP_SIZE, format: 'rgb24', data: execFileSync('ffmpeg', args, { maxBuffer: 4e6 }) };
}

/** The picture of a camera that is turned, zoomed about its middle and then shifted; shifts in picture heights. */
export function movedPicture(from: Picture, { x = 0, y = 0, turnDeg = 0, zoom = 1 }): Picture {
  const { width, height } = from;
  const [cos, sin] = [Math.cos((turnDeg * Math.PI) / 180) / zoom, Math.sin((turnDeg * Math.PI) / 180) / zoom];
  const data = new Uint8Array(width * height * 3).fill(0x77);
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const [u, v] = [column - width / 2 - x * height, row - height / 2 - y * height];
      const fromX = Math.round(cos * u + sin * v + width / 2);
      const fromY = Math.round(-sin * u + cos * v + height / 2);
      if (fromX < 0 || fromY < 0 || fromX >= width || fromY >= height) continue;
      const at = (fromY * width + fromX) * 3;
      data.set(from.data.subarray(at, at + 3), (row * width + column) * 3);
    }
  return { width, height, format: 'rgb24', data };
}

/** Without colour, as infrared shows it; `share` of the light. */
export function greyPicture({ data, width, height }: Picture, share = 1): Picture {
  return { width, height, format: 'rgb24', data: data.map((_, i) => share * data[i - (i % 3) + 1]!) };
}

/** The plaza of the clip, by eye: four marks on the ground. */
export const PLAZA: { points: { at: [number, number]; ground: [number, number] }[] } = {
  points: [
    { at: [0.02, 0.62], ground: [0, 0] },
    { at: [0.72, 0.98], ground: [10, 0] },
    { at: [0.97, 0.45], ground: [10, 12] },
    { at: [0.45, 0.25], ground: [0, 12] },
  ],
};
