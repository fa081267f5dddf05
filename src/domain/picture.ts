import { clipToPicture, toUnit, pixelBox, type Box, type UnitBox } from './geometry.js';

/**
 * One decoded picture in memory. `i420` is what ffmpeg decodes video to: a full luma plane, then U and V at
 * half width and height (both rounded up), 8 bits, limited range (16..235) BT.601. `rgb24` is R, G, B interleaved.
 */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly format: 'i420' | 'rgb24';
  readonly data: Uint8Array;
}

/** Bytes of one picture of that size and format. */
export function pictureBytes(width: number, height: number, format: Picture['format']): number {
  if (format === 'rgb24') return width * height * 3;
  const chroma = Math.ceil(width / 2) * Math.ceil(height / 2);
  return width * height + 2 * chroma;
}

/**
 * A region of a picture as a picture of its own, in the same format; its pixels are copied.
 * @param region unit coordinates; the part within the picture is taken, widened to even pixels (chroma is shared by two)
 * @returns the picture and the region it really shows; `undefined` when nothing of the region is in the picture.
 */
export function cropPicture(
  picture: Picture,
  region: UnitBox,
): { readonly picture: Picture; readonly region: UnitBox } | undefined {
  const clipped = clipToPicture(region);
  if (!clipped) return undefined;
  const x = 2 * Math.floor((clipped.x * picture.width) / 2);
  const y = 2 * Math.floor((clipped.y * picture.height) / 2);
  const right = Math.min(picture.width, 2 * Math.ceil(((clipped.x + clipped.width) * picture.width) / 2));
  const bottom = Math.min(picture.height, 2 * Math.ceil(((clipped.y + clipped.height) * picture.height) / 2));
  const box = pixelBox(x, y, right - x, bottom - y);
  const { width, height } = box;
  if (width <= 0 || height <= 0) return undefined;
  const data = picture.format === 'rgb24' ? cropRgb(picture, box) : cropI420(picture, box);
  return { picture: { width, height, format: picture.format, data }, region: toUnit(box, picture) };
}

function cropRgb({ data, width: stride }: Picture, { x, y, width, height }: Box): Uint8Array {
  const out = new Uint8Array(width * height * 3);
  copyRows(data, 0, stride * 3, x * 3, y, out, 0, width * 3, height);
  return out;
}

function cropI420({ data, width: stride, height: rows }: Picture, { x, y, width, height }: Box): Uint8Array {
  const out = new Uint8Array(pictureBytes(width, height, 'i420'));
  const [chromaStride, chromaRows] = [Math.ceil(stride / 2), Math.ceil(rows / 2)];
  const [chromaWidth, chromaHeight] = [Math.ceil(width / 2), Math.ceil(height / 2)];
  copyRows(data, 0, stride, x, y, out, 0, width, height);
  for (const plane of [0, 1]) {
    const from = stride * rows + plane * chromaStride * chromaRows;
    const to = width * height + plane * chromaWidth * chromaHeight;
    copyRows(data, from, chromaStride, x / 2, y / 2, out, to, chromaWidth, chromaHeight);
  }
  return out;
}

/** Copies `height` rows of `width` bytes from a plane that begins at `from`, beginning at column x of row y. */
function copyRows(
  data: Uint8Array,
  from: number,
  stride: number,
  x: number,
  y: number,
  out: Uint8Array,
  to: number,
  width: number,
  height: number,
): void {
  for (let row = 0; row < height; row++) {
    const start = from + (y + row) * stride + x;
    out.set(data.subarray(start, start + width), to + row * width);
  }
}
