import { clipToPicture, unitBox, WHOLE, type UnitBox } from '../../domain/geometry.js';
import { cropPicture, type Picture } from '../../domain/picture.js';
import { drawSvg } from '../../io/pictures/draw-svg.js';
import { toI420 } from '../../io/pictures/i420.js';
import { createStillDecoder } from '../../io/pictures/still-frames.js';
import type { Detectors } from '../../ports.js';
import { hasPlatePictures, PLATE_DATA } from './plate-data.js';
import { platePictures } from './plate-pictures.js';

/** A vehicle as it is pinned for a look at its plate: with some room around it. */
export interface VehicleCrop {
  readonly picture: Picture;
  /** What it shows of the whole picture, and where the vehicle is in the whole picture. */
  readonly crop: UnitBox;
  readonly box: UnitBox;
}

const NETWORK = 'nanodet-g-416';
const CLASSES = ['car', 'motorcycle', 'bus', 'truck'];
const MIN_SCORE = 0.4;
const MOST_A_PICTURE = 3;
/** `maxWidth` and `plates.minVehiclePx` of a camera by default, and the room that is pinned around a vehicle. */
const FRAME_WIDTH = 1280;
const MIN_HEIGHT_PX = 80;
const ROOM = 0.15;

/** Vehicles cut from the real scenes, at most so many and evenly spread over them; without pictures drawn ones. */
export async function vehicleCrops(
  detectors: Detectors,
  most: number,
  signal: AbortSignal,
): Promise<VehicleCrop[]> {
  if (!hasPlatePictures()) return Promise.all(Array.from({ length: Math.min(most, 12) }, (_, i) => drawn(i)));
  const scenes = (await platePictures(PLATE_DATA, 'plates')).filter(({ view }) => view === 'scene');
  const every = Math.max(1, Math.floor(scenes.length / most));
  const detector = await detectors.get(NETWORK);
  const crops: VehicleCrop[] = [];
  for (const [i, { path }] of scenes.entries()) {
    signal.throwIfAborted();
    if (i % every !== 0 || crops.length >= most) continue;
    // As a frame of a camera; each picture has a size of its own.
    const frame = await createStillDecoder(FRAME_WIDTH)(path);
    const found = await detector.detect(frame, WHOLE, { classes: CLASSES, minScore: MIN_SCORE });
    const boxes = found.map(({ box }) => box).filter(({ height }) => height * frame.height >= MIN_HEIGHT_PX);
    for (const box of boxes.slice(0, MOST_A_PICTURE)) crops.push(cropOf(frame, box));
  }
  return crops.slice(0, most);
}

function cropOf(frame: Picture, found: UnitBox): VehicleCrop {
  const box = clipToPicture(found) ?? WHOLE;
  const { x, y, width, height } = box;
  const room = unitBox(x - width * ROOM, y - height * ROOM, width * (1 + 2 * ROOM), height * (1 + 2 * ROOM));
  const { picture, region } = cropPicture(frame, room) ?? { picture: frame, region: WHOLE };
  return { picture, crop: region, box };
}

/** A dark vehicle with a two-line plate. */
async function drawn(number: number): Promise<VehicleCrop> {
  const digits = String(10_000 + ((number * 7919) % 90_000));
  const text = (y: number, line: string): string =>
    `<text x="80" y="${y}" text-anchor="middle" font-family="sans-serif" font-weight="bold" font-size="40" fill="#111">${line}</text>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="420" height="360"><rect width="420" height="360" fill="#343a36"/>
    <g transform="translate(130 150) rotate(${(number % 5) - 2})"><rect width="160" height="112" rx="6" fill="#eee"/>${text(48, `59-H${1 + (number % 9)}`)}${text(98, `${digits.slice(0, 3)}.${digits.slice(3)}`)}</g></svg>`;
  return { picture: toI420(await drawSvg(svg)), crop: WHOLE, box: WHOLE };
}
