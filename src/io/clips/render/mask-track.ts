import sharp from 'sharp';
import { coverChanges, type Cover } from '../../../domain/export/face-cover.js';
import type { Size, UnitBox } from '../../../domain/geometry.js';
import { PictureTrack } from './picture-track.js';

/** Edges of covers lie on a grid of about so many pixels: small pictures do. */
const CELL_PX = 8;

/**
 * Writes where the picture is to be made unrecognisable: white there, black elsewhere, on a coarse grid.
 * @param covers times in ms after the first possible picture
 * @param picture size of the pictures it lies over
 * @param lastUs time of the last of them: what comes later would make ffmpeg show that one again
 */
export async function writeMask(
  path: string,
  covers: readonly Cover[],
  picture: Size,
  lastUs: number,
): Promise<void> {
  const size = { width: Math.ceil(picture.width / CELL_PX), height: Math.ceil(picture.height / CELL_PX) };
  const track = await PictureTrack.create(path, size);
  try {
    const changes = coverChanges(covers).map(({ at, boxes }) => ({ us: Math.round(at * 1000), boxes }));
    // Whatever begins before the first picture is there with it.
    const begun = changes.findLast(({ us }) => us <= 0);
    await track.add(0, await drawMask(begun?.boxes ?? [], size));
    for (const [i, { us, boxes }] of changes.entries()) {
      if (us > 0 && us <= lastUs && us !== changes[i + 1]?.us)
        await track.add(us, await drawMask(boxes, size));
    }
  } finally {
    await track.close();
  }
}

async function drawMask(boxes: readonly UnitBox[], { width, height }: Size): Promise<Buffer> {
  const cells = Buffer.alloc(width * height);
  for (const box of boxes) {
    const left = Math.max(0, Math.floor(box.x * width));
    const right = Math.min(width, Math.ceil((box.x + box.width) * width));
    const bottom = Math.min(height, Math.ceil((box.y + box.height) * height));
    for (let y = Math.max(0, Math.floor(box.y * height)); y < bottom; y++) {
      cells.fill(255, y * width + left, y * width + Math.max(left, right));
    }
  }
  return sharp(cells, { raw: { width, height, channels: 1 } })
    .toColourspace('b-w')
    .png({ compressionLevel: 1 })
    .toBuffer();
}
