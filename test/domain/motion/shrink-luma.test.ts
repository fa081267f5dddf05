import fc from 'fast-check';
import { createLumaShrinker } from '../../../src/domain/motion/shrink-luma.js';

/** A plane of `bytes` that begins `offset` bytes into its buffer. */
function planeAt(offset: number, bytes: number, value: (i: number) => number): Uint8Array {
  const plane = new Uint8Array(new ArrayBuffer(offset + bytes + 3), offset, bytes);
  for (let i = 0; i < bytes; i++) plane[i] = value(i);
  return plane;
}

describe('shrinking luma', () => {
  it.each([
    [768, 576, 133, 100],
    [1280, 720, 178, 100],
    [720, 1280, 56, 100],
    [64, 48, 64, 48],
    [1, 5000, 1, 100],
  ])('makes of %ix%i a plane of %ix%i', (width, height, smallWidth, smallHeight) => {
    const shrinker = createLumaShrinker({ width, height });
    expect([shrinker.width, shrinker.height]).toEqual([smallWidth, smallHeight]);
  });

  it('gives each cell the mean of its pixels, wherever the plane lies in its buffer', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 600 }),
        fc.integer({ min: 0, max: 3 }),
        fc.integer({ min: 1, max: 997 }),
        fc.integer({ min: 1, max: 20 }),
        (width, height, offset, step, targetHeight) => {
          const luma = planeAt(offset, width * height, (i) => (i * step) % 256);
          const shrinker = createLumaShrinker({ width, height }, targetHeight);
          const out = new Float32Array(shrinker.width * shrinker.height);
          shrinker.shrink(luma, out);
          out.forEach((mean, cell) => {
            const column = cell % shrinker.width;
            const row = Math.floor(cell / shrinker.width);
            let sum = 0;
            let pixels = 0;
            for (let y = shrinker.rows[row]!; y < shrinker.rows[row + 1]!; y++) {
              for (let x = shrinker.columns[column]!; x < shrinker.columns[column + 1]!; x++, pixels++) {
                sum += luma[y * width + x]!;
              }
            }
            expect(mean).toBeCloseTo(sum / pixels, 3);
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('does not overflow on a white picture of the largest size', () => {
    const luma = planeAt(0, 4 * 40_000, () => 255);
    const shrinker = createLumaShrinker({ width: 4, height: 40_000 });
    const out = new Float32Array(shrinker.width * shrinker.height);
    shrinker.shrink(luma, out);
    expect(new Set(out)).toEqual(new Set([255]));
  });

  it.each([
    [{ width: 0, height: 10 }, 'width is 0'],
    [{ width: 10, height: 1.5 }, 'height is 1.5'],
    [{ width: NaN, height: 10 }, 'width is NaN'],
  ])('refuses a picture of %j', (size, message) => {
    expect(() => createLumaShrinker(size)).toThrow(message);
  });

  it('refuses a plane that is too short', () => {
    const shrinker = createLumaShrinker({ width: 8, height: 8 });
    expect(() => shrinker.shrink(new Uint8Array(63), new Float32Array(64))).toThrow('63 bytes; 8x8 needs 64');
    expect(() => shrinker.shrink(new Uint8Array(64), new Float32Array(63))).toThrow(
      'room for 63; 8x8 needs 64',
    );
  });
});
