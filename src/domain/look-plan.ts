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
/** A thing unseen for longer than this is no reason to look for it, ms. */
const SEARCHED_MS = 2500;

/**
 * The one region the detector is to look at: everything that moves, with room around it.
 * @param regions what the motion gate saw move
 * @param tracks all that is followed
 * @param at now, epoch ms
 * @param aspect width / height of the picture
 * @returns `undefined` when nothing moves
 */
export function lookAt(
  regions: readonly UnitBox[],
  tracks: readonly Track[],
  at: number,
  aspect: number,
): UnitBox | undefined {
  const live = tracks.filter(
    (track) => (!isConfirmed(track) || isMoving(track, at)) && at - track.seenAt < SEARCHED_MS,
  );
  const boxes = [...regions, ...live.map((track) => boxAt(track, at, aspect))].map(withRoom);
  if (boxes.length === 0) return undefined;
  const left = Math.min(...boxes.map((b) => b.x));
  const top = Math.min(...boxes.map((b) => b.y));
  const right = Math.max(...boxes.map((b) => b.x + b.width));
  const bottom = Math.max(...boxes.map((b) => b.y + b.height));
  let width = Math.max(LEAST_SIDE, right - left);
  let height = Math.max(LEAST_SIDE, bottom - top);
  height = Math.min(1, Math.max(height, (width * aspect) / WIDEST));
  width = Math.min(1, Math.max(width, height / aspect / WIDEST));
  if (width * height > WHOLE_FROM) return WHOLE;
  const x = Math.max(0, Math.min(1 - width, (left + right - width) / 2));
  const y = Math.max(0, Math.min(1 - height, (top + bottom - height) / 2));
  return unitBox(x, y, width, height);
}

function withRoom(box: UnitBox): UnitBox {
  const x = Math.max(LEAST_ROOM, box.width * ROOM);
  const y = Math.max(LEAST_ROOM, box.height * ROOM);
  const left = Math.max(0, box.x - x);
  const top = Math.max(0, box.y - y);
  return unitBox(
    left,
    top,
    Math.max(0, Math.min(1, box.x + box.width + x) - left),
    Math.max(0, Math.min(1, box.y + box.height + y) - top),
  );
}
