import sharp from 'sharp';
import { clipToPicture, WHOLE, type Box, type Size, type UnitBox } from '../domain/geometry.js';
import type { Picture } from '../domain/picture.js';
import { PermanentError } from '../errors.js';
import type { Pictures } from '../ports.js';
import { overlaySvg } from './pictures/overlay-svg.js';
import { inspectPicture, readPicture } from './pictures/read-picture.js';
import { sparse, toRgb } from './pictures/rgb.js';

/** JPEG quality 1..100: faces and plates stay readable, a 1280x720 picture is about 150 KB. */
const DEFAULT_QUALITY = 82;

/** Pictures for people. Encoding runs in the library's own threads. */
export function createPictures(): Pictures {
  return {
    inspect: inspectPicture,
    read: readPicture,
    jpeg: async (picture, options = {}) =>
      encoder(picture, options)
        .jpeg({ quality: options.quality ?? DEFAULT_QUALITY })
        .toBuffer(),
  };
}

/**
 * Writes a picture to a file, with its overlay.
 * @param path the ending decides the format: .png, .jpg, .jpeg, .webp
 * @param options.size scaled to that many pixels, whatever its shape; not with an overlay
 */
export async function writePicture(
  path: string,
  picture: Picture,
  { size, ...options }: Parameters<Pictures['jpeg']>[1] & { size?: Size } = {},
): Promise<void> {
  const image = encoder(picture, options);
  await (size ? image.resize(size.width, size.height, { fit: 'fill' }) : image).toFile(path);
}

function encoder(
  picture: Picture,
  { crop = WHOLE, overlay, maxWidth = Infinity }: NonNullable<Parameters<Pictures['jpeg']>[1]>,
): sharp.Sharp {
  const region = wholePixels(crop, picture);
  const scale = Math.min(1, maxWidth / region.width);
  // Twice the size that is wanted is enough to scale down from, and the rest need not be converted.
  const step = Math.max(1, Math.floor(0.5 / scale));
  const image = sharp(toRgb(picture, region, step), { raw: { ...sparse(region, step), channels: 3 } });
  const shown = scaled(region, scale);
  if (scale < 1) image.resize(shown.width, shown.height, { fit: 'fill' });
  if (!overlay) return image;
  // Drawn at the size it is seen in: letters are not made smaller with the picture.
  const whole = { width: picture.width * scale, height: picture.height * scale };
  return image.composite([{ input: Buffer.from(overlaySvg(overlay, whole, shown)), left: 0, top: 0 }]);
}

function scaled({ x, y, width, height }: Box, scale: number): Box {
  const atLeastOne = (length: number): number => Math.max(1, Math.round(length * scale));
  return { x: x * scale, y: y * scale, width: atLeastOne(width), height: atLeastOne(height) };
}

/** The crop in whole pixels, at least one each way. */
function wholePixels(crop: UnitBox, { width, height }: Size): Box {
  const clipped = clipToPicture(crop);
  if (!clipped)
    throw new PermanentError(
      `crop ${crop.x}, ${crop.y}, ${crop.width} x ${crop.height} lies outside the picture (0..1)`,
    );
  const x = Math.min(width - 1, Math.floor(clipped.x * width));
  const y = Math.min(height - 1, Math.floor(clipped.y * height));
  const right = Math.max(x + 1, Math.ceil((clipped.x + clipped.width) * width - 1e-6));
  const bottom = Math.max(y + 1, Math.ceil((clipped.y + clipped.height) * height - 1e-6));
  return { x, y, width: Math.min(width, right) - x, height: Math.min(height, bottom) - y };
}
