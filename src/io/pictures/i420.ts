import { type Picture, pictureBytes } from '../../domain/picture.js';

/**
 * An RGB picture as ffmpeg would hand it on: limited-range BT.601 (ITU-R BT.601-7, section 2.5) in 16-bit fixed point,
 * chroma the mean of each 2 x 2 pixels.
 */
export function toI420({ data, width, height }: Picture): Picture {
  const out = new Uint8Array(pictureBytes(width, height, 'i420'));
  const chromaWidth = Math.ceil(width / 2);
  const u = width * height;
  const v = u + chromaWidth * Math.ceil(height / 2);
  for (let i = 0, from = 0; i < u; i++, from += 3) {
    out[i] = (16829 * data[from]! + 33039 * data[from + 1]! + 6416 * data[from + 2]! + 1081344) >> 16;
  }
  for (let y = 0; y < height; y += 2) {
    const below = y + 1 < height ? width * 3 : 0;
    for (let x = 0; x < width; x += 2) {
      const right = x + 1 < width ? 3 : 0;
      const at = (y * width + x) * 3;
      const sum = (c: number) =>
        data[at + c]! + data[at + c + right]! + data[at + c + below]! + data[at + c + right + below]!;
      const [r, g, b] = [sum(0), sum(1), sum(2)];
      const to = (y >> 1) * chromaWidth + (x >> 1);
      out[u + to] = (-9714 * r - 19070 * g + 28784 * b + 33685504) >> 18;
      out[v + to] = (28784 * r - 24103 * g - 4681 * b + 33685504) >> 18;
    }
  }
  return { width, height, format: 'i420', data: out };
}
