import { intersectionArea, iou, type UnitBox } from '../geometry.js';

export interface Face {
  /** 0..1 */
  readonly score: number;
  readonly box: UnitBox;
}

/** Two boxes that overlap so much are one face … */
const SAME_IOU = 0.3;
/** … and so is one that lies so much within another: looks cut faces off, and take an eye and a mouth for one. */
const SAME_INSIDE = 0.65;

/** Non-maximum suppression over all looks at a picture. Best first. */
export function distinctFaces(faces: readonly Face[]): Face[] {
  const kept: Face[] = [];
  for (const face of faces.toSorted((a, b) => b.score - a.score)) {
    if (!kept.some((better) => isSame(better.box, face.box))) kept.push(face);
  }
  return kept;
}

function isSame(a: UnitBox, b: UnitBox): boolean {
  const smaller = Math.min(a.width * a.height, b.width * b.height);
  return iou(a, b) > SAME_IOU || intersectionArea(a, b) > SAME_INSIDE * smaller;
}
