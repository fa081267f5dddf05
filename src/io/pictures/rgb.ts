import type { Box } from '../../domain/geometry.js';
import type { Picture } from '../../domain/picture.js';

/**
 * A region of a picture as R, G, B bytes.
 * @param region whole pixels, inside the picture
 */
export function toRgb(picture: Picture, region: Box): Uint8Array {
  return picture.format === 'rgb24' ? cropRgb(picture, region) : fromI420(picture, region);
}

function cropRgb({ data, width: pictureWidth }: Picture, { x, y, width, height }: Box): Uint8Array {
  const rgb = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row++) {
    const from = ((y + row) * pictureWidth + x) * 3;
    rgb.set(data.subarray(from, from + width * 3), row * width * 3);
  }
  return rgb;
}

/** Limited-range BT.601 (ITU-R BT.601-7, section 2.5), in 16-bit fixed point: this runs on every snapshot. */
function fromI420(
  { data, width: lumaStride, height: pictureHeight }: Picture,
  { x, y, width, height }: Box,
): Uint8Array {
  // Clamps by itself, which is cheaper than comparing.
  const rgb = new Uint8ClampedArray(width * height * 3);
  const chromaStride = Math.ceil(lumaStride / 2);
  const u = lumaStride * pictureHeight;
  const v = u + chromaStride * Math.ceil(pictureHeight / 2);
  let to = 0;
  for (let row = y; row < y + height; row++) {
    const lumaRow = row * lumaStride;
    const chromaRow = (row >> 1) * chromaStride;
    for (let column = x; column < x + width; column++) {
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
