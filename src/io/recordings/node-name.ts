import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

const FILE = '.node';
const NAME = /^[A-Za-z0-9_.-]{1,100}$/;

/**
 * The name under which the index knows a recordings folder. It is kept in the folder: the name of a container changes
 * with each start, and its recordings are found by it. Several processes that begin at once agree on one.
 * @returns the host's name and something random, so that people recognise it and no two folders have the same
 * @throws Error of the file system; Error when the file holds something else.
 */
export async function recordingsNode(folder: string): Promise<string> {
  const file = join(folder, FILE);
  const known = await readName(file);
  if (known !== undefined) return known;
  await mkdir(folder, { recursive: true });
  const random = randomBytes(4).toString('hex');
  const host = hostname()
    .replaceAll(/[^A-Za-z0-9_.-]/g, '-')
    .slice(0, 60);
  const part = `${file}-${random}`;
  try {
    await writeFile(part, `${host}-${random}\n`, { flag: 'wx', flush: true });
    // Unlike a rename it leaves the name of whoever was first.
    await link(part, file).catch((error: unknown) => {
      // Some file systems (exFAT) have no links; there, whoever is last wins.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return rename(part, file);
    });
  } finally {
    await rm(part, { force: true });
  }
  const name = await readName(file);
  if (name === undefined) throw new Error(`${file} is gone again`);
  return name;
}

/** The name that is kept in a folder; `undefined`: none is, or there is no such folder (its disk is not mounted). */
export async function knownNode(folder: string): Promise<string | undefined> {
  return readName(join(folder, FILE));
}

async function readName(file: string): Promise<string | undefined> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  const name = text?.trim();
  if (name === undefined || NAME.test(name)) return name;
  throw new Error(
    `${file} does not hold a name; remove it, and its recordings are taken for another machine's`,
  );
}
