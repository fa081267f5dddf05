import sharp from 'sharp';
import type { Picture } from '../../domain/picture.js';
import { toI420 } from './i420.js';
import { readPicture } from './read-picture.js';

/**
 * Decodes single pictures (JPEG, PNG …) to frames of one size: that of the first, scaled down to `maxWidth` with its
 * aspect kept, as the readers of video do.
 * @throws InputError naming the file and the reason when a picture cannot be read.
 */
export function createStillDecoder(maxWidth: number): (source: string | Uint8Array) => Promise<Picture> {
  let size: { width: number; height: number } | undefined;
  return async (source) => {
    const picture = await readPicture(source);
    size ??= scaledSize(picture, maxWidth - (maxWidth % 2));
    return toI420(await scaled(picture, size));
  };
}

function scaledSize({ width, height }: Picture, most: number): { width: number; height: number } {
  if (width <= most) return { width, height };
  return { width: most, height: Math.max(2, 2 * Math.round((height * most) / width / 2)) };
}

async function scaled(
  picture: Picture,
  { width, height }: { width: number; height: number },
): Promise<Picture> {
  if (picture.width === width && picture.height === height) return picture;
  const raw = { width: picture.width, height: picture.height, channels: 3 } as const;
  const data = await sharp(picture.data, { raw }).resize(width, height, { fit: 'fill' }).raw().toBuffer();
  return { width, height, format: 'rgb24', data };
}
