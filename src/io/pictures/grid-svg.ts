import type { Overlay } from '../../domain/overlay.js';

type Point = { readonly x: number; readonly y: number };
type Grid = NonNullable<Overlay['grid']>;

const LINE = '#7df9ff';
const MARK = '#ff6ad5';

/** What the drawing of a grid needs of the drawing it is part of. */
interface Canvas {
  readonly toPixel: (point: Point) => Point;
  readonly strokePx: number;
  /** Adds a text near one of these corners. */
  readonly write: (
    label: string,
    colour: string,
    corners: (size: { width: number; height: number }) => Point[],
  ) => void;
  readonly shapes: string[];
}

/** Thin lines with a dark rim, each named where it ends lowest or farthest left; marks as rings. */
export function drawGrid({ lines, points }: Grid, { toPixel, strokePx, write, shapes }: Canvas): void {
  for (const { at, label } of points) {
    const { x, y } = toPixel(at);
    const ring = `cx="${fixed(x)}" cy="${fixed(y)}" fill="none"`;
    shapes.push(
      `<circle ${ring} r="${fixed(strokePx * 4)}" stroke="#000" stroke-opacity="0.6" stroke-width="${fixed(strokePx * 2.6)}"/>`,
      `<circle ${ring} r="${fixed(strokePx * 4)}" stroke="${MARK}" stroke-width="${fixed(strokePx * 1.4)}"/>`,
      `<circle cx="${fixed(x)}" cy="${fixed(y)}" r="${fixed(strokePx * 0.8)}" fill="${MARK}"/>`,
    );
    write(label, MARK, ({ height }) => [
      { x: x + strokePx * 6, y: y - height / 2 },
      { x: x + strokePx * 6, y: y + strokePx * 5 },
    ]);
  }
  const paths: string[] = [];
  for (const { from, to, label } of lines) {
    const [a, b] = [toPixel(from), toPixel(to)];
    paths.push(`M${fixed(a.x)} ${fixed(a.y)}L${fixed(b.x)} ${fixed(b.y)}`);
    const end = Math.abs(b.x - a.x) > Math.abs(b.y - a.y) ? (a.x < b.x ? a : b) : a.y > b.y ? a : b;
    const other = end === a ? b : a;
    write(label, LINE, ({ width, height }) => [
      { x: end.x + strokePx, y: end.y - height },
      { x: end.x + strokePx, y: end.y },
      { x: other.x - width, y: other.y - height },
      { x: other.x, y: other.y },
      { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 },
    ]);
  }
  const drawn = `<path d="${paths.join(' ')}" fill="none"`;
  shapes.unshift(
    `${drawn} stroke="#000" stroke-opacity="0.35" stroke-width="${fixed(strokePx * 1.6)}"/>`,
    `${drawn} stroke="${LINE}" stroke-opacity="0.85" stroke-width="${fixed(strokePx * 0.7)}"/>`,
  );
}

function fixed(value: number): string {
  return String(Math.round(value * 10) / 10);
}
