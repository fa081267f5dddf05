import type { UnitBox, UnitPoint } from './geometry.js';

/** What to draw over a picture, unit coordinates. How it is drawn is the adapter's matter. */
export interface Overlay {
  readonly title?: string;
  readonly boxes: readonly {
    readonly box: UnitBox;
    readonly label: string;
    readonly kind: 'track' | 'held' | 'alert' | 'motion';
  }[];
  readonly lines: readonly { readonly from: UnitPoint; readonly to: UnitPoint; readonly label: string }[];
  readonly polygons: readonly {
    readonly points: readonly UnitPoint[];
    readonly label: string;
    readonly kind: 'zone' | 'restricted' | 'mask';
  }[];
  /** Of a calibration: thin lines over the ground, and marks. */
  readonly grid?: {
    readonly lines: readonly { readonly from: UnitPoint; readonly to: UnitPoint; readonly label: string }[];
    readonly points: readonly { readonly at: UnitPoint; readonly label: string }[];
  };
}
