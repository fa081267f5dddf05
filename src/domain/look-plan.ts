import { unitBox, WHOLE, type UnitBox } from './geometry.js';
import { boxAt, isConfirmed, isMoving, type Track } from './track.js';

/** Room around what moves, of its own size, and at least, of the picture. */
const ROOM = 0.3;
const LEAST_ROOM = 0.03;
/** Narrower or lower than this share of the picture the network would see things larger than it learnt. */
const LEAST_SIDE = 0.4;
/** Above this share of the picture's area the whole picture costs the same and shows more. */
const WHOLE_FROM = 0.55;
/** Widest shape, width / height in pixels and the other way round: networks see squares. */
const WIDEST = 1.8;
/** From this step of the degradation ladder on, a look is no larger than what moves … */
const SMALL_FROM_STEP = 2;
const SMALL = { room: 0.15, leastRoom: 0.02, leastSide: 0.25, wholeFrom: 1, widest: 2.6 };
const USUAL = {
  room: ROOM,
  leastRoom: LEAST_ROOM,
  leastSide: LEAST_SIDE,
  wholeFrom: WHOLE_FROM,
  widest: WIDEST,
};
/** … and is enlarged no more than this against a look at the whole picture; at least so much of the input is used. */
const ENLARGED = 1.5;
const LEAST_SHARE = 0.5;
/** From this step on the network sees this much less on each side: 320 instead of 416 pixels. */
const LIGHT_FROM_STEP = 3;
const LIGHT_SHARE = 320 / 416;
/** A thing unseen for longer than this is no reason to look for it, ms. */
const SEARCHED_MS = 2500;

/**
 * The one region the detector is to look at: everything that moves, with room around it.
 * @param regions what the motion gate saw move
 * @param tracks all that is followed
 * @param at now, epoch ms
 * @param aspect width / height of the picture
 * @param degraded step of the degradation ladder, 0..3
 * @returns `undefined` when nothing moves
 */
export function lookAt(
  regions: readonly UnitBox[],
  tracks: readonly Track[],
  at: number,
  aspect: number,
  degraded = 0,
): UnitBox | undefined {
  const { leastSide, wholeFrom, widest, ...room } = degraded >= SMALL_FROM_STEP ? SMALL : USUAL;
  const live = tracks.filter(
    (track) => (!isConfirmed(track) || isMoving(track, at)) && at - track.seenAt < SEARCHED_MS,
  );
  const boxes = [...regions, ...live.map((track) => boxAt(track, at, aspect))].map((box) =>
    withRoom(box, room),
  );
  if (boxes.length === 0) return undefined;
  const left = Math.min(...boxes.map((b) => b.x));
  const top = Math.min(...boxes.map((b) => b.y));
  const right = Math.max(...boxes.map((b) => b.x + b.width));
  const bottom = Math.max(...boxes.map((b) => b.y + b.height));
  let width = Math.max(leastSide, right - left);
  let height = Math.max(leastSide, bottom - top);
  height = Math.min(1, Math.max(height, (width * aspect) / widest));
  width = Math.min(1, Math.max(width, height / aspect / widest));
  if (width * height > wholeFrom) return WHOLE;
  const x = Math.max(0, Math.min(1 - width, (left + right - width) / 2));
  const y = Math.max(0, Math.min(1 - height, (top + bottom - height) / 2));
  return unitBox(x, y, width, height);
}

/**
 * How much of each side of the network's input a look may use, 0..1: the cost falls with its square.
 * @param look what is looked at, unit coordinates
 * @param degraded step of the degradation ladder, 0..3
 */
export function inputShare(look: UnitBox, degraded: number): number {
  const small =
    degraded >= SMALL_FROM_STEP
      ? Math.min(1, Math.max(LEAST_SHARE, ENLARGED * Math.max(look.width, look.height)))
      : 1;
  return degraded >= LIGHT_FROM_STEP ? small * LIGHT_SHARE : small;
}

function withRoom(box: UnitBox, { room, leastRoom }: { room: number; leastRoom: number }): UnitBox {
  const x = Math.max(leastRoom, box.width * room);
  const y = Math.max(leastRoom, box.height * room);
  const left = Math.max(0, box.x - x);
  const top = Math.max(0, box.y - y);
  return unitBox(
    left,
    top,
    Math.max(0, Math.min(1, box.x + box.width + x) - left),
    Math.max(0, Math.min(1, box.y + box.height + y) - top),
  );
}
