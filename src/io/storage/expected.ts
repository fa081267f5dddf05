import { PermanentError } from '../../errors.js';
import type { PutOptions, PutResult } from '../../ports/storage.js';

/** @throws PermanentError when what was written is not what was promised */
export function checkExpected(key: string, got: PutResult, options: PutOptions): void {
  if (options.bytes !== undefined && got.bytes !== options.bytes)
    throw new PermanentError(
      `${key} has ${got.bytes} bytes, but ${options.bytes} were expected; it was not kept`,
    );
  if (options.sha256 !== undefined && got.sha256 !== options.sha256.toLowerCase())
    throw new PermanentError(
      `${key} has the SHA-256 ${got.sha256}, but ${options.sha256} was expected; it was not kept`,
    );
}
