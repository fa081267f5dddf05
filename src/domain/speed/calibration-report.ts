import type { Homography } from './homography.js';
import { EXPECTED, expectedErrors } from './ground-grid.js';

/** What a calibration is worth, in numbers for people and programs. */
export interface CalibrationReport {
  readonly points: readonly {
    readonly at: readonly [number, number];
    readonly ground: readonly [number, number];
    /** How far it is from where all points together put it: on the ground, and in the picture. */
    readonly residualM: number;
    readonly residualPx: number;
  }[];
  /** Standard deviation of a click, pixels: assumed with four points, with more also what the residuals say. */
  readonly clickPx: number;
  readonly places: readonly {
    readonly at: readonly [number, number];
    /** Metres of ground under one pixel, by direction. */
    readonly metresPerPixel: { readonly least: number; readonly most: number };
    /** Half of the 95 % interval, per cent of the speed. */
    readonly calibrationErrorPercent: number;
    readonly speedErrorPercent: number;
  }[];
  /** What `speedErrorPercent` is of. */
  readonly expected: typeof EXPECTED;
}

/** @param heightPx of the picture that is measured in */
export function calibrationReport(homography: Homography, heightPx: number): CalibrationReport {
  const { points, residuals, clickSd } = homography;
  return {
    points: points.map(({ at, ground }, i) => ({
      at,
      ground,
      residualM: rounded(residuals[i]!.metres, 3),
      residualPx: rounded(residuals[i]!.heights * heightPx, 2),
    })),
    clickPx: rounded(clickSd * heightPx, 2),
    places: expectedErrors(homography).map((place) => ({
      at: [rounded(place.at.x, 4), rounded(place.at.y, 4)],
      metresPerPixel: {
        least: rounded(place.leastM / heightPx, 4),
        most: rounded(place.mostM / heightPx, 4),
      },
      calibrationErrorPercent: rounded(100 * place.calibrationShare, 1),
      speedErrorPercent: rounded(100 * place.speedShare, 1),
    })),
    expected: EXPECTED,
  };
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
