import { quadAround, quadPoint, type Quad } from '../../../src/domain/plates/quad.js';
import { pixelsAround, straighten } from '../../../src/io/plates/warp.js';
import type { Picture } from '../../../src/domain/picture.js';

const SIZE = { width: 160, height: 120 };

/** A picture whose red says how far right and whose green how far down a pixel is. */
function ramp(): Picture {
  const data = new Uint8Array(SIZE.width * SIZE.height * 3);
  for (let y = 0; y < SIZE.height; y++) {
    for (let x = 0; x < SIZE.width; x++) data.set([x + 20, y + 40, 0], (y * SIZE.width + x) * 3);
  }
  return { ...SIZE, format: 'rgb24', data };
}

describe.each([
  [
    'upright',
    quadAround(
      [
        { x: 40, y: 40 },
        { x: 100, y: 64 },
      ],
      0,
    ),
  ],
  [
    'turned',
    quadAround(
      [
        { x: 50, y: 30 },
        { x: 100, y: 80 },
      ],
      0.4,
    ),
  ],
  [
    'shrunk eight times',
    quadAround(
      [
        { x: 4, y: 4 },
        { x: 154, y: 114 },
      ],
      0,
    ),
  ],
] as [string, Quad][])('a quad that is %s', (_name, quad) => {
  it.each([
    [24, 12],
    [120, 48],
  ])('is straightened to %d x %d pixels', (width, height) => {
    const rgb = straighten(pixelsAround(ramp(), quad)!, quad, width, height);
    for (const [column, row] of [
      [3, 3],
      [width >> 1, height >> 1],
      [width - 4, height - 4],
    ] as const) {
      const { x, y } = quadPoint(quad, (column + 0.5) / width, (row + 0.5) / height);
      const at = (row * width + column) * 3;
      expect(Math.abs(rgb[at]! - (x - 0.5 + 20))).toBeLessThan(2.5);
      expect(Math.abs(rgb[at + 1]! - (y - 0.5 + 40))).toBeLessThan(2.5);
    }
  });
});

it('a quad seen in perspective is straightened: equal steps across it come nearer at its far end', () => {
  const quad: Quad = [
    { x: 20, y: 20 },
    { x: 140, y: 45 },
    { x: 140, y: 75 },
    { x: 20, y: 100 },
  ];
  const rgb = straighten(pixelsAround(ramp(), quad)!, quad, 90, 30);
  const middle = rgb[(15 * 90 + 45) * 3]! - 20;
  // The diagonals cross where the middle of the plate is.
  expect(middle).toBeGreaterThan(95);
  expect(middle).toBeLessThan(118);
});

it('what lies outside the picture is its edge; a quad altogether outside has no pixels', () => {
  const quad = quadAround(
    [
      { x: -20, y: -10 },
      { x: 30, y: 15 },
    ],
    0,
  );
  const rgb = straighten(pixelsAround(ramp(), quad)!, quad, 50, 25);
  expect([rgb[0], rgb[1]]).toEqual([20, 40]);
  expect(
    pixelsAround(
      ramp(),
      quadAround(
        [
          { x: 400, y: 10 },
          { x: 460, y: 30 },
        ],
        0,
      ),
    ),
  ).toBeUndefined();
});
