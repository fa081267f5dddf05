import type { Line } from './camera-fields/lines-zones.js';
import { unitBox, type Size, type UnitBox, type UnitPoint } from './geometry.js';
import { standingPoint, type PathPoint } from './track.js';

/** What one line remembers about one track. Sides: 1 is the right hand of someone who stands at `from` and looks to `to`. */
export interface LineMemory {
  readonly side: 1 | -1;
  /** How far into that side it has surely been, box scales, at most the band. */
  readonly reach: number;
  /** Its box when it was last that far on that side: [x, y, width, height]. */
  readonly home: readonly [number, number, number, number];
  /** Where its path last cut the straight line away from that side. */
  readonly cut?: Cut;
  /** It went over the line as something that the line does not count. */
  readonly uncounted?: Crossing;
}
interface Cut {
  readonly at: number;
  readonly frame: number;
  /** Whether between the line's ends. */
  readonly on: boolean;
  /** Whether the last look saw it clear of the band, a first time. */
  readonly clear?: boolean;
}
export interface Crossing {
  readonly direction: 'in' | 'out';
  readonly at: number;
  readonly frame: number;
}
/** A step of the path of a thing's foot, with the box at its end. */
export interface Stride {
  readonly from: PathPoint;
  readonly to: PathPoint;
  readonly box: UnitBox;
}
/** @param scale of the thing's box, in picture heights; @param aspect width / height of the picture */
export interface Measure {
  readonly scale: number;
  readonly aspect: number;
}

/**
 * Half width of the band around a line in which nothing is decided, box scales (about a tenth of a person's
 * height), and its least in picture heights: jitter on the line stays within it.
 */
const BAND = 0.15;
const LEAST_BAND = 0.004;
/** So many bands beyond the line nothing needs a second look. */
const SURE = 3;
/** A change of height, share of it, that the change of width does not explain: part of the thing is hidden. */
const HIDDEN = 0.15;
/** After this long the new height is believed, ms. */
const HIDDEN_MS = 6000;

/**
 * What a line knows of a thing first seen standing at `point`.
 * @param size its size, as far as known by now
 */
export function meet(line: Line, point: UnitPoint, size: Size, measure: Measure): LineMemory {
  const distance = distanceTo(line, point, measure);
  const width = band(measure);
  // One sighting may err by half a band: a side that hangs on it has to be proved by walking farther.
  const home = [point.x - size.width / 2, point.y - size.height, size.width, size.height] as const;
  return { side: distance < 0 ? -1 : 1, reach: Math.min(width, Math.abs(distance) - width / 2), home };
}

/**
 * Follows a path by one measured step. A crossing counts once the thing is clearly beyond the line, and has
 * come from clearly before it; it is dated to where the path cut the line, which must lie between its ends.
 */
export function walk(
  line: Line,
  memory: LineMemory,
  stride: Stride,
  measure: Measure,
): { memory: LineMemory; crossing?: Crossing } {
  const { side } = memory;
  const before = distanceTo(line, stride.from, measure) * side;
  const now = distanceTo(line, stride.to, measure) * side;
  const width = band(measure);
  if (now >= 0) {
    const isFar = now >= Math.min(width, Math.max(0, memory.reach));
    return {
      memory: {
        side,
        reach: Math.max(memory.reach, Math.min(width, now)),
        home: isFar ? sides(stride.box) : memory.home,
      },
    };
  }
  const cut = before >= 0 || !memory.cut ? cutOf(line, stride, before / (before - now), measure) : memory.cut;
  const isClear = now <= -width && memory.reach - now >= 2 * width;
  const stays = { memory: { ...memory, cut: { ...cut, clear: isClear } } };
  // One look may err; two in a row, or one that is far beyond, do not.
  if (!isClear || (!cut.clear && now > -SURE * width)) return stays;
  const isOnlyTheBox = !hasWalkedOver(line, memory, stride.box, measure);
  if (isOnlyTheBox && stride.to.at - cut.at < HIDDEN_MS) return stays;
  const turned: LineMemory = {
    side: side === 1 ? -1 : 1,
    reach: Math.min(width, -now),
    home: sides(stride.box),
  };
  if (isOnlyTheBox || !cut.on) return { memory: turned };
  return {
    memory: turned,
    crossing: { direction: side === -1 ? 'in' : 'out', at: cut.at, frame: cut.frame },
  };
}

/**
 * The crossing of a thing that vanished beyond the line before it was clear of the band: counted when it was
 * on its way, so that a line near a door or the picture's border misses nobody.
 * @param velocity unit coordinates a second, when last seen
 */
export function leave(
  line: Line,
  memory: LineMemory,
  last: UnitPoint,
  velocity: UnitPoint,
  measure: Measure,
): Crossing | undefined {
  const now = distanceTo(line, last, measure) * memory.side;
  const onward = { x: last.x + velocity.x, y: last.y + velocity.y };
  const speed = now - distanceTo(line, onward, measure) * memory.side;
  const width = band(measure);
  const isOnItsWay = now < -width / 3 && speed > 0.3 && memory.reach >= 0.99 * width;
  if (!memory.cut?.on || !isOnItsWay) return undefined;
  return { direction: memory.side === -1 ? 'in' : 'out', at: memory.cut.at, frame: memory.cut.frame };
}

/**
 * Whether the thing itself went over, not only the lower edge of its box. When legs vanish behind a car, or come
 * out, the height changes and the width does not; a thing that comes nearer grows in both. The taller of the two
 * boxes is then taken for the truth at both times.
 */
function hasWalkedOver(line: Line, { side, home }: LineMemory, box: UnitBox, measure: Measure): boolean {
  const [x, y, width, height] = home;
  const unexplained = heightUnexplained(width, height, box);
  const was = standingPoint(unitBox(x, y, width, height + Math.max(0, unexplained)));
  const is = standingPoint(unitBox(box.x, box.y, box.width, box.height + Math.max(0, -unexplained)));
  return distanceTo(line, was, measure) * side >= 0 && distanceTo(line, is, measure) * side < 0;
}

/** How much higher (or, negative, lower) a box has become than its width accounts for, unit coordinates; 0 when it may be noise. */
function heightUnexplained(width: number, height: number, box: UnitBox): number {
  const growth = box.height / height - 1;
  if (Math.abs(growth) < HIDDEN) return 0;
  // Widths are noisy (arms, legs): half the growth in width explains nothing, all of it explains it all.
  const explained = Math.max(0, Math.min(1, (2 * (box.width / width - 1)) / growth - 1));
  return Math.abs(growth) * (1 - explained) < HIDDEN ? 0 : (box.height - height) * (1 - explained);
}

function band({ scale }: Measure): number {
  return Math.max(BAND, LEAST_BAND / scale);
}

function sides({ x, y, width, height }: UnitBox): LineMemory['home'] {
  return [x, y, width, height];
}

/** Signed distance from the straight line, box scales; positive on the right hand (below a line drawn left to right). */
function distanceTo(line: Line, point: UnitPoint, { scale, aspect }: Measure): number {
  const dx = (line.to[0] - line.from[0]) * aspect;
  const dy = line.to[1] - line.from[1];
  const px = (point.x - line.from[0]) * aspect;
  const py = point.y - line.from[1];
  return (dx * py - dy * px) / Math.hypot(dx, dy) / scale;
}

/** The moment at `share` of the step, and whether that point is between the line's ends. */
function cutOf(line: Line, { from, to }: Stride, share: number, { aspect }: Measure): Cut {
  const dx = (line.to[0] - line.from[0]) * aspect;
  const dy = line.to[1] - line.from[1];
  const x = (from.x + share * (to.x - from.x) - line.from[0]) * aspect;
  const y = from.y + share * (to.y - from.y) - line.from[1];
  const along = (x * dx + y * dy) / (dx * dx + dy * dy);
  return {
    at: Math.round(from.at + share * (to.at - from.at)),
    frame: Math.round(from.frame + share * (to.frame - from.frame)),
    on: along >= 0 && along <= 1,
  };
}
