import { createLumaShrinker } from '../motion/shrink-luma.js';
import type { Picture } from '../picture.js';
import { createLocalMean } from '../tamper/local-mean.js';

/** The edges of a picture of a scene, small; the light of the scene hardly changes them. */
export interface StillView {
  readonly width: number;
  readonly height: number;
  /** Two numbers a cell: the edge's direction, as a vector of doubled angle, times its sharpness (see edge-map.ts). */
  readonly edges: Float32Array;
}

/** How a camera sees: by day or by night, in colour or in infrared. Pictures of one kind can be compared. */
export type ViewKind = 'light-colour' | 'light-grey' | 'dark-colour' | 'dark-grey';

/** Darker than this on average is dark, luma; street lamps at night give less, a grey day more. */
const DARK = 70;
/** Less colour than this on average is none, 0..255: compression leaves a little in infrared pictures. */
const GREY = 5;
/** Steepness that is no edge, luma per two cells: noise. */
const FLAT = 2.5;

/** Edges of a picture, with that many rows of cells. */
export function stillView(picture: Picture, rows: number): StillView {
  const shrinker = createLumaShrinker(picture, rows);
  const { width, height } = shrinker;
  const plane = new Float32Array(width * height);
  shrinker.shrink(lumaOf(picture), plane);
  const [across, down, steepness, around] = Array.from(
    { length: 4 },
    () => new Float32Array(width * height),
  ) as [Float32Array, Float32Array, Float32Array, Float32Array];
  for (let y = 1; y < height - 1; y++)
    for (let i = y * width + 1; i < (y + 1) * width - 1; i++) {
      across[i] = plane[i + 1]! - plane[i - 1]!;
      down[i] = plane[i + width]! - plane[i - width]!;
      steepness[i] = Math.hypot(across[i]!, down[i]!);
    }
  createLocalMean({ width, height })(steepness, around);
  const edges = new Float32Array(2 * width * height);
  for (let i = 0; i < steepness.length; i++) {
    const steep = steepness[i]!;
    if (steep === 0) continue;
    const scale = 1 / (steep * (around[i]! + FLAT));
    edges[2 * i] = (across[i]! ** 2 - down[i]! ** 2) * scale;
    edges[2 * i + 1] = 2 * across[i]! * down[i]! * scale;
  }
  return { width, height, edges };
}

export function viewKind(picture: Picture): ViewKind {
  const { light, colour } = lightOf(picture);
  return `${light < DARK ? 'dark' : 'light'}-${colour < GREY ? 'grey' : 'colour'}`;
}

/** Luma plane of a picture: that of I420 as it is; of RGB by BT.601, as video has it. */
function lumaOf({ data, width, height, format }: Picture): Uint8Array {
  if (format === 'i420') return data;
  const luma = new Uint8Array(width * height);
  for (let i = 0; i < luma.length; i++)
    luma[i] = (16829 * data[3 * i]! + 33039 * data[3 * i + 1]! + 6416 * data[3 * i + 2]! + 1081344) >> 16;
  return luma;
}

/** Mean luma, and mean distance from grey, of every 16th pixel or so. */
function lightOf({ data, width, height, format }: Picture): { light: number; colour: number } {
  let [light, colour, count] = [0, 0, 0];
  const pixels = width * height;
  if (format === 'i420') {
    const chroma = Math.ceil(width / 2) * Math.ceil(height / 2);
    for (let i = 0; i < pixels; i += 17) light += data[i]! / Math.ceil(pixels / 17);
    for (let i = 0; i < chroma; i += 5, count++)
      colour += Math.max(Math.abs(data[pixels + i]! - 128), Math.abs(data[pixels + chroma + i]! - 128));
    return { light, colour: colour / Math.max(1, count) };
  }
  for (let i = 0; i < pixels; i += 17, count++) {
    const [r, g, b] = [data[3 * i]!, data[3 * i + 1]!, data[3 * i + 2]!];
    light += 16 + (65.5 * r + 128.6 * g + 25 * b) / 255;
    // What BT.601 makes of it: half the distance, about.
    colour += (Math.max(r, g, b) - Math.min(r, g, b)) / 2;
  }
  return { light: light / Math.max(1, count), colour: colour / Math.max(1, count) };
}
