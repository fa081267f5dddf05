import type { TracePoint } from './events.js';
import { clipToPicture, unitBox, type UnitBox } from './geometry.js';

/** Surroundings of the way, of the picture's sides. */
const MARGIN = 0.04;

/**
 * The part of the picture that is kept with a crossing: what was counted with half its size of surroundings on each side,
 * and the way it came. It follows from the event alone, so what is kept can be drawn upon later.
 * @param event.box unit coordinates of the whole picture
 */
export function viewOfCrossing(event: {
  readonly box: UnitBox;
  readonly trace?: readonly TracePoint[] | undefined;
}): UnitBox {
  const { x, y, width, height } = event.box;
  let [left, top, right, bottom] = [x - width / 2, y - height / 4, x + width * 1.5, y + height * 1.25];
  for (const [px, py] of event.trace ?? []) {
    left = Math.min(left, px - MARGIN);
    right = Math.max(right, px + MARGIN);
    top = Math.min(top, py - MARGIN);
    bottom = Math.max(bottom, py + MARGIN);
  }
  return clipToPicture(unitBox(left, top, right - left, bottom - top)) ?? event.box;
}
