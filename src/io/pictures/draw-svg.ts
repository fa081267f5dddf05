import sharp from 'sharp';
import type { Picture } from '../../domain/picture.js';

/** Draws a program's own SVG (never one from outside: it may name files), pixels as its width and height say. */
export async function drawSvg(svg: string): Promise<Picture> {
  const { data, info } = await sharp(Buffer.from(svg)).flatten().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, format: 'rgb24', data };
}
