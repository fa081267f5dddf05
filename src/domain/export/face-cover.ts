import { clipToPicture, unitBox, WHOLE, type UnitBox } from '../geometry.js';

/** What is made unrecognisable, where and when. Times are ms on one clock; `to` is included. */
export interface Cover {
  readonly from: number;
  readonly to: number;
  readonly box: UnitBox;
}

/** Boxes found in one picture. */
export interface FindsAt {
  readonly at: number;
  readonly boxes: readonly UnitBox[];
}

/** A face is covered this long before it is first found and after it is last found, ms. */
export const HOLD_MS = 1000;
/** Found faces are enlarged by this share: a box ends at forehead and chin. */
export const FACE_ROOM = 1 / 3;
/** The way between two finds is covered in pieces no longer than this, ms. */
const PIECE_MS = 250;
/** Two finds are the same face when they are no further apart than this, in sizes of the larger one … */
const FARTHEST = 1;
/** … and one is no more than this many times as large as the other. */
const LARGEST_CHANGE = 2;

interface Find {
  readonly at: number;
  readonly box: UnitBox;
}

/**
 * Covers for boxes found picture by picture: each is linked with the nearest one of before, the whole way between the two is
 * covered, and both ends are held for a second, going on as they moved and staying where they were. Rather too much than a
 * glimpse of a face.
 * @param looks in order of time
 * @param room each box is enlarged by this share
 */
export function coversOf(looks: readonly FindsAt[], room: number): Cover[] {
  const covers: Cover[] = [];
  let open: Find[][] = [];
  for (const { at, boxes } of looks) {
    const free = new Set(open);
    for (const box of boxes.map((found) => grown(found, room))) {
      const chain = nearest([...free], box);
      if (chain) free.delete(chain);
      else open.push([{ at, box }]);
      chain?.push({ at, box });
    }
    const over = open.filter((chain) => at - chain.at(-1)!.at > HOLD_MS);
    covers.push(...over.flatMap(coverChain));
    if (over.length > 0) open = open.filter((chain) => !over.includes(chain));
  }
  return [...covers, ...open.flatMap(coverChain)];
}

/**
 * The whole picture, wherever no picture was looked at for longer than a face may stay unseen: nobody knows what is there.
 * @param looks times at which pictures were looked at, in order
 */
export function blindCovers(looks: readonly number[], from: number, to: number): Cover[] {
  const known = [from - HOLD_MS / 2, ...looks.filter((at) => at >= from && at <= to), to + HOLD_MS / 2];
  return known
    .slice(1)
    .flatMap((at, i) => (at - known[i]! > HOLD_MS ? [{ from: known[i]!, to: at, box: WHOLE }] : []));
}

/**
 * Where the head of a person is: the top of the box, more of it the less of the body is seen.
 * @param aspect width / height of the picture
 */
export function headOf(person: UnitBox, aspect: number): UnitBox {
  const shape = (person.width * aspect) / Math.max(1e-6, person.height);
  // A whole body is about 7.5 heads high (Loomis, Figure Drawing, 1943); of half a body it is a third and more.
  const share = Math.max(0.25, Math.min(0.55, 0.6 * shape));
  return unitBox(person.x, person.y, person.width, person.height * share);
}

/** The moments at which what is covered changes, in order, and what is covered from then on. */
export function coverChanges(covers: readonly Cover[]): { at: number; boxes: UnitBox[] }[] {
  const ordered = [...covers].sort((a, b) => a.from - b.from);
  const edges = [...new Set(covers.flatMap(({ from, to }) => [from, to + AFTER_MS]))].sort((a, b) => a - b);
  let active: Cover[] = [];
  let next = 0;
  return edges.map((at) => {
    while (next < ordered.length && ordered[next]!.from <= at) active.push(ordered[next++]!);
    active = active.filter(({ to }) => to + AFTER_MS > at);
    return { at, boxes: active.map(({ box }) => box) };
  });
}

/** `to` is included, whatever a picture's time was rounded to. */
const AFTER_MS = 1;

function nearest(chains: readonly Find[][], box: UnitBox): Find[] | undefined {
  let best: { chain: Find[]; distance: number } | undefined;
  for (const chain of chains) {
    const last = chain.at(-1)!.box;
    const change = Math.max(last.height / box.height, box.height / last.height);
    const across = (last.x + last.width / 2 - box.x - box.width / 2) / Math.max(last.width, box.width);
    const down = (last.y + last.height / 2 - box.y - box.height / 2) / Math.max(last.height, box.height);
    const distance = Math.hypot(across, down);
    if (change > LARGEST_CHANGE || distance > FARTHEST || distance >= (best?.distance ?? Infinity)) continue;
    best = { chain, distance };
  }
  return best?.chain;
}

function coverChain(chain: readonly Find[]): Cover[] {
  const first = chain[0]!;
  const last = chain.at(-1)!;
  return [
    { from: first.at - HOLD_MS, to: first.at, box: union(first.box, goneOn(chain[1] ?? first, first)) },
    ...chain.slice(1).flatMap((find, i) => between(chain[i]!, find)),
    { from: last.at, to: last.at + HOLD_MS, box: union(last.box, goneOn(chain.at(-2) ?? last, last)) },
  ].flatMap(({ box, ...times }) => {
    const seen = clipToPicture(box);
    return seen ? [{ ...times, box: seen }] : [];
  });
}

/** Where it is after the hold when it goes on as it did. */
function goneOn(before: Find, now: Find): UnitBox {
  const elapsedMs = Math.abs(now.at - before.at);
  const share = elapsedMs === 0 ? 0 : HOLD_MS / elapsedMs;
  return mixed(before.box, now.box, 1 + Math.min(share, FASTEST_HOLD));
}

/** Two finds close together say little about the speed: no further than so many of their steps. */
const FASTEST_HOLD = 5;

function between(a: Find, b: Find): Cover[] {
  const pieces = Math.max(1, Math.ceil((b.at - a.at) / PIECE_MS));
  return Array.from({ length: pieces }, (_, i) => {
    const [begin, end] = [i / pieces, (i + 1) / pieces];
    return {
      from: a.at + (b.at - a.at) * begin,
      to: a.at + (b.at - a.at) * end,
      box: union(mixed(a.box, b.box, begin), mixed(a.box, b.box, end)),
    };
  });
}

function mixed(a: UnitBox, b: UnitBox, share: number): UnitBox {
  const mix = (from: number, to: number): number => from + (to - from) * share;
  return unitBox(
    mix(a.x, b.x),
    mix(a.y, b.y),
    Math.max(0, mix(a.width, b.width)),
    Math.max(0, mix(a.height, b.height)),
  );
}

function union(a: UnitBox, b: UnitBox): UnitBox {
  const [x, y] = [Math.min(a.x, b.x), Math.min(a.y, b.y)];
  const right = Math.max(a.x + a.width, b.x + b.width);
  const bottom = Math.max(a.y + a.height, b.y + b.height);
  return unitBox(x, y, right - x, bottom - y);
}

function grown({ x, y, width, height }: UnitBox, room: number): UnitBox {
  return unitBox(x - (width * room) / 2, y - (height * room) / 2, width * (1 + room), height * (1 + room));
}
