import type { Camera } from '../camera.js';
import type { Size } from '../geometry.js';
import { maskedCells } from './mask-raster.js';
import { blur } from './plane-filters.js';
import { createLumaShrinker } from './shrink-luma.js';

/** The small, blurred, masked picture that the motion gate and the tamper watch compare. */
export interface SmallPicture extends Size {
  /** Indices of the cells no mask touches, ascending. */
  readonly seen: Int32Array;
  /** @throws RangeError when `luma` is shorter than the picture. */
  take(luma: Uint8Array, out: Float32Array): void;
}

/**
 * @param from size of the source luma plane, pixels
 * @param masks polygons in unit coordinates
 * @param targetHeight height of the small picture, cells; see `createLumaShrinker`
 */
export function createSmallPicture(from: Size, masks: Camera['masks'], targetHeight?: number): SmallPicture {
  const shrinker = createLumaShrinker(from, targetHeight);
  const { width, height } = shrinker;
  const masked = maskedCells(masks, from, shrinker);
  const isMasked = new Uint8Array(width * height);
  for (const cell of masked) isMasked[cell] = 1;
  const raw = new Float32Array(width * height);
  const scratch = new Float32Array(width * height);

  return {
    width,
    height,
    seen: Int32Array.from(isMasked.keys()).filter((cell) => isMasked[cell] === 0),
    take(luma, out) {
      shrinker.shrink(luma, raw);
      // Before the blur: afterwards what moves under the mask would have leaked one cell out of it.
      for (const cell of masked) raw[cell] = 0;
      blur(raw, shrinker, scratch, out);
    },
  };
}
