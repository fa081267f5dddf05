import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SmallDisk {
  readonly folder: string;
  remove(): void;
}

/** A file system of its own in memory. Only root may. */
export function mountSmallDisk(megabytes: number): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'camqueue-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], { stdio: 'pipe' });
  } catch (error) {
    rmdirSync(folder);
    throw error;
  }
  return {
    folder,
    remove: () => {
      execFileSync('umount', ['-l', folder]);
      rmdirSync(folder);
    },
  };
}

/** `describe`, or `describe.skip` with the reason said where no disk can be mounted. */
export function needsSmallDisk(): typeof describe {
  try {
    mountSmallDisk(1).remove();
    return describe;
  } catch {
    process.stderr.write('skipped: a really full disk, which only root may mount\n');
    return describe.skip;
  }
}
