import { stat } from 'node:fs/promises';
import { InputError } from '../../errors.js';
import type { TrustedKey } from './check-signature.js';
import { openFolder } from './open-folder.js';
import { openZip } from './open-zip.js';
import { type Verdict, verifyPackage } from './verify-package.js';

/**
 * Verifies a package that lies on this computer as a folder or as a ZIP.
 * @throws InputError when there is nothing at the path
 */
export async function verifyPath(
  path: string,
  keys: readonly TrustedKey[],
  signal: AbortSignal,
): Promise<Verdict> {
  return (await isFolder(path))
    ? verifyPackage(await openFolder(path), keys, signal)
    : verifyZip(path, keys, signal);
}

async function verifyZip(path: string, keys: readonly TrustedKey[], signal: AbortSignal): Promise<Verdict> {
  const zip = await openZip(path);
  try {
    const verdict = await verifyPackage(zip, keys, signal);
    const { manifest, problems } = verdict;
    if (!manifest || problems.length > 0 || (await zip.isAsPacked(manifest))) return verdict;
    const what =
      'was packed again, or altered outside its files: every file in it holds, but the ZIP is not the one that was made; unpack it and verify the folder';
    return { ...verdict, problems: [{ file: path, what }] };
  } finally {
    zip.close();
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    throw new InputError(
      `package "${path}": ${(error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such folder or ZIP' : 'cannot be opened'}`,
    );
  }
}
