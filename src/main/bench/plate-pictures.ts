import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { keyOf } from '../../domain/plates/characters.js';

/** A picture with number plates whose texts are known. */
export interface PlatePicture {
  readonly path: string;
  /** A scene with vehicles, or the plate cut out. */
  readonly view: 'scene' | 'crop';
  readonly plates: readonly { readonly key: string; readonly lines: 1 | 2 }[];
  /** A person is sure of what is written. */
  readonly isLegible: boolean;
}

const Truth = z.object({
  items: z.array(
    z.object({
      file: z.string(),
      kind: z.string(),
      shows: z.string(),
      truth: z.unknown(),
      sure: z.unknown(),
    }),
  ),
});

/**
 * Pictures described by the truth.json of a data folder.
 * @param kind `plates` or `plates_foreign`
 */
export async function platePictures(folder: string, kind: string): Promise<PlatePicture[]> {
  const { items } = Truth.parse(JSON.parse(await readFile(join(folder, 'truth.json'), 'utf8')));
  return items
    .filter((item) => item.kind === kind && existsSync(join(folder, item.file)))
    .map(({ file, shows, truth, sure }) => ({
      path: join(folder, file),
      view: /cropped/.test(shows) ? ('crop' as const) : ('scene' as const),
      plates: String(truth)
        .split(';')
        .map((text) => ({ key: keyOf(text), lines: /\s/.test(text.trim()) ? (2 as const) : (1 as const) })),
      isLegible: !/uncertain|unreadable|blurred/.test(String(sure).split(';')[0] ?? ''),
    }));
}

/** Stills without plates in other folders of the data. */
export async function picturesWithoutPlates(folder: string): Promise<string[]> {
  const paths: string[] = [];
  for (const name of ['faces', 'suspicious', 'people']) {
    const files = await readdir(join(folder, name)).catch(() => []);
    paths.push(
      ...files.filter((file) => /\.(jpe?g|png)$/i.test(file)).map((file) => join(folder, name, file)),
    );
  }
  return paths.sort();
}
