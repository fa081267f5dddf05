import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, statfs, utimes, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { PermanentError } from '../../errors.js';
import type { ClipOrder } from '../../ports/clips.js';

/** Made otherwise since: what an earlier release left unfinished is not gone on with. */
const FORMAT = 1;
const ID = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,199}$/;
const DRAFT = 'draft-';

/** Where one clip is made. What is in it under its own name is whole: it is written under another one and renamed. */
export interface WorkFolder {
  readonly path: string;
  place(name: string): string;
  /**
   * Makes a file unless it is there.
   * @param make writes to the path it is given
   */
  once(name: string, make: (path: string) => Promise<void>): Promise<string>;
  /** Makes a file in place of the one that is there. */
  replace<T>(name: string, make: (path: string) => Promise<T>): Promise<T>;
}

/**
 * Opens the folder of an order; what another order left under the same id is removed, and what a crash left unfinished.
 * @throws PermanentError for an id that is no name.
 */
export async function openWorkFolder(workDir: string, order: ClipOrder): Promise<WorkFolder> {
  const path = folderOf(workDir, order.id);
  const fingerprint = fingerprintOf(order);
  const mark = join(path, 'order');
  const known = await readFile(mark, 'utf8').catch(() => undefined);
  if (known !== fingerprint) {
    await mkdir(path, { recursive: true });
    for (const name of await readdir(path)) await rm(join(path, name), { recursive: true, force: true });
    await writeFile(mark, fingerprint);
  }
  await utimes(mark, new Date(), new Date());
  await removeUnfinished(path);
  const place = (name: string): string => join(path, name);
  const replace = async <T>(name: string, make: (path: string) => Promise<T>): Promise<T> => {
    const draft = place(`${DRAFT}${randomUUID()}${extname(name)}`);
    try {
      const made = await make(draft);
      await rename(draft, place(name));
      return made;
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  };
  return {
    ...{ path, place, replace },
    once: async (name, make) => {
      const isThere = await stat(place(name)).then(
        () => true,
        () => false,
      );
      if (!isThere) await replace(name, make);
      return place(name);
    },
  };
}

/** @throws PermanentError for an id that is no name. */
export async function removeWorkFolder(workDir: string, id: string): Promise<void> {
  await rm(folderOf(workDir, id), { recursive: true, force: true });
}

/** @returns how many folders went that nothing was written to since then, epoch ms. */
export async function removeWorkFoldersBefore(workDir: string, before: number): Promise<number> {
  let count = 0;
  for (const name of await readdir(workDir).catch(() => [])) {
    const path = join(workDir, name);
    const times = await Promise.all([path, join(path, 'order')].map(changedAt));
    if (Math.max(...times) >= before) continue;
    await rm(path, { recursive: true, force: true });
    count += 1;
  }
  return count;
}

export async function spaceOf(workDir: string): Promise<{ freeBytes: number; totalBytes: number }> {
  await mkdir(workDir, { recursive: true });
  const { bavail, blocks, bsize } = await statfs(workDir);
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
}

function folderOf(workDir: string, id: string): string {
  if (ID.test(id)) return join(workDir, id);
  throw new PermanentError(
    `${JSON.stringify(id.slice(0, 200))} is no id of a clip; letters, digits and - only`,
  );
}

async function changedAt(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}

async function removeUnfinished(path: string): Promise<void> {
  for (const name of await readdir(path)) {
    if (name.startsWith(DRAFT)) await rm(join(path, name), { recursive: true, force: true });
  }
}

function fingerprintOf(order: ClipOrder): string {
  return createHash('sha256').update(JSON.stringify({ FORMAT, order })).digest('hex');
}
