import type { Box, Size } from '../../domain/geometry.js';
import type { Picture } from '../../domain/picture.js';

/**
 * A region of a picture as R, G, B bytes.
 * @param region whole pixels, inside the picture
 * @param step only every so many-th pixel of every so many-th row is taken; see `sparse`
 */
export function toRgb(picture: Picture, region: Box, step = 1): Uint8Array {
  const make = picture.format === 'rgb24' ? cropRgb : fromI420;
  return make(picture, region, step, sparse(region, step));
}

/** Size of what is left when only every so many-th pixel is taken each way. */
export function sparse({ width, height }: Size, step: number): Size {
  return { width: Math.ceil(width / step), height: Math.ceil(height / step) };
}

function cropRgb(
  { data, width: stride }: Picture,
  { x, y, width, height }: Box,
  step: number,
  size: Size,
): Uint8Array {
  const rgb = new Uint8Array(size.width * size.height * 3);
  let to = 0;
  for (let row = y; row < y + height; row += step) {
    const from = (row * stride + x) * 3;
    if (step === 1) rgb.set(data.subarray(from, from + width * 3), to);
    else
      for (let i = 0; i < size.width * 3; i++)
        rgb[to + i] = data[from + Math.trunc(i / 3) * step * 3 + (i % 3)]!;
    to += size.width * 3;
  }
  return rgb;
}

/** Limited-range BT.601 (ITU-R BT.601-7, section 2.5), in 16-bit fixed point: this runs on every snapshot. */
function fromI420(
  { data, width: lumaStride, height: pictureHeight }: Picture,
  { x, y, width, height }: Box,
  step: number,
  size: Size,
): Uint8Array {
  // Clamps by itself, which is cheaper than comparing.
  const rgb = new Uint8ClampedArray(size.width * size.height * 3);
  const chromaStride = Math.ceil(lumaStride / 2);
  const u = lumaStride * pictureHeight;
  const v = u + chromaStride * Math.ceil(pictureHeight / 2);
  let to = 0;
  for (let row = y; row < y + height; row += step) {
    const lumaRow = row * lumaStride;
    const chromaRow = (row >> 1) * chromaStride;
    for (let column = x; column < x + width; column += step) {
      const light = 76309 * (data[lumaRow + column]! - 16) + 32768;
      const cb = data[u + chromaRow + (column >> 1)]! - 128;
      const cr = data[v + chromaRow + (column >> 1)]! - 128;
      rgb[to++] = (light + 104597 * cr) >> 16;
      rgb[to++] = (light - 25675 * cb - 53279 * cr) >> 16;
      rgb[to++] = (light + 132201 * cb) >> 16;
    }
  }
  return new Uint8Array(rgb.buffer);
}
