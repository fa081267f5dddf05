import type { PlateGround } from './sight.js';

/** How a straightened plate looked beside its text. */
export interface PlateLook {
  readonly ground: PlateGround;
  /** 0 (blurred beyond reading) .. 1 (crisp). */
  readonly sharpness: number;
  /** Share of the surroundings that has not the ground's colour: a plate ends, a wall goes on. 0..1 */
  readonly ends: number;
  /** Difference between characters and ground, 0..1 of black to white. */
  readonly contrast: number;
}

/** A straightened plate with its surroundings. */
export interface StraightPlate {
  /** R, G, B bytes. */
  readonly rgb: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** Height of a line, pixels; the text lies `margin` pixels from each edge. */
  readonly line: number;
  readonly margin: number;
}

/** Where the surroundings begin, in line heights outside the text's outline. */
const OUTSIDE_FROM = 0.3;
/** An edge this wide (in character heights) is as sharp as it gets, and one this wide blurs characters into each other. */
const EDGE = { crisp: 0.08, blurred: 0.4 };
/** Characters fill about this much of their line's outline. */
const CHAR_SHARE = 0.7;

/** Measures a plate's looks. Pure: everything comes from the pixels. */
export function plateLook(plate: StraightPlate): PlateLook {
  const luma = lumaOf(plate.rgb);
  const inside = where(plate, (out) => out <= 0);
  const [dark, light, threshold] = twoLevels(luma, inside);
  const contrast = light - dark;
  const lightShare = inside.filter((i) => luma[i]! > threshold).length / Math.max(1, inside.length);
  // Characters cover less than half of a plate's text area.
  const isGroundLight = lightShare >= 0.5;
  const ground = inside.filter((i) => luma[i]! > threshold === isGroundLight);
  const colour = medianColour(plate.rgb, ground);
  const isLikeGround = (i: number): boolean =>
    difference(plate.rgb, i, colour) < Math.max(24, 0.45 * contrast);
  const share = (pixels: readonly number[]): number =>
    pixels.filter(isLikeGround).length / Math.max(1, pixels.length);
  const { line } = plate;
  return {
    ground: groundOf(colour, isGroundLight, contrast),
    sharpness: sharpnessOf(luma, plate, contrast),
    ends: 1 - share(where(plate, (out) => out > OUTSIDE_FROM * line)),
    contrast: contrast / 255,
  };
}

/** Pixels by how far outside the text they lie (inside: negative), pixels. */
function where({ width, height, margin }: StraightPlate, test: (outside: number) => boolean): number[] {
  const pixels: number[] = [];
  for (let y = 0; y < height; y++) {
    const down = Math.max(margin - 0.5 - y, y - (height - margin - 0.5));
    for (let x = 0; x < width; x++) {
      if (test(Math.max(down, margin - 0.5 - x, x - (width - margin - 0.5)))) pixels.push(y * width + x);
    }
  }
  return pixels;
}

function lumaOf(rgb: Uint8Array): Float32Array {
  const luma = new Float32Array(rgb.length / 3);
  for (let i = 0; i < luma.length; i++) {
    luma[i] = 0.299 * rgb[3 * i]! + 0.587 * rgb[3 * i + 1]! + 0.114 * rgb[3 * i + 2]!;
  }
  return luma;
}

/** Splits grey levels in two so that both sides are as alike as can be (N. Otsu, 1979). @returns their means and the border. */
function twoLevels(luma: Float32Array, pixels: readonly number[]): [number, number, number] {
  const counts = new Float64Array(256);
  for (const i of pixels) counts[Math.min(255, Math.round(luma[i]!))]!++;
  let [below, sumBelow, sum] = [0, 0, 0];
  counts.forEach((count, level) => (sum += count * level));
  let best: [number, number, number] = [0, 0, 127];
  let bestSpread = -1;
  for (let level = 0; level < 255; level++) {
    below += counts[level]!;
    sumBelow += counts[level]! * level;
    const above = pixels.length - below;
    if (below === 0 || above === 0) continue;
    const [low, high] = [sumBelow / below, (sum - sumBelow) / above];
    const spread = below * above * (high - low) ** 2;
    if (spread > bestSpread) {
      bestSpread = spread;
      best = [low, high, level + 0.5];
    }
  }
  return best;
}

type Colour = readonly [number, number, number];

function medianColour(rgb: Uint8Array, pixels: readonly number[]): Colour {
  const median = (c: number): number => {
    const values = pixels.map((i) => rgb[3 * i + c]!).sort((a, b) => a - b);
    return values[values.length >> 1] ?? 0;
  };
  return [median(0), median(1), median(2)];
}

function difference(rgb: Uint8Array, i: number, [r, g, b]: Colour): number {
  return Math.max(Math.abs(rgb[3 * i]! - r), Math.abs(rgb[3 * i + 1]! - g), Math.abs(rgb[3 * i + 2]! - b));
}

/**
 * White and yellow plates carry darker characters, red and blue ones lighter characters: a white plate in the red
 * of a tail light stays white.
 */
function groundOf([r, g, b]: Colour, isGroundLight: boolean, contrast: number): PlateGround {
  if (contrast < 12) return 'unknown';
  const most = Math.max(r, g, b);
  const least = Math.min(r, g, b);
  const saturation = most === 0 ? 0 : (most - least) / most;
  const hue = hueOf(r, g, b, most, least);
  if (!isGroundLight) {
    if (saturation > 0.4 && (hue < 25 || hue > 325)) return 'red';
    if (saturation > 0.35 && hue > 185 && hue < 265) return 'blue';
    return 'unknown';
  }
  if (saturation > 0.42 && hue > 28 && hue < 68) return 'yellow';
  return saturation < 0.6 ? 'white' : 'unknown';
}

/** Degrees, 0 red, 120 green, 240 blue. */
function hueOf(r: number, g: number, b: number, most: number, least: number): number {
  if (most === least) return 0;
  const span = most - least;
  const sector = most === r ? (g - b) / span : most === g ? 2 + (b - r) / span : 4 + (r - g) / span;
  return (sector * 60 + 360) % 360;
}

/** From the steepest edges along the text: how wide they are against the characters' height. */
function sharpnessOf(
  luma: Float32Array,
  { width, height, line, margin }: StraightPlate,
  contrast: number,
): number {
  if (contrast < 1) return 0;
  const steps: number[] = [];
  for (let y = Math.ceil(margin); y < height - margin; y++) {
    for (let x = Math.ceil(margin); x + 1 < width - margin; x++) {
      steps.push(Math.abs(luma[y * width + x + 1]! - luma[y * width + x]!));
    }
  }
  steps.sort((a, b) => b - a);
  const steepest = steps[Math.floor(steps.length * 0.05)] ?? 0;
  if (steepest === 0) return 0;
  const edge = contrast / steepest / (line * CHAR_SHARE);
  return Math.max(0, Math.min(1, (EDGE.blurred - edge) / (EDGE.blurred - EDGE.crisp)));
}
