import type { Box } from '../../domain/geometry.js';
import { boundsOf, mapQuad, type Point, type Quad } from '../../domain/plates/quad.js';
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
  const local = mapQuad(quad, ({ x, y }) => ({ x: x - pixels.x, y: y - pixels.y }));
  const map = homographyTo(local);
  const sides = sidesOf(local);
  const perPixel = Math.max(sides.along / width, sides.across / height);
  const n = Math.min(MOST_SAMPLES, Math.max(1, Math.round(perPixel)));
  const sample = perPixel < ENLARGED ? bicubic : bilinear;
  const out = new Uint8Array(width * height * 3);
  const sum = new Float64Array(3);
  for (let row = 0, to = 0; row < height; row++) {
    for (let column = 0; column < width; column++, to += 3) {
      sum[0] = sum[1] = sum[2] = 0;
      for (let j = 0; j < n; j++) {
        const v = (row + (j + 0.5) / n) / height;
        for (let i = 0; i < n; i++) {
          const u = (column + (i + 0.5) / n) / width;
          const w = map[6] * u + map[7] * v + 1;
          sample(
            pixels,
            (map[0] * u + map[1] * v + map[2]) / w - 0.5,
            (map[3] * u + map[4] * v + map[5]) / w - 0.5,
            sum,
          );
        }
      }
      for (let c = 0; c < 3; c++) out[to + c] = Math.max(0, Math.min(255, sum[c]! / (n * n) + 0.5));
    }
  }
  return out;
}

/** Samples along each side of a pixel at most; more are not seen. */
const MOST_SAMPLES = 8;
/** Fewer pixels of the picture than that for one of ours: it is enlarged, and needs the better sampling. */
const ENLARGED = 0.8;

/** The longer one of the sides along the text and of those across it. */
function sidesOf([tl, tr, br, bl]: Quad): { along: number; across: number } {
  const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y);
  return {
    along: Math.max(distance(tl, tr), distance(bl, br)),
    across: Math.max(distance(tl, bl), distance(tr, br)),
  };
}

/** Adds the colour between four pixels to `sum`. */
function bilinear({ data, width, height }: Pixels, x: number, y: number, sum: Float64Array): void {
  const cx = x < 0 ? 0 : x > width - 1 ? width - 1 : x;
  const cy = y < 0 ? 0 : y > height - 1 ? height - 1 : y;
  const x0 = Math.min(Math.floor(cx), width - 2);
  const y0 = Math.min(Math.floor(cy), height - 2);
  const fx = cx - x0;
  const fy = cy - y0;
  const at = (y0 * width + x0) * 3;
  const below = at + width * 3;
  const [a, b, c, d] = [(1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy];
  sum[0]! += a * data[at]! + b * data[at + 3]! + c * data[below]! + d * data[below + 3]!;
  sum[1]! += a * data[at + 1]! + b * data[at + 4]! + c * data[below + 1]! + d * data[below + 4]!;
  sum[2]! += a * data[at + 2]! + b * data[at + 5]! + c * data[below + 2]! + d * data[below + 5]!;
}

const WX = new Float64Array(4);
const WY = new Float64Array(4);

/** Adds the colour between 4 x 4 pixels to `sum` (Catmull-Rom). */
function bicubic({ data, width, height }: Pixels, x: number, y: number, sum: Float64Array): void {
  const x0 = Math.floor(x);
  const y0 = Math.floor(y);
  weights(x - x0, WX);
  weights(y - y0, WY);
  let [r, g, b] = [0, 0, 0];
  for (let j = 0; j < 4; j++) {
    const row = Math.min(Math.max(y0 - 1 + j, 0), height - 1) * width;
    for (let i = 0; i < 4; i++) {
      const at = (row + Math.min(Math.max(x0 - 1 + i, 0), width - 1)) * 3;
      const w = WX[i]! * WY[j]!;
      r += w * data[at]!;
      g += w * data[at + 1]!;
      b += w * data[at + 2]!;
    }
  }
  sum[0]! += r;
  sum[1]! += g;
  sum[2]! += b;
}

function weights(t: number, out: Float64Array): void {
  out[0] = ((-0.5 * t + 1) * t - 0.5) * t;
  out[1] = (1.5 * t - 2.5) * t * t + 1;
  out[2] = ((-1.5 * t + 2) * t + 0.5) * t;
  out[3] = (0.5 * t - 0.5) * t * t;
}

type Homography = readonly [number, number, number, number, number, number, number, number];

/**
 * The projective map from the unit square to a quad: x = (a u + b v + c) / (g u + h v + 1), y alike with d, e, f.
 * P. Heckbert, Fundamentals of texture mapping and image warping, 1989, section 2.2.3.
 */
function homographyTo([p0, p1, p2, p3]: Quad): Homography {
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
