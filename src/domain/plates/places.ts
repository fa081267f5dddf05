import { clipToPicture, unitBox, WHOLE, type UnitBox } from '../geometry.js';
import type { PlateSight } from './sight.js';

/** Room around a plate's text in the picture kept of it, of the text's own size: its border and what it is mounted on. */
const ROOM = { x: 0.15, y: 0.3 };

/** Corners seen in a picture that shows `crop` of a whole one, in unit coordinates of the whole one. */
export function cornersIn(crop: UnitBox, corners: PlateSight['corners']): PlateSight['corners'] {
  return corners.map(({ x, y }) => ({
    x: crop.x + x * crop.width,
    y: crop.y + y * crop.height,
  })) as PlateSight['corners'];
}

/** A box of a whole picture, in unit coordinates of one that shows only `crop` of it; what lies outside is cut off. */
export function boxIn(crop: UnitBox, { x, y, width, height }: UnitBox): UnitBox {
  const [left, top] = [(x - crop.x) / crop.width, (y - crop.y) / crop.height];
  return clipToPicture(unitBox(left, top, width / crop.width, height / crop.height)) ?? WHOLE;
}

/** The upright box around the corners, unit coordinates; it may lie partly outside the picture. */
export function boxAround(corners: PlateSight['corners']): UnitBox {
  const xs = corners.map(({ x }) => x);
  const ys = corners.map(({ y }) => y);
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return unitBox(left, top, Math.max(...xs) - left, Math.max(...ys) - top);
}

/** What to show of a picture so that people see the plate. */
export function surroundings(corners: PlateSight['corners']): UnitBox {
  const { x, y, width, height } = boxAround(corners);
  const wide = unitBox(
    x - width * ROOM.x,
    y - height * ROOM.y,
    width * (1 + 2 * ROOM.x),
    height * (1 + 2 * ROOM.y),
  );
  return clipToPicture(wide) ?? WHOLE;
}
