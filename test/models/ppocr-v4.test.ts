import fc from 'fast-check';
import { CLASSES, lineText } from '../../models/ppocr-v4/characters.js';
import { textRegions } from '../../models/ppocr-v4/detection.js';
import { LINE_HEIGHT, writeLine } from '../../models/ppocr-v4/recognition.js';
import { quadAngle, quadSize } from '../../src/domain/plates/quad.js';
import { plainText } from '../../src/domain/plates/text-line.js';

/** Classes of the network's list of characters (ppocr_keys_v1.txt): line n is class n. */
const KEY = { blank: 0, 2: 25, 8: 27, '-': 28, 1: 93, 9: 1109, B: 3588, b: 3463, 中: 370 } as const;
type Key = keyof typeof KEY;

/** Steps of the network's answer, each with the probabilities of some characters. */
function answer(steps: readonly Partial<Record<Key, number>>[]): Float32Array {
  const data = new Float32Array(steps.length * CLASSES);
  steps.forEach((step, row) => {
    for (const [char, p] of Object.entries(step)) data[row * CLASSES + KEY[char as Key]] = p;
  });
  return data;
}

describe('reading the recognition network', () => {
  const read = (steps: readonly Partial<Record<Key, number>>[]) => lineText(answer(steps), steps.length);

  it('takes equal neighbours as one character, and twice the same with a gap between as two', () => {
    const { chars, legible } = read([
      { 2: 1 },
      { 2: 0.9, blank: 0.1 },
      { blank: 1 },
      { 2: 1 },
      { 9: 1 },
      { '-': 1 },
    ]);
    expect(chars.map(({ options }) => options[0]!.char).join('')).toBe('229-');
    expect(plainText(chars)).toBe('229');
    expect(legible).toBeCloseTo(1, 5);
    expect(chars[0]!.at).toBeCloseTo(1 / 6, 5);
  });

  it('keeps what else a character may be, and counts small letters as capitals', () => {
    const [first] = read([{ 8: 0.5, B: 0.3, b: 0.15 }, { blank: 1 }]).chars;
    expect(first!.options.map(({ char }) => char)).toEqual(['8', 'B']);
    expect(first!.options[1]!.p).toBeCloseTo(0.45, 5);
  });

  it('tells when other characters than those of plates were more likely', () => {
    const { chars, legible } = read([{ 中: 0.9, 1: 0.1 }]);
    expect(chars[0]!.options[0]).toEqual({ char: '1', p: expect.closeTo(0.1, 5) as number });
    expect(legible).toBeLessThan(0.2);
    expect(read([{ blank: 1 }])).toEqual({ chars: [], legible: 0 });
  });

  it('gives probabilities that add up to at most 1', () => {
    const step = fc.record({
      8: fc.double({ min: 0, max: 1, noNaN: true }),
      B: fc.double({ min: 0, max: 1, noNaN: true }),
      blank: fc.constant(0.01),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 8 }), (steps) => {
        for (const { options } of read(steps).chars) {
          expect(options.reduce((sum, { p }) => sum + p, 0)).toBeLessThanOrEqual(1 + 1e-6);
        }
      }),
    );
  });
});

describe('finding lines in the detection network', () => {
  /** A map with one bar of text of that size and slant, its middle in the map's. */
  function bar(width: number, height: number, slant: number, size = 200): Float32Array {
    const map = new Float32Array(size * size);
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        const [dx, dy] = [x + 0.5 - size / 2, y + 0.5 - size / 2];
        const along = dx * Math.cos(slant) + dy * Math.sin(slant);
        const down = dy * Math.cos(slant) - dx * Math.sin(slant);
        if (Math.abs(along) < width / 2 && Math.abs(down) < height / 2) map[y * size + x] = 0.9;
      }
    }
    return map;
  }

  it.each([0, 0.2, -0.4, 0.6])(
    'outlines a bar slanted by %d, further out by what the network shrinks',
    (slant) => {
      const [found, ...others] = textRegions(bar(100, 20, slant), { width: 200, height: 200 }, 0.5);
      expect(others).toEqual([]);
      expect(found!.score).toBeCloseTo(0.9, 2);
      expect(quadAngle(found!.quad)).toBeCloseTo(slant, 1);
      // DBPostProcess: area x 1.6 / perimeter on each side.
      const grow = (100 * 20 * 1.6) / 240;
      expect(Math.abs(quadSize(found!.quad).width - 100 - 2 * grow)).toBeLessThan(5);
      expect(Math.abs(quadSize(found!.quad).height - 20 - 2 * grow)).toBeLessThan(5);
    },
  );

  it('leaves out noise and what is not sure enough', () => {
    expect(textRegions(bar(2, 2, 0), { width: 200, height: 200 }, 0.5)).toEqual([]);
    expect(textRegions(bar(100, 20, 0), { width: 200, height: 200 }, 0.95)).toEqual([]);
  });
});

it('a line goes in as blue, green, red from -1 to 1', () => {
  const rgb = new Uint8Array(8 * LINE_HEIGHT * 3);
  rgb.set([255, 0, 51], 0);
  const values = writeLine(rgb, 8);
  const plane = 8 * LINE_HEIGHT;
  expect([values[0], values[plane], values[2 * plane]]).toEqual([expect.closeTo(-0.6, 5), -1, 1]);
});
