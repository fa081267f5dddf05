import { mkdir } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { InputError, messageOf } from '../../errors.js';

/**
 * A folder for pictures with what was found drawn in; made when it is not there.
 * @returns where the drawing of a picture file goes; pictures of one name in several folders get numbers.
 * @throws InputError when it cannot be one.
 */
export async function drawFolder(folder: string): Promise<(file: string) => string> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw new InputError(
      `--draw is "${folder}": it must be a folder that can be written to (${messageOf(error)})`,
    );
  }
  const drawn = new Set<string>();
  return (file) => {
    const name = basename(file, extname(file));
    let path = join(folder, `${name}.jpg`);
    for (let n = 2; drawn.has(path); n++) path = join(folder, `${name}-${n}.jpg`);
    drawn.add(path);
    return path;
  };
}
