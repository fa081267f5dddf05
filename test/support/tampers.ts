import type { Size } from '../../src/domain/geometry.js';

// Hot loops: a global is looked up at each use where code runs in a vm context, as under Jest.
const { cos, exp, floor, hypot, imul, max, min, round, sin } = Math;

/** What is done to a picture, or befalls it; `look` is the number of the look. */
export type Change = (luma: Uint8Array, size: Size, look: number) => Uint8Array;

/** Standard normal numbers, the same at every run (Box and Muller's transform of a linear congruential generator). */
const NORMAL = ((): Float32Array => {
  let seed = 7;
  const next = (): number => ((seed = (imul(seed, 1664525) + 1013904223) >>> 0) + 1) / 4294967297;
  return Float32Array.from(
    { length: 1 << 16 },
    () => Math.sqrt(-2 * Math.log(next())) * cos(2 * Math.PI * next()),
  );
})();

type Shade = (luma: number, x: number, y: number, i: number) => number;

/** Each pixel anew from the old one, in units of the width and height, with the noise of a sensor. */
export function shaded(shade: Shade, noise = 3): Change {
  return (luma, { width, height }, look) => {
    const out = new Uint8Array(width * height);
    for (let y = 0, i = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        const grain = NORMAL[(imul(i + look * 7919, 2654435761) >>> 8) & 0xffff]!;
        out[i] = min(255, max(0, shade(luma[i]!, x / width, y / height, i) + noise * grain));
      }
    }
    return out;
  };
}

/** The picture seen elsewhere: what is at (x + dx, y + dy), units of the picture, wrapped around. */
export const shifted =
  (dx: number, dy: number): Change =>
  (luma, size, look) => {
    const [stepX, stepY] = [round(dx * size.width), round(dy * size.height)];
    return shaded((_, x, y) => {
      const fromX = (round(x * size.width) + stepX + size.width) % size.width;
      const fromY = (round(y * size.height) + stepY + size.height) % size.height;
      return luma[fromY * size.width + fromX]!;
    })(luma, size, look);
  };

/** Blurred by three box filters, all but a Gaussian of about that share of the width. */
export const blurred =
  (sigma: number): Change =>
  (luma, size, look) => {
    const radius = max(1, round(sigma * size.width));
    let plane = Float32Array.from(luma);
    for (let pass = 0; pass < 3; pass++) {
      plane = boxed(plane, size.width, 1, size.height, size.width, radius);
      plane = boxed(plane, size.height, size.width, size.width, 1, radius);
    }
    return shaded((_luma, _x, _y, i) => plane[i]!)(luma, size, look);
  };

/** Means of 2 * radius + 1 pixels along each of `lines` lines; beyond an end its pixel repeats. */
function boxed(
  plane: Float32Array,
  length: number,
  step: number,
  lines: number,
  lineStep: number,
  radius: number,
): Float32Array<ArrayBuffer> {
  const out = new Float32Array(plane.length);
  const value = (line: number, at: number): number =>
    plane[line * lineStep + min(length - 1, max(0, at)) * step]!;
  for (let line = 0; line < lines; line++) {
    let sum = 0;
    for (let at = -radius; at <= radius; at++) sum += value(line, at);
    for (let at = 0; at < length; at++) {
      out[line * lineStep + at * step] = sum / (2 * radius + 1);
      sum += value(line, at + radius + 1) - value(line, at - radius);
    }
  }
  return out;
}

/** A dark, smooth thing close to the lens that leaves some tenth of the picture. */
export const hand: Change = shaded((luma, x, y) =>
  hypot((x - 0.45) / 0.55, (y - 0.55) / 0.6) < 1 ? 35 + 10 * sin(16 * x) * cos(7 * y) : luma,
);

/** A side with windows over that share of the picture's width. */
export const bus = (share: number): Change =>
  shaded((luma, x, y) =>
    Math.abs(x - 0.5) < share / 2 ? 90 + (floor(20 * x) % 2) * 60 + (floor(11 * y) % 2) * 30 : luma,
  );

/** Contrast to that share of what it was, above video black: what is left when lights go out. */
export const dimmed = (share: number, noise?: number): Change =>
  shaded((luma) => 16 + (luma - 16) * share, noise);

/** Infrared lamp at the camera: bright in the middle, dark at the rim; what is dark reflects more. */
export const infrared: Change = shaded(
  (luma, x, y) => 255 * (luma / 255) ** 0.6 * (0.35 + 0.65 * exp(-9 * ((x - 0.5) ** 2 + (y - 0.5) ** 2))),
);

/** Two headlights that look into the camera; it closes its iris. */
export const glare: Change = shaded((luma, x, y) => {
  const lamp = (at: number): number => 400 * exp(-((x - at) ** 2 + (y - 0.5) ** 2) / (2 * 0.09 ** 2));
  return 16 + (luma - 16) * 0.5 + lamp(0.4) + lamp(0.6);
});
