import fc from 'fast-check';
import { KINDS } from '../../models/decode/kinds.js';
import type { InputSpec } from '../../models/network.js';
import { createSampler, placement, type SampleTarget } from '../../models/sample.js';
import { unitBox, WHOLE } from '../../src/domain/geometry.js';
import { pictureBytes, type Picture } from '../../src/domain/picture.js';

const PLAIN: InputSpec = { order: 'rgb', mean: [0, 0, 0], std: [1, 1, 1], fit: 'stretch', padGrey: 114 };

function rgb(
  width: number,
  height: number,
  colour: (x: number, y: number) => readonly [number, number, number],
): Picture {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) data.set(colour(i % width, Math.floor(i / width)), i * 3);
  return { width, height, format: 'rgb24', data };
}

function i420(width: number, height: number, luma: number, u: number, v: number): Picture {
  const data = new Uint8Array(pictureBytes(width, height, 'i420')).fill(v);
  const chroma = Math.ceil(width / 2) * Math.ceil(height / 2);
  data.fill(luma, 0, width * height);
  data.fill(u, width * height, width * height + chroma);
  return { width, height, format: 'i420', data };
}

function sampled(picture: Picture, look: ReturnType<typeof unitBox>, target: SampleTarget): number[][] {
  const plane = target.width * target.height;
  const tensor = new Float32Array(3 * plane);
  createSampler(target)(picture, look, tensor, target);
  return [0, 1, 2].map((channel) => [...tensor.subarray(channel * plane, (channel + 1) * plane)]);
}

describe('createSampler', () => {
  it.each([
    ['red, green, blue', 'rgb', [10, 120, 250]],
    ['blue, green, red', 'bgr', [250, 120, 10]],
  ] as const)('lays planes out in the order %s', (_, order, expected) => {
    const planes = sampled(
      rgb(8, 8, () => [10, 120, 250]),
      WHOLE,
      { width: 4, height: 4, input: { ...PLAIN, order } },
    );
    expect(planes.map((plane) => Math.round(plane[5]!))).toEqual(expected);
  });

  it.each([
    ['white', 235, 128, 128, [255, 255, 255]],
    ['black', 16, 128, 128, [0, 0, 0]],
    ['pure red of BT.601', 81, 90, 240, [255, 0, 0]],
    ['pure green', 145, 54, 34, [0, 255, 0]],
    ['pure blue', 41, 240, 110, [0, 0, 255]],
    ['brighter than white', 255, 128, 128, [255, 255, 255]],
  ])('converts i420 %s', (_, luma, u, v, expected) => {
    for (const order of ['rgb', 'bgr'] as const) {
      const planes = sampled(i420(31, 17, luma, u, v), WHOLE, {
        width: 16,
        height: 16,
        input: { ...PLAIN, order },
      });
      const found = planes.map((plane) => plane[100]!);
      (order === 'rgb' ? found : found.reverse()).forEach((value, i) =>
        expect(Math.abs(value - expected[i]!)).toBeLessThan(2.5),
      );
    }
  });

  it('normalises each plane with its own mean and deviation, i420 as rgb24', () => {
    const { input } = KINDS.picodet;
    for (const picture of [
      rgb(20, 20, () => [200, 200, 200]),
      i420(20, 20, Math.round(16 + 200 / 1.164384), 128, 128),
    ]) {
      const planes = sampled(picture, WHOLE, { width: 8, height: 8, input });
      planes.forEach((plane, i) => expect(plane[0]).toBeCloseTo((200 - input.mean[i]!) / input.std[i]!, 1));
    }
  });

  it('averages areas when shrinking: single bright pixels do not vanish or flicker', () => {
    const dots = rgb(96, 96, (x, y) => (x % 4 === 1 && y % 4 === 2 ? [240, 240, 240] : [0, 0, 0]));
    const [red] = sampled(dots, WHOLE, { width: 24, height: 24, input: PLAIN });
    red!.forEach((value) => expect(value).toBeCloseTo(15, 3));
  });

  it('looks at the region only, and interpolates when enlarging it', () => {
    const ramp = rgb(100, 10, (x) => [x < 50 ? 200 : x, 0, 0]);
    const [red] = sampled(ramp, unitBox(0.6, 0, 0.2, 1), { width: 40, height: 4, input: PLAIN });
    // Pixel centres of columns 60 … 79: enlarged twice, each sample half a column further.
    expect(red![0]).toBeCloseTo(59.75, 3);
    expect(red![20]).toBeCloseTo(69.75, 3);
    expect(red![39]).toBeCloseTo(79.25, 3);
  });

  it('pads a letterbox at the right or at the bottom with grey', () => {
    const input = { ...PLAIN, fit: 'letterbox' } as const;
    const wide = sampled(
      rgb(40, 20, () => [250, 250, 250]),
      WHOLE,
      { width: 8, height: 8, input },
    )[0]!;
    expect(wide.slice(24, 40).map(Math.round)).toEqual([
      ...Array<number>(8).fill(250),
      ...Array<number>(8).fill(114),
    ]);
    const tall = sampled(i420(20, 40, 235, 128, 128), WHOLE, { width: 8, height: 8, input })[1]!;
    expect(tall.slice(0, 8).map(Math.round)).toEqual([255, 255, 255, 255, 114, 114, 114, 114]);
  });

  it('forgets the picture before: padding is clean after a fuller one', () => {
    const target = { width: 8, height: 8, input: { ...PLAIN, fit: 'letterbox' as const } };
    const sample = createSampler(target);
    const tensor = new Float32Array(3 * 64);
    sample(
      rgb(9, 9, () => [9, 9, 9]),
      WHOLE,
      tensor,
      target,
    );
    sample(
      rgb(40, 20, () => [250, 250, 250]),
      WHOLE,
      tensor,
      target,
    );
    expect(tensor[63]).toBe(114);
  });

  it('stays within the picture for any size and region', () => {
    const side = fc.integer({ min: 1, max: 70 });
    const fraction = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        side,
        side,
        fraction,
        fraction,
        fraction,
        fraction,
        fc.constantFrom('stretch', 'letterbox'),
        fc.boolean(),
        (width, height, x, y, w, h, fit, yuv) => {
          const look = unitBox(
            x * 0.95,
            y * 0.95,
            Math.max(0.01, w * (1 - x * 0.95)),
            Math.max(0.01, h * (1 - y * 0.95)),
          );
          const picture = yuv
            ? i420(width, height, 235, 128, 128)
            : rgb(width, height, () => [255, 255, 255]);
          const target = { width: 32, height: 32, input: { ...PLAIN, fit, padGrey: 255 } };
          const worst = Math.max(
            ...sampled(picture, look, target)
              .flat()
              .map((value) => Math.abs(value - 255)),
          );
          expect(worst).toBeLessThan(0.1);
          const placed = placement(picture, look, target);
          expect(placed.width === 32 || placed.height === 32).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });
});
