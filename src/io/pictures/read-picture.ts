import { stat } from 'node:fs/promises';
import sharp from 'sharp';
import { InputError, messageOf } from '../../errors.js';
import type { Picture } from '../../domain/picture.js';

const MAX_PIXELS = 50_000_000;
const MAX_SIDE_PX = 16_384;

/** Formats read; what else the library could open (SVG, PDF) is no camera picture. */
const FORMATS = new Set(['jpeg', 'png', 'webp', 'gif', 'tiff', 'heif', 'avif', 'jp2', 'jxl']);

/**
 * Reads a picture file as 8-bit RGB, turned upright as its EXIF orientation says; of an animation the first frame.
 * @param source a path, or the file's bytes
 * @throws InputError naming the file and the reason when it is missing, empty, no picture, damaged or too large.
 */
export async function readPicture(source: string | Uint8Array): Promise<Picture> {
  const { name, file } = await openPicture(source);
  const { data, info } = await file
    .autoOrient()
    .flatten()
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
    .catch((error: unknown) => {
      throw new InputError(`${name}: is damaged or cut off (${firstLine(error)})`);
    });
  if (info.channels !== 3) throw new InputError(`${name}: has ${info.channels} colour channels, expected 3`);
  return { width: info.width, height: info.height, format: 'rgb24', data };
}

/**
 * Reads no more than the beginning of a picture file.
 * @returns format, and size as stored, pixels
 * @throws InputError naming the reason when it is empty, no picture or too large.
 */
export async function inspectPicture(
  bytes: Uint8Array,
): Promise<{ format: string; width: number; height: number }> {
  const { format, width, height } = await openPicture(bytes);
  return { format, width, height };
}

interface Opened {
  readonly name: string;
  readonly file: sharp.Sharp;
  readonly format: string;
  readonly width: number;
  readonly height: number;
}

async function openPicture(source: string | Uint8Array): Promise<Opened> {
  const name = typeof source === 'string' ? source : 'picture';
  await checkBytes(source, name);
  // The library's own limit would say less than the checks below, which come before anything is decoded.
  const file = sharp(source, { limitInputPixels: false, failOn: 'error' });
  const { format, width, height } = await file.metadata().catch((error: unknown) => {
    throw new InputError(
      `${name}: is not a picture that can be read (${firstLine(error)}); JPEG, PNG, WebP, GIF, TIFF and AVIF can`,
    );
  });
  if (!FORMATS.has(format))
    throw new InputError(`${name}: is of format ${format}; JPEG, PNG, WebP, GIF, TIFF and AVIF can be read`);
  if (width < 1 || height < 1) throw new InputError(`${name}: has no pixels (${width}x${height})`);
  if (width > MAX_SIDE_PX || height > MAX_SIDE_PX) {
    throw new InputError(`${name}: is ${width}x${height}; no side may be longer than ${MAX_SIDE_PX} pixels`);
  }
  if (width * height > MAX_PIXELS) {
    throw new InputError(
      `${name}: is ${width}x${height} = ${((width * height) / 1e6).toFixed(0)} megapixels; at most ${MAX_PIXELS / 1e6} can be read`,
    );
  }
  return { name, file, format, width, height };
}

async function checkBytes(source: string | Uint8Array, name: string): Promise<void> {
  if (typeof source !== 'string') {
    if (source.length === 0) throw new InputError(`${name}: is empty (0 bytes)`);
    return;
  }
  const info = await stat(source).catch((error: unknown) => {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new InputError(`${name}: ${missing ? 'does not exist' : `cannot be read (${messageOf(error)})`}`);
  });
  if (!info.isFile()) throw new InputError(`${name}: is not a file`);
  if (info.size === 0) throw new InputError(`${name}: is empty (0 bytes)`);
}

/** Libraries answer with several lines and paths; the first says what it is. */
function firstLine(error: unknown): string {
  return messageOf(error).split('\n')[0]?.trim() ?? '';
}
