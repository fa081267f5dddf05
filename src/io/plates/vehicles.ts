import type { UnitBox } from '../../domain/geometry.js';
import { WHOLE } from '../../domain/geometry.js';
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

/** How surely a place of a picture is on a vehicle, 0..1: inside one, or so large that the picture is about it. */
export function onVehicle(vehicles: readonly UnitBox[], picture: Picture): (quad: Quad) => number {
  return (quad) => {
    const centre = quadCentre(quad);
    const [x, y] = [centre.x / picture.width, centre.y / picture.height];
    const isInside = vehicles.some(
      (box) =>
        x > box.x - SLACK * box.width &&
        x < box.x + (1 + SLACK) * box.width &&
        y > box.y - SLACK * box.height &&
        y < box.y + (1 + SLACK) * box.height,
    );
    if (isInside) return 1;
    const share = Math.max(quadSize(quad).width, boundsOf(quad).width) / picture.width;
    return Math.max(0, Math.min(1, (share - CLOSE_UP.from) / (CLOSE_UP.sure - CLOSE_UP.from)));
  };
}
