import type { Zone } from './camera-fields/lines-zones.js';
import type { UnitPoint } from './geometry.js';

/** What one zone remembers about one track that is, or may be, inside. */
export interface ZoneMemory {
  /** Since when it is inside, epoch ms. */
  readonly since: number;
  /** Whether the entry was reported. */
  readonly entered: boolean;
}
export interface ZoneChange {
  readonly phase: 'enter' | 'exit';
  readonly at: number;
  readonly dwellMs: number;
}

/** How deep inside a thing must be to come in, and how far outside to be out, box scales: between, it stays what it was. */
const COMES_IN = 0.05;
const GOES_OUT = 0.2;

/**
 * Follows one track's place relative to one zone.
 * @param depth signed, box scales: see depthIn
 * @param isWatched whether the zone is armed and meant for this class
 */
export function watch(
  zone: Zone,
  memory: ZoneMemory | undefined,
  depth: number,
  at: number,
  isWatched: boolean,
): { memory?: ZoneMemory; change?: ZoneChange } {
  if (!isWatched || depth < -GOES_OUT || (!memory && depth < COMES_IN)) return out(memory, at);
  const since = memory?.since ?? at;
  if (!memory?.entered && at - since >= zone.minDwellMs && depth >= 0) {
    return { memory: { since, entered: true }, change: { phase: 'enter', at, dwellMs: at - since } };
  }
  return { memory: { since, entered: memory?.entered ?? false } };
}

/** The thing is gone, or the zone does not watch any more. */
export function out(memory: ZoneMemory | undefined, at: number): { change?: ZoneChange } {
  return memory?.entered ? { change: { phase: 'exit', at, dwellMs: Math.max(0, at - memory.since) } } : {};
}

/** Whether a point is inside a polygon (crossing number; the border may count either way). */
export function isInside(polygon: readonly (readonly [number, number])[], { x, y }: UnitPoint): boolean {
  let inside = false;
  polygon.forEach(([x1, y1], i) => {
    const [x2, y2] = polygon[(i + 1) % polygon.length]!;
    if (y1 > y !== y2 > y && x < x1 + ((y - y1) / (y2 - y1)) * (x2 - x1)) inside = !inside;
  });
  return inside;
}

/**
 * Distance from the polygon's border, box scales, positive inside. Edges along the picture's border do not
 * count: nothing can be seen to leave over them.
 */
export function depthIn(
  polygon: readonly (readonly [number, number])[],
  point: UnitPoint,
  scale: number,
  aspect: number,
): number {
  let nearest = Infinity;
  polygon.forEach((a, i) => {
    const b = polygon[(i + 1) % polygon.length]!;
    if (!isBorder(a, b)) nearest = Math.min(nearest, distance(a, b, point, aspect) / scale);
  });
  return isInside(polygon, clampInside(point)) ? nearest : -nearest;
}

function isBorder(a: readonly [number, number], b: readonly [number, number]): boolean {
  return [0, 1].some((axis) => [0, 1].some((edge) => a[axis] === edge && b[axis] === edge));
}

/** A foot on the picture's very edge is inside a zone that reaches it. */
function clampInside({ x, y }: UnitPoint): UnitPoint {
  const within = (v: number): number => Math.max(1e-4, Math.min(1 - 1e-4, v));
  return { x: within(x), y: within(y) };
}

function distance(
  a: readonly [number, number],
  b: readonly [number, number],
  point: UnitPoint,
  aspect: number,
): number {
  const dx = (b[0] - a[0]) * aspect;
  const dy = b[1] - a[1];
  const px = (point.x - a[0]) * aspect;
  const py = point.y - a[1];
  const along = Math.max(0, Math.min(1, (px * dx + py * dy) / (dx * dx + dy * dy || 1)));
  return Math.hypot(px - along * dx, py - along * dy);
}

/** Whether a zone is meant for things of this class. */
export function isFor({ classes }: Pick<Zone, 'classes'>, label: string): boolean {
  return classes === undefined || classes.includes(label);
}
