import type { PlateLook } from './plate-look.js';

/** Where a plate was found. */
export interface PlatePlace {
  /** How surely it is on a vehicle, 0..1. */
  readonly onVehicle: number;
  /** Width of the text over its height. */
  readonly aspect: number;
  readonly lines: number;
}

/** Text of one line is that much wider than high, of two lines together; outside that it fades. */
const ASPECT = { one: { least: 2.6, most: 6 }, two: { least: 0.95, most: 2 } };
/** A wall, a sticker or a picture goes on around its text, a plate ends: share of the surroundings unlike the ground. */
const ENDS = { none: 0.15, sure: 0.5 };
const WEIGHTS = { onVehicle: 0.3, ends: 0.4, shape: 0.15, ground: 0.15 };

/** How plate-like a thing looked beside its text, 0..1: on a vehicle, in a plate's shape and colours, and it ends. */
export function plausibility(look: PlateLook, { onVehicle, aspect, lines }: PlatePlace): number {
  const wanted = lines === 1 ? ASPECT.one : ASPECT.two;
  const off = Math.max(0, Math.log(wanted.least / aspect), Math.log(aspect / wanted.most));
  return (
    WEIGHTS.onVehicle * onVehicle +
    WEIGHTS.ends * Math.max(0, Math.min(1, (look.ends - ENDS.none) / (ENDS.sure - ENDS.none))) +
    WEIGHTS.shape * Math.max(0, 1 - off / 0.4) +
    WEIGHTS.ground * (look.ground === 'unknown' ? 0 : 1)
  );
}
