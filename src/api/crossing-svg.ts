import type { Line } from '../domain/camera-fields/lines-zones.js';
import { viewOfCrossing } from '../domain/crossing-view.js';
import { escapeHtml } from '../domain/escape-html.js';
import type { CameraEvent } from '../domain/events.js';
import { WHOLE, type Size } from '../domain/geometry.js';
import { iso } from './fields.js';

type Crossing = Extract<CameraEvent, { type: 'crossing' }>;
type Draw = (x: number, y: number) => readonly [number, number];

/** Without a picture, pixels: of a camera's 16:9. */
const BLANK: Size = { width: 640, height: 360 };

/**
 * One count as it can be looked at: its picture, the box that was counted, the line, and the way it came with a point a
 * sighting. It stands alone: the picture is in it.
 * @param options.line as it is in the camera file now
 */
export function drawCrossing(
  crossing: Crossing,
  options: {
    readonly line?: Line | undefined;
    readonly picture?: ({ readonly jpeg: Uint8Array } & Size) | undefined;
  },
): string {
  const { line, picture } = options;
  const { box, trace = [] } = crossing;
  const view = picture && box ? viewOfCrossing({ ...crossing, box }) : WHOLE;
  const { width, height } = picture ?? BLANK;
  const draw: Draw = (x, y) => [
    round(((x - view.x) / view.width) * width),
    round(((y - view.y) / view.height) * height),
  ];
  // Strokes as thick on a phone's thumbnail as on a large picture.
  const unit = Math.max(width, height) / 320;
  const parts = [
    picture
      ? `<image href="data:image/jpeg;base64,${Buffer.from(picture.jpeg).toString('base64')}" width="${width}" height="${height}"/>`
      : `<rect width="${width}" height="${height}" fill="#1b212b"/>`,
    box ? boxOf(box, draw, unit) : '',
    line ? lineOf(line, draw, unit) : '',
    trace.length > 0 ? wayOf(trace, draw, unit) : '',
  ];
  const title = `${crossing.class ?? 'something'} ${crossing.name ?? crossing.direction} over ${crossing.line}, ${iso(crossing.at)}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"><title>${escapeHtml(title)}</title>${parts.join('')}</svg>`;
}

function boxOf(box: NonNullable<Crossing['box']>, draw: Draw, unit: number): string {
  const [x, y] = draw(box.x, box.y);
  const [right, bottom] = draw(box.x + box.width, box.y + box.height);
  return `<rect x="${x}" y="${y}" width="${round(right - x)}" height="${round(bottom - y)}" fill="none" stroke="#fff" stroke-opacity=".8" stroke-width="${round(unit)}"/>`;
}

function lineOf({ from, to }: Line, draw: Draw, unit: number): string {
  const ends = [draw(...from), draw(...to)].map((point) => point.join(' ')).join(' L');
  return [
    ['#000', 4.5],
    ['#ffb020', 2.5],
  ]
    .map(
      ([colour, thick]) =>
        `<path d="M${ends}" fill="none" stroke="${colour}" stroke-width="${round(Number(thick) * unit)}"/>`,
    )
    .join('');
}

/** Faint where it began; the last point is a ring. */
function wayOf(trace: NonNullable<Crossing['trace']>, draw: Draw, unit: number): string {
  const points = trace.map(([x, y]) => draw(x, y));
  const path = points.map((point) => point.join(' ')).join(' L');
  const dots = points.map(([x, y], i) => {
    const isLast = i === points.length - 1;
    const strength = round(0.35 + (0.65 * (i + 1)) / points.length);
    return isLast
      ? `<circle cx="${x}" cy="${y}" r="${round(unit * 4.5)}" fill="#38d1ff" stroke="#00222e" stroke-width="${round(unit * 1.2)}"/>`
      : `<circle cx="${x}" cy="${y}" r="${round(unit * 2.2)}" fill="#38d1ff" fill-opacity="${strength}"/>`;
  });
  const way = (colour: string, thick: number): string =>
    `<path d="M${path}" fill="none" stroke="${colour}" stroke-linejoin="round" stroke-linecap="round" stroke-width="${round(thick * unit)}"/>`;
  return `${way('#00222e', 3.6)}${way('#38d1ff', 1.8)}${dots.join('')}`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
