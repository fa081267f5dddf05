import fc from 'fast-check';
import { Calibration } from '../../../src/domain/camera-fields/calibration.js';
import { groundOf, homographyOf, localScale, pictureOf } from '../../../src/domain/speed/homography.js';
import { clicked, MAST, seenAt } from '../../support/road.js';

const MARKS = [
  [-4, 9],
  [4, 9],
  [-4, 18],
  [4, 18],
  [-4, 32],
  [4, 32],
] as const;
const CORNERS = [MARKS[0], MARKS[1], MARKS[5], MARKS[4]] as const;
const ASPECT = MAST.aspect;

/** What the schema says about a calibration: field and text, or nothing. */
function mistakes(given: unknown): string[] {
  const { error } = Calibration.safeParse(given);
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

it('four points are met exactly, and so is any other place on the ground', () => {
  const homography = homographyOf(clicked(MAST, CORNERS), ASPECT);
  for (const residual of homography.residuals) expect(residual.metres).toBeLessThan(1e-6);
  fc.assert(
    fc.property(
      fc.double({ min: -8, max: 8, noNaN: true }),
      fc.double({ min: 8, max: 60, noNaN: true }),
      (x, y) => {
        const [u, v] = seenAt(MAST, [x, y, 0])!;
        const ground = groundOf(homography, { x: u, y: v })!;
        expect(Math.hypot(ground.xM - x, ground.yM - y)).toBeLessThan(1e-5 * y * y);
        const back = pictureOf(homography, ground)!;
        expect(Math.hypot(back.x - u, back.y - v)).toBeLessThan(1e-9);
      },
    ),
    { numRuns: 60 },
  );
});

it('a rectangle with side lengths is the same as its four corners', () => {
  const { points } = clicked(MAST, CORNERS);
  const rectangle = { corners: points.map(({ at }) => at), widthM: 8, lengthM: 23 };
  const homography = homographyOf(Calibration.parse({ rectangle }), ASPECT);
  const [u, v] = seenAt(MAST, [1, 20, 0])!;
  const ground = groundOf(homography, { x: u, y: v })!;
  expect([ground.xM, ground.yM]).toEqual([expect.closeTo(5, 5), expect.closeTo(11, 5)]);
});

it('beyond the horizon there is no ground', () => {
  const homography = homographyOf(clicked(MAST, CORNERS), ASPECT);
  // Pitched down by 24 degrees, the horizon lies at half a picture minus tan 24° / tan 24° halves: at the upper border.
  const horizon =
    0.5 - (0.5 * Math.tan((MAST.pitchDeg * Math.PI) / 180)) / Math.tan((MAST.fovDeg * Math.PI) / 360);
  expect(groundOf(homography, { x: 0.5, y: horizon - 0.01 })).toBeUndefined();
  expect(groundOf(homography, { x: 0.5, y: horizon })).toBeUndefined();
  expect(groundOf(homography, { x: 0.5, y: 0.1 })).toBeDefined();
  expect(localScale(homography, { x: 0.5, y: horizon - 0.01 })).toBeUndefined();
});

it('more points than needed: least squares, and each residual is told', () => {
  const { points } = clicked(MAST, MARKS, 0.003, 5);
  const homography = homographyOf({ points }, ASPECT);
  const worst = Math.max(...homography.residuals.map(({ heights }) => heights));
  expect(worst).toBeGreaterThan(1e-4);
  expect(worst).toBeLessThan(0.01);
  // Any other homography would leave more: moving one point back to where it fits lowers the sum.
  const squares = (h: typeof homography): number => h.residuals.reduce((sum, r) => sum + r.heights ** 2, 0);
  const exact = homographyOf(clicked(MAST, MARKS), ASPECT);
  const asSeen = points.reduce((sum, { at, ground }) => {
    const is = pictureOf(exact, { xM: ground[0], yM: ground[1] })!;
    return sum + ((is.x - at[0]) * ASPECT) ** 2 + (is.y - at[1]) ** 2;
  }, 0);
  expect(squares(homography)).toBeLessThan(asSeen);
});

it('the error of lengths covers what wrong clicks do, and is not much larger', () => {
  const truth = localScale(homographyOf(clicked(MAST, CORNERS), ASPECT), { x: 0.4, y: 0.5 })!;
  const off = Array.from({ length: 200 }, (_, seed) => {
    const scale = localScale(homographyOf(clicked(MAST, CORNERS, 0.005, seed + 1), ASPECT), {
      x: 0.4,
      y: 0.5,
    })!;
    return Math.abs(scale.most / truth.most - 1);
  }).sort((a, b) => a - b);
  expect(truth.errorShare).toBeGreaterThan(off[170]!);
  expect(truth.errorShare).toBeLessThan(2 * off[189]!);
});

const { points: good } = clicked(MAST, MARKS);
const swapped = (points: readonly (typeof good)[number][], a: number, b: number) =>
  points.map((point, i) =>
    i === a ? { ...point, at: points[b]!.at } : i === b ? { ...point, at: points[a]!.at } : point,
  );
const four = [good[0]!, good[1]!, good[5]!, good[4]!];

describe('a calibration that fixes no ground is a mistake of the camera file', () => {
  it.each([
    [
      'three of four in a line',
      { points: [good[0], good[2], good[4], good[1]] },
      /^points: three of the four lie in one straight line/,
    ],
    [
      'all but one in a line',
      { points: [good[0], good[2], good[4], good[1], { at: [0.5, 0.6], ground: [0, 14] }].slice(0, 4) },
      /straight line/,
    ],
    [
      'the same place twice',
      { points: [good[0], good[1], good[5], { at: good[0]!.at, ground: [3, 3] }] },
      /^points\.3\.at: is the same place as points\[0\]\.at/,
    ],
    [
      'one ground for two places',
      { points: [good[0], good[1], good[5], { at: [0.2, 0.3], ground: good[0]!.ground }] },
      /^points\.3\.ground: is the same place as points\[0\]\.ground/,
    ],
    [
      'two of four mixed up',
      { points: swapped(four, 0, 1) },
      /^points: would put ground beyond the horizon: two points are mixed up/,
    ],
    [
      'one of six wrong',
      { points: good.map((p, i) => (i === 3 ? { ...p, ground: [4, 28] } : p)) },
      /^points\.\d: does not fit the others: .* % of the picture's height away/,
    ],
    ['three points', { points: four.slice(1) }, /^points: needs at least four points/],
    [
      'both ways',
      { points: four, rectangle: { corners: four.map(({ at }) => at), widthM: 1, lengthM: 1 } },
      /needs either points/,
    ],
    [
      'crossing corners',
      { rectangle: { corners: swapped(four, 2, 3).map(({ at }) => at), widthM: 8, lengthM: 23 } },
      /^rectangle\.corners: cross each other/,
    ],
    [
      'corners in a line',
      {
        rectangle: {
          corners: [
            [0.1, 0.5],
            [0.3, 0.5],
            [0.5, 0.5],
            [0.7, 0.5],
          ],
          widthM: 8,
          lengthM: 23,
        },
      },
      /^rectangle\.corners: cross each other or lie in a line/,
    ],
  ])('%s', (_, given, text) => {
    expect(mistakes(given)).toEqual([expect.stringMatching(text)]);
  });

  it('a good one is none', () => {
    expect(mistakes({ points: good })).toEqual([]);
    expect(mistakes({ points: four })).toEqual([]);
    expect(mistakes(clicked(MAST, MARKS, 0.004, 3))).toEqual([]);
  });
});
