import type { Box, Size, UnitPoint } from '../../domain/geometry.js';
import type { Overlay } from '../../domain/overlay.js';
import { drawGrid } from './grid-svg.js';
import { LabelPlaces } from './label-places.js';

const BOX_STYLE = {
  track: { colour: '#3ddc84', dash: '' },
  held: { colour: '#ffc53d', dash: '6 4' },
  alert: { colour: '#ff4d4f', dash: '' },
  motion: { colour: '#7ab8ff', dash: '2 3' },
} as const;
const POLYGON_STYLE = {
  zone: { colour: '#40a9ff', fill: 0.14 },
  restricted: { colour: '#ff4d4f', fill: 0.14 },
  mask: { colour: '#8c8c8c', fill: 0.45 },
} as const;
const LINE_COLOUR = '#ffe14d';

/** Sizes that follow the picture, pixels. */
interface Sizes {
  readonly fontPx: number;
  readonly strokePx: number;
}

/**
 * The overlay as an SVG drawing of the visible region's size.
 * @param picture size of the whole picture: what unit coordinates refer to
 * @param visible region of it that is shown, pixels; labels are kept inside
 */
export function overlaySvg(overlay: Overlay, picture: Size, visible: Box): string {
  const shorter = Math.min(visible.width, visible.height);
  const sizes = {
    fontPx: Math.max(10, Math.min(56, shorter * 0.03)),
    strokePx: Math.max(1.2, shorter * 0.0035),
  };
  const places = new LabelPlaces(visible, sizes.fontPx);
  const toPixel = ({ x, y }: UnitPoint) => ({ x: x * picture.width, y: y * picture.height });
  const title = overlay.title === undefined ? '' : titleText(overlay.title, places, sizes);
  // Boxes lie over lines and lines over zones; all texts lie on top.
  const shapes: string[] = [];
  const texts: string[] = [title];
  for (const { points, label, kind } of overlay.polygons)
    drawPolygon(points.map(toPixel), label, POLYGON_STYLE[kind], places, sizes, shapes, texts);
  for (const { from, to, label } of overlay.lines)
    drawLine(toPixel(from), toPixel(to), label, places, sizes, shapes, texts);
  for (const { box, label, kind } of overlay.boxes) {
    const corner = toPixel(box);
    const pixels = { ...corner, width: box.width * picture.width, height: box.height * picture.height };
    drawBox(pixels, label, BOX_STYLE[kind], places, sizes, shapes, texts);
  }
  if (overlay.grid)
    drawGrid(overlay.grid, {
      ...{ toPixel, shapes, strokePx: sizes.strokePx },
      write: (label, colour, corners) =>
        void texts.push(text(label, places.place(label, corners), colour, sizes)),
    });
  const { x, y, width, height } = visible;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${x} ${y} ${width} ${height}">` +
    `${shapes.join('')}${texts.join('')}</svg>`
  );
}

type Point = { readonly x: number; readonly y: number };

function drawBox(
  box: Box,
  label: string,
  style: { colour: string; dash: string },
  places: LabelPlaces,
  sizes: Sizes,
  shapes: string[],
  texts: string[],
): void {
  const { x, y, width, height } = box;
  const at = `x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="${round(sizes.strokePx)}" fill="none"`;
  const dash =
    style.dash === ''
      ? ''
      : ` stroke-dasharray="${style.dash
          .split(' ')
          .map((part) => round(Number(part) * sizes.strokePx))
          .join(' ')}"`;
  shapes.push(
    `<rect ${at} stroke="#000" stroke-opacity="0.45" stroke-width="${round(sizes.strokePx * 2.2)}"/>`,
    `<rect ${at} stroke="${style.colour}" stroke-width="${round(sizes.strokePx * 1.2)}"${dash}/>`,
  );
  if (label === '') return;
  const place = places.place(label, (size) => [
    { x, y: y - size.height },
    { x, y: y + height },
    { x: x + sizes.strokePx * 2, y: y + sizes.strokePx },
    { x: x + width - size.width, y: y - size.height },
  ]);
  texts.push(text(label, place, style.colour, sizes));
}

function drawLine(
  from: Point,
  to: Point,
  label: string,
  places: LabelPlaces,
  sizes: Sizes,
  shapes: string[],
  texts: string[],
): void {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const along = { x: (to.x - from.x) / length, y: (to.y - from.y) / length };
  // The right hand of someone who looks from `from` to `to`, y down: the direction that counts as `in`.
  const right = { x: -along.y, y: along.x };
  const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
  const reach = Math.min(length * 0.3, sizes.fontPx * 2.2);
  const tip = { x: middle.x + right.x * reach, y: middle.y + right.y * reach };
  const back = { x: tip.x - right.x * reach * 0.4, y: tip.y - right.y * reach * 0.4 };
  const wing = (side: number) => ({
    x: back.x + along.x * side * reach * 0.25,
    y: back.y + along.y * side * reach * 0.25,
  });
  const strokes = [pathOf([from, to]), pathOf([middle, tip]), pathOf([wing(1), tip, wing(-1)])].join(' ');
  const end = (point: Point) =>
    `<circle cx="${round(point.x)}" cy="${round(point.y)}" r="${round(sizes.strokePx * 2)}" fill="${LINE_COLOUR}"/>`;
  const stroke = 'fill="none" stroke-linecap="round" stroke-linejoin="round"';
  shapes.push(
    `<path d="${strokes}" ${stroke} stroke="#000" stroke-opacity="0.55" stroke-width="${round(sizes.strokePx * 3)}"/>`,
    `<path d="${strokes}" ${stroke} stroke="${LINE_COLOUR}" stroke-width="${round(sizes.strokePx * 1.5)}"/>`,
    end(from),
    end(to),
  );
  if (label === '') return;
  const place = places.place(label, (size) => [
    {
      x: middle.x - right.x * size.height - size.width / 2,
      y: middle.y - right.y * size.height * 1.2 - size.height / 2,
    },
    { x: tip.x + sizes.fontPx * 0.6, y: tip.y - size.height / 2 },
    { x: to.x - size.width, y: to.y - size.height * 1.2 },
    { x: from.x, y: from.y - size.height * 1.2 },
  ]);
  texts.push(text(label, place, LINE_COLOUR, sizes));
}

function drawPolygon(
  points: readonly Point[],
  label: string,
  style: { colour: string; fill: number },
  places: LabelPlaces,
  sizes: Sizes,
  shapes: string[],
  texts: string[],
): void {
  const width = round(sizes.strokePx);
  shapes.push(
    `<path d="${pathOf(points)} Z" fill="${style.colour}" fill-opacity="${style.fill}" stroke="${style.colour}" stroke-width="${width}" stroke-linejoin="round"/>`,
  );
  if (label === '') return;
  const top = points.reduce(
    (highest, point) => (point.y < highest.y ? point : highest),
    points[0] ?? { x: 0, y: 0 },
  );
  const centre = { x: mean(points.map(({ x }) => x)), y: mean(points.map(({ y }) => y)) };
  const place = places.place(label, (size) => [
    { x: centre.x - size.width / 2, y: centre.y - size.height / 2 },
    { x: top.x + sizes.strokePx * 2, y: top.y + sizes.strokePx * 2 },
  ]);
  texts.push(text(label, place, style.colour, sizes));
}

function titleText(title: string, places: LabelPlaces, sizes: Sizes): string {
  const margin = sizes.fontPx * 0.4;
  const { x, y } = places.visible;
  return text(
    title,
    places.place(title, () => [{ x: x + margin, y: y + margin }]),
    '#ffffff',
    sizes,
  );
}

/** Text that can be read on any ground: a dark outline below the letters. */
function text(content: string, place: Box, colour: string, { fontPx }: Sizes): string {
  return (
    `<text x="${round(place.x)}" y="${round(place.y + fontPx)}" font-family="DejaVu Sans, Noto Sans, Arial, sans-serif" font-weight="bold" ` +
    `font-size="${round(fontPx)}" fill="${colour}" stroke="#000" stroke-opacity="0.85" stroke-width="${round(fontPx * 0.22)}" ` +
    `stroke-linejoin="round" paint-order="stroke">${escapeXml(content)}</text>`
  );
}

function pathOf(points: readonly Point[]): string {
  return points.map(({ x, y }, i) => `${i === 0 ? 'M' : 'L'}${round(x)} ${round(y)}`).join(' ');
}

/** XML knows no way to write most control characters: they are left out. */
function escapeXml(content: string): string {
  return content
    .replace(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu, '')
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
