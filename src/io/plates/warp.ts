import type { Box } from '../../domain/geometry.js';
import { boundsOf, type Quad } from '../../domain/plates/quad.js';
import type { Picture } from '../../domain/picture.js';
import { toRgb } from '../pictures/rgb.js';

/** R, G, B bytes of an upright part of a picture. */
export interface Pixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** Where it lies in the picture, pixels. */
  readonly x: number;
  readonly y: number;
}

/** The part of a picture around a box, whole pixels; `undefined` when it lies outside. */
export function pixelsOf(picture: Picture, box: Box): Pixels | undefined {
  const x = Math.max(0, Math.floor(box.x));
  const y = Math.max(0, Math.floor(box.y));
  const width = Math.min(picture.width, Math.ceil(box.x + box.width)) - x;
  const height = Math.min(picture.height, Math.ceil(box.y + box.height)) - y;
  if (width < 2 || height < 2) return undefined;
  return { data: toRgb(picture, { x, y, width, height }), width, height, x, y };
}

/** Those around a quad, with room for the samples that `straighten` takes. */
export function pixelsAround(picture: Picture, quad: Quad): Pixels | undefined {
  const { x, y, width, height } = boundsOf(quad);
  return pixelsOf(picture, { x: x - 3, y: y - 3, width: width + 6, height: height + 6 });
}

/**
 * Straightens a quad of a picture to an upright picture. Enlarged it is sampled bicubically, shrunk each pixel is the
 * mean of what it covers. What lies outside the pixels is their edge, repeated.
 * @param quad in pixels of the whole picture
 */
export function straighten(pixels: Pixels, quad: Quad, width: number, height: number): Uint8Array {
  const local = quad.map(({ x, y }) => ({ x: x - pixels.x, y: y - pixels.y })) as unknown as Quad;
  const map = homographyTo(local);
  const out = new Uint8Array(width * height * 3);
  const [tl, tr, br, bl] = local;
  const across =
    Math.max(Math.hypot(tl.x - bl.x, tl.y - bl.y), Math.hypot(tr.x - br.x, tr.y - br.y)) / height;
  const along = Math.max(Math.hypot(tl.x - tr.x, tl.y - tr.y), Math.hypot(bl.x - br.x, bl.y - br.y)) / width;
  const n = Math.min(8, Math.max(1, Math.round(Math.max(across, along))));
  const sum = [0, 0, 0];
  const one = [0, 0, 0];
  for (let row = 0, to = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      sum.fill(0);
      for (let i = 0; i < n * n; i++) {
        const u = (column + ((i % n) + 0.5) / n) / width;
        const v = (row + (Math.floor(i / n) + 0.5) / n) / height;
        const w = map[6]! * u + map[7]! * v + 1;
        const x = (map[0]! * u + map[1]! * v + map[2]!) / w - 0.5;
        const y = (map[3]! * u + map[4]! * v + map[5]!) / w - 0.5;
        if (n > 1) bilinear(pixels, x, y, one);
        else bicubic(pixels, x, y, one);
        sum[0]! += one[0]!;
        sum[1]! += one[1]!;
        sum[2]! += one[2]!;
      }
      for (let c = 0; c < 3; c++) out[to++] = Math.max(0, Math.min(255, Math.round(sum[c]! / (n * n))));
    }
  }
  return out;
}

function bilinear({ data, width, height }: Pixels, x: number, y: number, out: number[]): void {
  const cx = Math.min(Math.max(x, 0), width - 1);
  const cy = Math.min(Math.max(y, 0), height - 1);
  const x0 = Math.min(Math.floor(cx), width - 2);
  const y0 = Math.min(Math.floor(cy), height - 2);
  const fx = cx - x0;
  const fy = cy - y0;
  const at = (y0 * width + x0) * 3;
  const below = at + width * 3;
  for (let c = 0; c < 3; c++) {
    const top = data[at + c]! * (1 - fx) + data[at + 3 + c]! * fx;
    const bottom = data[below + c]! * (1 - fx) + data[below + 3 + c]! * fx;
    out[c] = top * (1 - fy) + bottom * fy;
  }
}

const WX = [0, 0, 0, 0];
const WY = [0, 0, 0, 0];

/** Catmull-Rom. */
function bicubic({ data, width, height }: Pixels, x: number, y: number, out: number[]): void {
  const x0 = Math.floor(x);
  const y0 = Math.floor(y);
  weights(x - x0, WX);
  weights(y - y0, WY);
  out[0] = out[1] = out[2] = 0;
  for (let j = 0; j < 4; j++) {
    const row = Math.min(Math.max(y0 - 1 + j, 0), height - 1) * width;
    for (let i = 0; i < 4; i++) {
      const at = (row + Math.min(Math.max(x0 - 1 + i, 0), width - 1)) * 3;
      const w = WX[i]! * WY[j]!;
      out[0]! += w * data[at]!;
      out[1]! += w * data[at + 1]!;
      out[2]! += w * data[at + 2]!;
    }
  }
}

function weights(t: number, out: number[]): void {
  out[0] = ((-0.5 * t + 1) * t - 0.5) * t;
  out[1] = (1.5 * t - 2.5) * t * t + 1;
  out[2] = ((-1.5 * t + 2) * t + 0.5) * t;
  out[3] = (0.5 * t - 0.5) * t * t;
}

/**
 * The projective map from the unit square to a quad: x = (a u + b v + c) / (g u + h v + 1), y alike with d, e, f.
 * P. Heckbert, Fundamentals of texture mapping and image warping, 1989, section 2.2.3.
 */
function homographyTo([p0, p1, p2, p3]: Quad): number[] {
  const sx = p0.x - p1.x + p2.x - p3.x;
  const sy = p0.y - p1.y + p2.y - p3.y;
  const dx1 = p1.x - p2.x;
  const dx2 = p3.x - p2.x;
  const dy1 = p1.y - p2.y;
  const dy2 = p3.y - p2.y;
  const det = dx1 * dy2 - dx2 * dy1;
  const g = Math.abs(det) < 1e-9 ? 0 : (sx * dy2 - dx2 * sy) / det;
  const h = Math.abs(det) < 1e-9 ? 0 : (dx1 * sy - sx * dy1) / det;
  return [
    p1.x - p0.x + g * p1.x,
    p3.x - p0.x + h * p3.x,
    p0.x,
    p1.y - p0.y + g * p1.y,
    p3.y - p0.y + h * p3.y,
    p0.y,
    g,
    h,
  ];
}
