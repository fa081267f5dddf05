import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { InputError, PermanentError } from '../../errors.js';
import type { ObjectStore } from '../../ports/storage.js';
import { codeOf } from './folder-errors.js';
import { createFolderStore } from './folder-store.js';

const S3 = /^s3\+https?:/i;
const OTHER = /^[a-z][a-z0-9+.-]+:\/\//i;
/** Mistakes of whoever wrote the setting; anything else may pass. */
const WRONG = ['EACCES', 'EPERM', 'ENOTDIR', 'EEXIST', 'ENAMETOOLONG', 'EROFS'];

/**
 * Opens a storage by its address: a folder, or `s3+https://KEY:SECRET@host[:port]/bucket[/prefix][?region=…]`
 * (`s3+http` for a server without TLS). A folder is made; a bucket is not asked for before it is used.
 * @param setting the variable that it comes from, for messages
 * @throws InputError naming the setting, what is wrong, and how it is written; never with its credentials.
 */
export async function openStorage(address: string, setting: string): Promise<ObjectStore> {
  // The kit takes a quarter of a second to load: only where it is used.
  if (S3.test(address)) return (await import('./s3-store.js')).createS3Store(address, setting);
  if (OTHER.test(address))
    throw new InputError(
      `${setting} is neither a folder nor s3+https://KEY:SECRET@host/bucket (s3+http without TLS)`,
    );
  await makeFolder(resolve(address), setting);
  return createFolderStore(address);
}

async function makeFolder(folder: string, setting: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    const code = codeOf(error);
    if (!WRONG.includes(code)) return;
    throw new InputError(
      `${setting}: the folder ${folder} cannot be made (${code}); name another one, or allow this user to write there`,
    );
  }
}

/** A store that there is none of. @param setting the variable that would make one */
export function noStorage(setting: string): ObjectStore {
  const off = `there is no such storage: set ${setting} to a folder or an S3 bucket`;
  const refuse = async (): Promise<never> => {
    throw new PermanentError(off);
  };
  return {
    off,
    place: `${setting} is not set`,
    put: refuse,
    putFile: refuse,
    read: refuse,
    stat: refuse,
    sha256: refuse,
    remove: refuse,
    list: () => ({ [Symbol.asyncIterator]: () => ({ next: refuse }) }),
    removeBefore: refuse,
    removeUnfinished: refuse,
    localPath: () => {
      throw new PermanentError(off);
    },
    link: refuse,
    space: refuse,
    check: refuse,
    close: async () => undefined,
  };
}
