import { intersectionArea, type Box } from '../geometry.js';

/** A point in pixels of some picture, y down. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Corners of a line of text: top left, top right, bottom right, bottom left as the text is read. */
export type Quad = readonly [Point, Point, Point, Point];

const mid = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y);

/** Mean length of the sides along the text and across it, pixels. */
export function quadSize([tl, tr, br, bl]: Quad): { width: number; height: number } {
  return {
    width: (distance(tl, tr) + distance(bl, br)) / 2,
    height: (distance(tl, bl) + distance(tr, br)) / 2,
  };
}

/** The mean of the corners. */
export function quadCentre([tl, tr, br, bl]: Quad): Point {
  return mid(mid(tl, br), mid(tr, bl));
}

/** Direction in which the text runs, radians; 0: to the right, positive: downwards. */
export function quadAngle([tl, tr, br, bl]: Quad): number {
  return Math.atan2((tr.y + br.y - tl.y - bl.y) / 2, (tr.x + br.x - tl.x - bl.x) / 2);
}

/**
 * The point at (u, v) of the quad: (0, 0) its top left corner, (1, 1) its bottom right one, values outside 0..1 lie
 * outside. Bilinear: sides stay straight, and for a parallelogram it is exact.
 */
export function quadPoint([tl, tr, br, bl]: Quad, u: number, v: number): Point {
  const at = (a: number, b: number, c: number, d: number): number =>
    (1 - v) * ((1 - u) * a + u * b) + v * ((1 - u) * d + u * c);
  return { x: at(tl.x, tr.x, br.x, bl.x), y: at(tl.y, tr.y, br.y, bl.y) };
}

/** The part of a quad between u0..u1 along the text and v0..v1 across it, in its own shares; may reach outside. */
export function quadPart(quad: Quad, u0: number, v0: number, u1: number, v1: number): Quad {
  return [quadPoint(quad, u0, v0), quadPoint(quad, u1, v0), quadPoint(quad, u1, v1), quadPoint(quad, u0, v1)];
}

/** The quad with so many pixels more on each side along the text and across it (fewer when negative). */
export function growQuad(quad: Quad, along: number, across: number): Quad {
  const { width, height } = quadSize(quad);
  const u = along / Math.max(width, 1e-6);
  const v = across / Math.max(height, 1e-6);
  return quadPart(quad, -u, -v, 1 + u, 1 + v);
}

/** Each corner moved. */
export function mapQuad([a, b, c, d]: Quad, map: (point: Point) => Point): Quad {
  return [map(a), map(b), map(c), map(d)];
}

/** The upright box around some points. */
export function boundsOf(points: readonly Point[]): Box {
  const xs = points.map(({ x }) => x);
  const ys = points.map(({ y }) => y);
  const x = Math.min(...xs);
  const y = Math.min(...ys);
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

/**
 * The smallest parallel-sided quad in one direction around some points.
 * @param angle direction of the text, radians
 */
export function quadAround(points: readonly Point[], angle: number): Quad {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const turned = turnedBounds(points, angle);
  const back = (x: number, y: number): Point => ({ x: x * cos - y * sin, y: x * sin + y * cos });
  const right = turned.x + turned.width;
  const bottom = turned.y + turned.height;
  return [back(turned.x, turned.y), back(right, turned.y), back(right, bottom), back(turned.x, bottom)];
}

/** The box around some points along a direction (radians), in pixels turned back by it. */
export function turnedBounds(points: readonly Point[], angle: number): Box {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return boundsOf(points.map(({ x, y }) => ({ x: x * cos + y * sin, y: y * cos - x * sin })));
}

/** Area that two lines share over the smaller one's, both taken as boxes along the first one's text; 0..1. */
export function quadOverlap(a: Quad, b: Quad): number {
  const angle = quadAngle(a);
  const [p, q] = [turnedBounds(a, angle), turnedBounds(b, angle)];
  return intersectionArea(p, q) / Math.min(p.width * p.height, q.width * q.height);
}
