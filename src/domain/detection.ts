import type { UnitBox } from './geometry.js';

/** One thing the detector found. `box` is in unit coordinates of the whole picture. */
export interface Detection {
  readonly label: string;
  /** 0..1 */
  readonly score: number;
  readonly box: UnitBox;
}
