import { consensus } from '../../../src/domain/plates/consensus.js';
import { distinctPlates, plateLines } from '../../../src/domain/plates/plate-lines.js';
import { plausibility } from '../../../src/domain/plates/plausibility.js';
import { plateLook } from '../../../src/domain/plates/plate-look.js';
import { quadAround } from '../../../src/domain/plates/quad.js';
import { plainText, type PlacedChar, type TextLine } from '../../../src/domain/plates/text-line.js';

function chars(text: string, p = 0.95): PlacedChar[] {
  return [...text].map((char, i) => ({ options: [{ char, p }], at: (i + 0.5) / text.length }));
}

/** A line whose middle is at (x, y), turned about the picture's corner by `slant` radians. */
function line(text: string, x: number, y: number, slant = 0, { width = 60, height = 30 } = {}): TextLine {
  const corners = [-1, 1].flatMap((u) =>
    [-1, 1].map((v) => ({ x: x + (u * width) / 2, y: y + (v * height) / 2 })),
  );
  const turn = (p: { x: number; y: number }) => ({
    x: p.x * Math.cos(slant) - p.y * Math.sin(slant),
    y: p.x * Math.sin(slant) + p.y * Math.cos(slant),
  });
  return { quad: quadAround(corners.map(turn), slant), chars: chars(text), legible: 1 };
}

/** The plates' texts, `/` between lines. */
function texts(lines: readonly TextLine[]): string[] {
  return plateLines(lines)
    .map((plate) => plate.lines.map((one) => plainText(one.chars)).join('/'))
    .sort();
}

describe('lines become plates', () => {
  it.each([0, 0.3, -0.5])('of two lines, whatever the slant (%d)', (slant) => {
    expect(texts([line('256.62', 200, 131, slant), line('29-B1', 198, 100, slant)])).toEqual(['29B1/25662']);
  });

  it('never across plates that stand side by side', () => {
    const [a, b] = [line('78-H1', 100, 100), line('046.52', 102, 132)];
    const [c, d] = [line('47-K1', 175, 104), line('173.49', 177, 136)];
    expect(texts([d, a, c, b])).toEqual(['47K1/17349', '78H1/04652']);
    expect(texts([line('29-V7', 100, 100), line('18-B2', 165, 100)])).toEqual(['18B2', '29V7']);
  });

  it.each([
    ['far above', line('29-B1', 100, 20)],
    ['much larger', line('29-B1', 100, 70, 0, { height: 90, width: 180 })],
    ['beside', line('29-B1', 150, 69)],
    ['a word of ten', line('MITSUBISHI', 100, 69, 0, { width: 120 })],
  ])('not with a line that is %s', (_why, upper) => {
    expect(texts([upper, line('256.62', 100, 100)])).toContain('25662');
  });

  it('of one line when nothing is above or below; not of three or of eleven characters', () => {
    expect(texts([line('30A-339.18', 100, 100, 0, { width: 130 })])).toEqual(['30A33918']);
    expect(texts([line('VIE', 100, 100), line('09120179.43055', 300, 400)])).toEqual([]);
  });
});

it('a plate seen twice is one, the surer reading; slanted neighbours stay two', () => {
  const whole = { lines: [line('51A-138.83', 100, 100, 0.4, { width: 130 })] };
  const part = { lines: [line('138.83', 125, 101, 0.4, { width: 70, height: 24 })] };
  const neighbour = { lines: [line('60B-933.99', 100, 140, 0.4, { width: 130 })] };
  expect(distinctPlates([part, whole, neighbour])).toEqual([whole, neighbour]);
});

describe('several readings of one line', () => {
  it('are averaged by character where most saw as many', () => {
    const together = consensus([
      chars('59-N7', 0.5),
      chars('59-N1', 0.9),
      chars('59-N1', 0.9),
      chars('59N', 0.9),
    ]);
    expect(plainText(together)).toBe('59N1');
    const last = together[together.length - 1]!;
    expect(last.options[0]!.p).toBeCloseTo(0.6, 6);
    expect(last.options[1]).toEqual({ char: '7', p: expect.closeTo(0.5 / 3, 6) as number });
  });
});

/** A drawn plate: dark strokes on a ground, and what surrounds it. */
function drawn(ground: readonly number[], ink: readonly number[], outside: readonly number[]) {
  const [width, height, margin] = [160, 64, 16];
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const out = Math.max(margin - x, x - (width - margin - 1), margin - y, y - (height - margin - 1));
      const isInk = out < -4 && x % 12 < 4;
      rgb.set(out > 4 ? outside : isInk ? ink : ground, (y * width + x) * 3);
    }
  }
  return plateLook({ rgb, width, height, line: 32, margin });
}

describe('how a plate looks', () => {
  const [black, white, dark] = [
    [20, 20, 20],
    [235, 235, 235],
    [60, 70, 60],
  ] as const;
  it.each([
    ['white', [230, 230, 235], black],
    ['white', [240, 160, 150], black], // in the red of a tail light
    ['yellow', [230, 190, 30], black],
    ['blue', [30, 70, 190], white],
    ['red', [190, 30, 30], white],
    ['unknown', [60, 60, 60], white],
    ['white', [70, 70, 80], [10, 10, 10]], // at night
  ] as const)('%s: ground %j, characters %j', (expected, ground, ink) => {
    expect(drawn(ground, ink, dark).ground).toBe(expected);
  });

  it('more like a plate when it ends than when it goes on like a wall', () => {
    const place = { onVehicle: 0, aspect: 4, lines: 1 };
    const plate = plausibility(drawn([230, 230, 235], black, dark), place);
    const wall = plausibility(drawn([230, 230, 235], black, [230, 230, 235]), place);
    expect(plate).toBeGreaterThan(0.6);
    expect(wall).toBeLessThan(0.4);
  });
});
