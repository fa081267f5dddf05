import sharp from 'sharp';
import type { HoleCause } from '../../domain/coverage.js';
import { escapeHtml } from '../../domain/escape-html.js';
import type { ClipGap } from '../../domain/export/plan-clip.js';
import type { PictureSize } from './encode-arguments.js';

const CAUSES: Readonly<Record<HoleCause, string>> = {
  camera: 'camera not reachable',
  network: 'network',
  disk: 'disk',
  process: 'recorder not running',
  disabled: 'camera switched off',
  still: 'nothing moved',
  off: 'recording switched off',
  'not-watched': 'camera not watched',
  unknown: 'not known',
};
/** Of the picture's width, for a line of this many characters of a usual face. */
const CHARACTERS = 44;

/** What a black picture says of a gap: from when to when on the site's clock, why. */
export function gapLines({ from, to, cause, reason }: ClipGap, timeZone: string): string[] {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  const words = reason === undefined ? [] : wrapped(reason);
  return ['No recording', `${format.format(from)} – ${format.format(to)}`, CAUSES[cause], ...words];
}

function wrapped(text: string): string[] {
  const lines: string[] = [''];
  for (const word of text.split(/\s+/)) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && line.length + word.length >= CHARACTERS) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.slice(0, 3).map((line) => line.slice(0, CHARACTERS));
}

/** Writes it as a PNG. */
export async function drawGap(
  lines: readonly string[],
  { width, height }: PictureSize,
  path: string,
): Promise<void> {
  const fontPx = Math.max(6, Math.round(Math.min(width / (CHARACTERS * 0.6), height / 10)));
  const first = height / 2 - ((lines.length - 1) * fontPx * 1.5) / 2;
  const texts = lines.map(
    (line, i) =>
      `<text x="50%" y="${first + i * fontPx * 1.5}" text-anchor="middle">${escapeHtml(line)}</text>`,
  );
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="black"/><g fill="#c8c8c8" font-family="DejaVu Sans, sans-serif" font-size="${fontPx}">${texts.join('')}</g></svg>`;
  await sharp(Buffer.from(svg)).flatten().png().toFile(path);
}
