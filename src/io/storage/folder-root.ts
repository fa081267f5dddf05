import { mkdir, realpath } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { PermanentError } from '../../errors.js';
import { codeOf } from './folder-errors.js';
import { unreachable, within } from './within.js';

/** Where files of a store lie, and that they lie there: links are followed, but never out of the folder. */
export interface FolderRoot {
  /**
   * Real path of what is there under a key. `undefined`: nothing is.
   * @throws PermanentError when links lead out of the folder; NotReadyError when the folder is gone
   */
  find(key: string): Promise<string | undefined>;
  /** Real path at which a key is to be written; its folders are made. @throws as `find` */
  make(
    key: string,
  ): Promise<{ path: string; /** Folders that changed, the deepest first. */ made: string[] }>;
}

export function openFolderRoot(dir: string): FolderRoot {
  /** Known once it was there; from then on its absence means a disk that is gone, not an empty store. */
  let root: string | undefined;

  const real = async (path: string): Promise<string | undefined> => {
    try {
      return await within(realpath(path), dir);
    } catch (error) {
      if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return undefined;
      throw error;
    }
  };
  const refresh = async (): Promise<string | undefined> => {
    const found = await real(dir);
    if (found === undefined && root !== undefined)
      throw unreachable(dir, 'the folder is gone; mount its disk or bring it back');
    return (root = found);
  };
  const isInside = (path: string): boolean =>
    root !== undefined && (path === root || path.startsWith(root.endsWith(sep) ? root : root + sep));
  const checked = async (path: string, key: string): Promise<string> => {
    if (!isInside(path)) await refresh();
    if (isInside(path)) return path;
    throw leadsOut(key, dir);
  };

  /** The deepest folder on the way to a key that is there. */
  const deepest = async (folder: string): Promise<string> => {
    for (let path = folder; path.length > dir.length; path = dirname(path)) {
      if ((await real(path)) !== undefined) return path;
    }
    return dir;
  };

  return {
    find: async (key) => {
      const found = await real(join(dir, key));
      if (found !== undefined) return checked(found, key);
      await refresh();
      return undefined;
    },
    make: async (key) => {
      const path = join(dir, key);
      const name = path.slice(dirname(path).length);
      const there = await real(dirname(path));
      if (there !== undefined) return { path: (await checked(there, key)) + name, made: [] };
      if ((await refresh()) === undefined) {
        await mkdir(dir, { recursive: true });
        await refresh();
      }
      const from = await deepest(dirname(path));
      const start = await checked((await real(from)) ?? '', key);
      const folder = start + dirname(path).slice(from.length);
      await within(mkdir(folder, { recursive: true }), dir);
      const made: string[] = [];
      for (let one = folder; one.length > start.length; one = dirname(one)) made.push(dirname(one));
      return { path: folder + name, made };
    },
  };
}

export function leadsOut(key: string, dir: string): PermanentError {
  return new PermanentError(
    `${key} is reached by a link that leads out of ${dir}: it is not used; remove the link, or name its target as the storage`,
  );
}
