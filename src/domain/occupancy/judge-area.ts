import type { Threshold } from '../camera-fields/counting.js';

/** This many or fewer end what more than `above` began: as given, else a tenth below it, at least one. */
export function clearAtOf({ above, clearAt }: Pick<Threshold, 'above' | 'clearAt'>): number {
  return clearAt ?? Math.min(above - 1, Math.floor(above * 0.9));
}

/**
 * Whether too many are inside now: begins above the threshold, ends at `clearAt` or below, and stays as it was between.
 * @param isOver as it was
 * @returns without a threshold: no
 */
export function isOverNow(
  threshold: Pick<Threshold, 'above' | 'clearAt'> | undefined,
  isOver: boolean,
  inside: number,
): boolean {
  if (!threshold) return false;
  return isOver ? inside > clearAtOf(threshold) : inside > threshold.above;
}
