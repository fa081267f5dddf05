import { clipToPicture, unitBox, WHOLE, type Size, type UnitBox } from '../geometry.js';

/** One look of the face network at a part of a picture. */
export interface FaceLook {
  readonly box: UnitBox;
  /** Pixels of the network's input per pixel of the picture. */
  readonly scale: number;
  /** Smaller faces (longer side, pixels of the input) are another look's. */
  readonly minSidePx: number;
}

/** What the look at the whole picture may cost, pixels of the input. */
const WHOLE_AREA_PX = 1_000_000;
/** The network finds faces from about this size on, pixels of its input; those it is shown at it finds best. */
const SMALLEST_FACE_PX = 14;
const GOOD_FACE_PX = 64;
/** More enlargement shows nothing new. */
const LARGEST_SCALE = 3;
/** The look for faces that fill the picture: its longer side, and the faces it is for. */
const COARSE_SIDE_PX = 320;
const COARSE_FACE_PX = 64;
/** A person is looked at closely when that shows the face so much larger than the whole picture does. */
const WORTH_A_LOOK = 1.4;
/** Bounds the time of a crowded picture. */
const MOST_PEOPLE = 24;

/**
 * How a picture is searched for faces: as a whole, enlarged or reduced to what the network sees well and can be afforded;
 * once more small, for faces larger than the network knows; and the heads of people whose faces would still be small.
 * @param picture size, pixels
 * @param people where people are; parts outside the picture are ignored
 */
export function faceLooks(picture: Size, people: readonly UnitBox[]): FaceLook[] {
  const fine = Math.min(LARGEST_SCALE, Math.sqrt(WHOLE_AREA_PX / (picture.width * picture.height)));
  const coarse = COARSE_SIDE_PX / Math.max(picture.width, picture.height);
  return [
    { box: WHOLE, scale: fine, minSidePx: 0 },
    ...(coarse < fine ? [{ box: WHOLE, scale: coarse, minSidePx: COARSE_FACE_PX }] : []),
    ...headLooks(picture, people, fine),
  ];
}

/** The largest people first: those who can be told by their faces soonest. */
function headLooks(picture: Size, people: readonly UnitBox[], seenAt: number): FaceLook[] {
  return people
    .flatMap((person) => {
      const facePx = faceHeight(person, picture);
      const scale = Math.min(LARGEST_SCALE, GOOD_FACE_PX / facePx);
      const box = clipToPicture(headOf(person, picture));
      const useful = scale > WORTH_A_LOOK * seenAt && facePx * scale >= SMALLEST_FACE_PX;
      return box && useful ? [{ facePx, look: { box, scale, minSidePx: 0 } }] : [];
    })
    .toSorted((a, b) => b.facePx - a.facePx)
    .slice(0, MOST_PEOPLE)
    .map(({ look }) => look);
}

/** About: an eighth of an upright person; of one cut off below, or sitting, a third of the width. */
function faceHeight({ width, height }: UnitBox, picture: Size): number {
  return Math.max((height * picture.height) / 8, (width * picture.width) / 3);
}

/** The upper part of a person's box and some air around it: boxes are drawn tight, and heads lean out of them. */
function headOf({ x, y, width, height }: UnitBox, picture: Size): UnitBox {
  const wide = (width * picture.width) / picture.height;
  const tall = Math.min(height, Math.max(0.4 * height, wide));
  return unitBox(x - 0.15 * width, y - 0.25 * tall, 1.3 * width, 1.4 * tall);
}
