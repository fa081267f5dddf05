import { PermanentError } from '../../errors.js';
import { unreachable } from './within.js';

const FULL = ['ENOSPC', 'EDQUOT', 'EFBIG'];
const NOT_ALLOWED = ['EACCES', 'EPERM', 'EROFS'];
/** What network disks say that have gone. */
const AWAY = [
  'ETIMEDOUT',
  'ESTALE',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTCONN',
  'ENODEV',
  'ENXIO',
];
const IN_THE_WAY = ['ENOTDIR', 'EISDIR', 'EEXIST'];

/** What a file system says, for people; `code` stays. What it does not know it gives back as it is. */
export function explainDisk(error: unknown, key: string, dir: string): unknown {
  const code = codeOf(error);
  if (FULL.includes(code))
    return coded(`disk full: ${key} does not fit on the disk of ${dir}; free space`, code, error);
  if (NOT_ALLOWED.includes(code))
    return coded(`${dir} is not writable: ${key} was not kept; allow this user to write there`, code, error);
  if (AWAY.includes(code)) return unreachable(dir, code, error);
  if (IN_THE_WAY.includes(code))
    return new PermanentError(
      `${key} cannot be kept in ${dir}: a file or folder of that name is in the way`,
      {
        cause: error,
      },
    );
  return error;
}

/** As `explainDisk`, of reading. */
export function explainReading(error: unknown, key: string, dir: string): unknown {
  const code = codeOf(error);
  if (NOT_ALLOWED.includes(code))
    return coded(`${dir} is not readable: ${key}; allow this user to read there`, code, error);
  if (AWAY.includes(code)) return unreachable(dir, code, error);
  return error;
}

/** By shape: errors of node's internals are not always instances of this file's Error. */
export function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}

export function coded(message: string, code: string, cause?: unknown): Error {
  return Object.assign(new Error(message, { cause }), { code });
}
