import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { escapeHtml } from '../../../domain/escape-html.js';
import { watermarkSizes, watermarkTitle } from '../../../domain/export/watermark.js';
import type { Size } from '../../../domain/geometry.js';
import { messageOf, PermanentError } from '../../../errors.js';

/** A still picture with transparency that lies over every picture. */
export interface Patch extends Size {
  readonly path: string;
}

/** Letters of one font size at the most, so that a title is drawn whole before it is measured. */
const WIDEST_LETTER = 1.6;

/**
 * Draws the title: a picture, so that no name can mean anything to ffmpeg, and every font of the machine is at hand.
 * @returns undefined: there is nothing to be seen of it
 */
export async function drawTitle(title: string, picture: Size, folder: string): Promise<Patch | undefined> {
  const text = watermarkTitle(title);
  if (text === '') return undefined;
  const { fontPx, outlinePx, marginPx, lineHeightPx } = watermarkSizes(picture);
  const width = Math.ceil([...text].length * fontPx * WIDEST_LETTER) + 2 * outlinePx;
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${lineHeightPx + 2 * outlinePx}">` +
    `<text x="${outlinePx}" y="${fontPx + outlinePx}" font-family="DejaVu Sans, Noto Sans, Arial, sans-serif" font-weight="bold" ` +
    `font-size="${fontPx}" fill="#fff" stroke="#000" stroke-opacity="0.9" stroke-width="${2 * outlinePx}" ` +
    `stroke-linejoin="round" paint-order="stroke">${escapeHtml(text)}</text></svg>`;
  const drawn = await sharp(Buffer.from(svg)).png().toBuffer();
  const right = await inkWidth(drawn);
  if (right === 0) return undefined;
  const cropped = await sharp(drawn)
    .extract({ left: 0, top: 0, width: right, height: lineHeightPx + 2 * outlinePx })
    .toBuffer();
  return writePatch(
    cropped,
    { width: picture.width - 2 * marginPx, height: lineHeightPx * 2 },
    join(folder, 'title.png'),
  );
}

/** @throws PermanentError naming the file when it is no picture that can be read. */
export async function drawLogo(logo: string, picture: Size, folder: string): Promise<Patch> {
  try {
    const { format } = await sharp(logo).metadata();
    if (format !== 'png') throw new Error(`it is ${format}`);
    return await writePatch(logo, watermarkSizes(picture).logo, join(folder, 'logo.png'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') throw error;
    throw new PermanentError(
      `WATERMARK_LOGO ${logo} cannot be read as PNG (${messageOf(error)}); give the path of a PNG file`,
    );
  }
}

async function writePatch(picture: string | Buffer, room: Size, path: string): Promise<Patch> {
  const { data, info } = await sharp(picture)
    .resize({ ...room, fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb')
    .ensureAlpha()
    .png()
    .toBuffer({ resolveWithObject: true });
  await writeFile(path, data);
  return { path, width: info.width, height: info.height };
}

/** How far to the right there is anything to be seen, pixels. */
async function inkWidth(png: Buffer): Promise<number> {
  const { data, info } = await sharp(png).extractChannel('alpha').raw().toBuffer({ resolveWithObject: true });
  let right = 0;
  for (let i = 0; i < data.length; i++) if (data[i]! > 0) right = Math.max(right, (i % info.width) + 1);
  return right;
}
