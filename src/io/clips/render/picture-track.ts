import { open, type FileHandle } from 'node:fs/promises';
import type { Size } from '../../../domain/geometry.js';

/**
 * Pictures that lie over a film, each from its time on until the next: a file that ffmpeg reads. IVF, the simplest container
 * whose pictures have times (multimedia.cx wiki, "IVF"), with PNG in it; only what changes is written.
 */
export class PictureTrack {
  #lastUs = -1;

  private constructor(private readonly file: FileHandle) {}

  static async create(path: string, { width, height }: Size): Promise<PictureTrack> {
    const header = Buffer.alloc(32);
    header.write('DKIF', 0, 'latin1');
    header.writeUInt16LE(32, 6);
    header.write('MPNG', 8, 'latin1'); // what ffmpeg calls PNG in a film
    header.writeUInt16LE(width, 12);
    header.writeUInt16LE(height, 14);
    header.writeUInt32LE(1_000_000, 16); // times are µs
    header.writeUInt32LE(1, 20);
    const file = await open(path, 'wx');
    await file.writeFile(header);
    return new PictureTrack(file);
  }

  /** @param us when it begins to be shown; later than the one before */
  async add(us: number, png: Uint8Array): Promise<void> {
    if (us <= this.#lastUs)
      throw new RangeError(`a picture at ${us} µs cannot follow one at ${this.#lastUs} µs`);
    this.#lastUs = us;
    const header = Buffer.alloc(12);
    header.writeUInt32LE(png.length, 0);
    header.writeBigUInt64LE(BigInt(us), 4);
    await this.file.writeFile(Buffer.concat([header, png]));
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}
