import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Folder with real pictures, clips and networks; not part of the project (see test/README or CAMQUEUE_TEST_DATA). */
export const TEST_DATA = process.env['CAMQUEUE_TEST_DATA'] ?? resolve(__dirname, '../../../shared/data');

/** Absolute path of a file in the test data. */
export function testData(path: string): string {
  return join(TEST_DATA, path);
}

/** `describe`, or `describe.skip` with the reason said once when a file is missing. */
export function needs(paths: readonly string[], hint = 'set CAMQUEUE_TEST_DATA'): typeof describe {
  const missing = paths.filter((path) => !existsSync(path));
  if (missing.length === 0) return describe;
  process.stderr.write(`skipped, missing ${missing.join(', ')}: ${hint}\n`);
  return describe.skip;
}
