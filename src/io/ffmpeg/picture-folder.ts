import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type FileInfo,
  type FrameSource,
  type OpenOptions,
  type SourceAddress,
  type SourceEnding,
  SourceError,
  type SourceFrame,
} from '../../domain/frame-source.js';
import type { Picture } from '../../domain/picture.js';
import { InputError, messageOf } from '../../errors.js';
import { readPicture } from '../pictures/read-picture.js';
import { createStillDecoder } from '../pictures/still-frames.js';
import { fail } from './reasons.js';

const IS_PICTURE = /\.(jpe?g|png)$/i;
/** 2 comes before 10, whatever the language of the machine. */
const BY_NAME = new Intl.Collator('en', { numeric: true });

/**
 * Looks at a folder of pictures (.jpg, .jpeg, .png): are there any, and how large is the first that can be read.
 * @throws SourceError naming the folder, or the first picture, and the fix.
 */
export async function inspectFolder(folder: string, signal: AbortSignal): Promise<FileInfo> {
  const names = await pictureNames(folder);
  const about = createHash('sha256');
  for (const name of names) {
    signal.throwIfAborted();
    const { size, mtimeMs } = await stat(join(folder, name));
    about.update(`${name}|${size}|${Math.round(mtimeMs)}\n`);
  }
  const { width, height } = await firstPicture(folder, names);
  return { fingerprint: `${folder}|${names.length}|${about.digest('hex')}`, width, height };
}

/**
 * @returns the first picture of a folder that can be read, whole, as RGB
 * @throws SourceError when there is none
 */
export async function firstPicture(folder: string, names?: readonly string[]): Promise<Picture> {
  let why = '';
  for (const name of names ?? (await pictureNames(folder))) {
    try {
      return await readPicture(join(folder, name));
    } catch (error) {
      why ||= messageOf(error);
    }
  }
  fail('unreadable', `${folder} holds no picture that can be read (${why}); copy them again`);
}

async function pictureNames(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') fail('missing', `${folder} does not exist; check the path in source`);
    if (error.code === 'ENOTDIR')
      fail('unsupported', `${folder} is a file; leave out the / at the end of source`);
    fail('unreadable', `${folder} cannot be opened (${error.code}); check its permissions`);
  });
  const pictures = names.filter((name) => IS_PICTURE.test(name)).sort(BY_NAME.compare);
  if (pictures.length === 0)
    fail('empty', `${folder} holds no pictures (.jpg, .jpeg, .png); put some into it`);
  return pictures;
}

/**
 * Reads a folder's pictures in the natural order of their names, each 1/fps s of media time after the one before. A
 * picture that cannot be read is left out and named in `ending`; its time passes all the same.
 */
export class PictureFolder implements FrameSource {
  readonly #decode;
  #names: readonly string[] | undefined;
  #at = 0;
  #ending: SourceEnding = {};
  #decodeErrors = 0;
  #heardAt = Date.now();
  #isClosed = false;

  constructor(
    private readonly source: SourceAddress,
    private readonly options: OpenOptions,
  ) {
    this.#decode = createStillDecoder(options.maxWidth);
  }

  async next(): Promise<SourceFrame | undefined> {
    try {
      this.#names ??= await pictureNames(this.source.location);
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      this.#ending = { problem: error.problem };
      return undefined;
    }
    for (; this.#at < this.#names.length && !this.#isClosed && !this.options.signal.aborted; this.#at++) {
      const mediaMs = (this.#at * 1000) / this.options.fps;
      if (mediaMs < (this.options.fromMs ?? 0)) continue;
      const picture = await this.#tryDecode(join(this.source.location, this.#names[this.#at] ?? ''));
      this.#heardAt = Date.now();
      if (picture) return { frame: this.#at++, mediaMs, arrivedAt: this.#heardAt, picture };
    }
    return undefined;
  }

  ending(): SourceEnding {
    return this.#ending;
  }

  stats(): { heardAt: number; decodeErrors: number } {
    return { heardAt: this.#heardAt, decodeErrors: this.#decodeErrors };
  }

  setIdle(): void {
    // Every picture is a key frame.
  }

  close(): Promise<void> {
    this.#isClosed = true;
    return Promise.resolve();
  }

  async #tryDecode(path: string): Promise<Picture | undefined> {
    try {
      return await this.#decode(path);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.#decodeErrors++;
      this.#ending = { damage: this.#ending.damage ?? { afterFrame: this.#at - 1, message: error.message } };
      return undefined;
    }
  }
}
