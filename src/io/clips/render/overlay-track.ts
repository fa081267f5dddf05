import sharp from 'sharp';
import { pixelBox, type Size } from '../../../domain/geometry.js';
import type { Overlay } from '../../../domain/overlay.js';
import { overlaySvg } from '../../pictures/overlay-svg.js';
import { PictureTrack } from './picture-track.js';

/** Overlays as transparent pictures, drawn when they change. */
export class OverlayTrack {
  #drawn = '';

  private constructor(
    private readonly track: PictureTrack,
    private readonly size: Size,
  ) {}

  /** @param size of the pictures it lies over */
  static async create(path: string, size: Size): Promise<OverlayTrack> {
    return new OverlayTrack(await PictureTrack.create(path, size), size);
  }

  /** @param us when it begins to be shown; later than the one before */
  async show(us: number, overlay: Overlay): Promise<void> {
    const svg = overlaySvg(overlay, this.size, pixelBox(0, 0, this.size.width, this.size.height));
    if (svg === this.#drawn) return;
    this.#drawn = svg;
    await this.track.add(us, await sharp(Buffer.from(svg)).png({ compressionLevel: 1 }).toBuffer());
  }

  async close(): Promise<void> {
    await this.track.close();
  }
}
