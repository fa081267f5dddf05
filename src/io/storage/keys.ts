import { PermanentError } from '../../errors.js';

/** No separator, no leading dot (so no `..`, no hidden or temporary file), nothing a file system treats specially. */
const SEGMENT = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}$/;
const MAX_KEY = 300;

/** Whether it is a relative path of safe segments; only such can be stored, and only such are listed. */
export function isKey(key: string): boolean {
  return key.length <= MAX_KEY && key.split('/').every((segment) => SEGMENT.test(segment));
}

/** @throws PermanentError when it is no key, whoever asks */
export function safeKey(key: string): string {
  if (isKey(key)) return key;
  const shown = JSON.stringify(key.slice(0, MAX_KEY));
  throw new PermanentError(`storage key ${shown} is not a relative path such as exports/gate-1/x.mp4`);
}

/**
 * A folder as the start of the keys in it.
 * @param folder `''`: all
 * @returns `''`, or the folder with a slash at its end
 */
export function folderPrefix(folder: string): string {
  return folder === '' ? '' : `${safeKey(folder)}/`;
}

/** Emptying a whole store is always a mistake: by default it is the data folder. */
export function removableFolder(folder: string): string {
  if (folder === '') throw new PermanentError('what is removed from a storage must be below a folder of it');
  return safeKey(folder);
}
