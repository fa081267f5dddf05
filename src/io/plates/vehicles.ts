import { WHOLE, type UnitBox, type UnitPoint } from '../../domain/geometry.js';
import type { Picture } from '../../domain/picture.js';
import { boundsOf, quadCentre, quadSize, type Quad } from '../../domain/plates/quad.js';
import type { Detectors } from '../../ports.js';

const NETWORK = 'nanodet-g-416';
const CLASSES = ['car', 'motorcycle', 'bus', 'truck'];
/** A doubtful vehicle is worth a look: what is read on it has to prove itself. */
const MIN_SCORE = 0.25;

/** Vehicles in a picture, surest first. */
export async function findVehicles(detectors: Detectors, picture: Picture): Promise<UnitBox[]> {
  const detector = await detectors.get(NETWORK);
  const found = await detector.detect(picture, WHOLE, { classes: CLASSES, minScore: MIN_SCORE });
  return found.map(({ box }) => box);
}

/** A plate that fills this much of its picture's width is a close-up; its vehicle need not be seen. */
const CLOSE_UP = { from: 0.12, sure: 0.3 };
/** Plates hang out of the boxes drawn around vehicles, share of the box. */
const SLACK = 0.08;
/** Towards the sides of a box the plate may be a neighbour's: from this share of the half width on it is less sure … */
const MIDDLE = 0.5;
/** … and at the very side so sure. */
const AT_SIDE = 0.5;

/** How surely a place of a picture is on a vehicle, 0..1: inside one, or so large that the picture is about it. */
export function onVehicle(vehicles: readonly UnitBox[], picture: Picture): (quad: Quad) => number {
  return (quad) => {
    const centre = quadCentre(quad);
    const place = { x: centre.x / picture.width, y: centre.y / picture.height };
    const share = Math.max(quadSize(quad).width, boundsOf(quad).width) / picture.width;
    const closeUp = Math.max(0, Math.min(1, (share - CLOSE_UP.from) / (CLOSE_UP.sure - CLOSE_UP.from)));
    return Math.max(closeUp, ...vehicles.map((box) => inside(box, place)));
  };
}

function inside(box: UnitBox, { x, y }: UnitPoint): number {
  if (y < box.y - SLACK * box.height || y > box.y + (1 + SLACK) * box.height) return 0;
  const aside = Math.abs(x - box.x - box.width / 2) / (box.width / 2);
  if (aside > 1 + 2 * SLACK) return 0;
  return 1 - (1 - AT_SIDE) * Math.max(0, Math.min(1, (aside - MIDDLE) / (1 - MIDDLE)));
}
