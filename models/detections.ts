import type { Detection } from '../src/domain/detection.js';
import { clipToPicture, unitBox, type Box, type UnitBox } from '../src/domain/geometry.js';
import type { Candidate } from './decode/candidate.js';

/**
 * Brings boxes from a network's input back to the picture it was sampled from.
 * @param placed where the region lies in the input, pixels (see `placement`)
 * @param look the region, unit coordinates of the picture
 * @returns boxes clipped to the picture; those wholly outside are left out.
 */
export function toDetections(
  candidates: readonly Candidate[],
  placed: Box,
  look: UnitBox,
  labels: readonly string[],
): Detection[] {
  const scaleX = look.width / placed.width;
  const scaleY = look.height / placed.height;
  return candidates.flatMap(({ box, score, labelIndex }) => {
    const x = look.x + (box.x - placed.x) * scaleX;
    const y = look.y + (box.y - placed.y) * scaleY;
    const clipped = clipToPicture(unitBox(x, y, box.width * scaleX, box.height * scaleY));
    return clipped ? [{ label: labels[labelIndex] ?? '', score, box: clipped }] : [];
  });
}
