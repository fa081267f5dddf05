import { createReadStream } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PIECE_BYTES } from './pack-zip.js';
import type { EvidenceProblem, PackagedFile, PackageFiles } from './verify-package.js';

/** No package of ours has more; an endless folder must not take the memory. */
const MAX_FILES = 100_000;

/** A package that lies there as a folder. Links are not followed. */
export async function openFolder(folder: string): Promise<PackageFiles> {
  const files = new Map<string, PackagedFile>();
  const problems: EvidenceProblem[] = [];
  const pending = [''];
  for (let inner = pending.pop(); inner !== undefined; inner = pending.pop()) {
    for (const entry of await readdir(join(folder, inner), { withFileTypes: true })) {
      const path = inner === '' ? entry.name : `${inner}/${entry.name}`;
      const full = join(folder, path);
      if (entry.isDirectory()) pending.push(path);
      else if (!entry.isFile())
        problems.push({ file: path, what: 'is a link or a device, not a file of the package' });
      else
        files.set(path, {
          bytes: (await lstat(full)).size,
          open: async () => createReadStream(full, { highWaterMark: PIECE_BYTES }),
        });
      if (files.size + problems.length > MAX_FILES)
        return {
          files,
          problems: [...problems, { file: folder, what: `holds more than ${MAX_FILES} files` }],
        };
    }
  }
  return { files, problems };
}
