import { stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { judgeDisk } from '../../domain/health/judge-stores.js';
import type { Probe } from './probes.js';

/** The disks of this machine that data and recordings are on; one finding where both are on the same. */
export function disksProbe(options: {
  readonly dataDir: string;
  readonly recordingsDir: string;
  readonly minFreeMb: number;
}): Probe {
  const { dataDir, recordingsDir, minFreeMb } = options;
  return {
    name: 'disks',
    kinds: ['disk'],
    look: async () => {
      const data = await spaceAt(dataDir);
      const recordings = await spaceAt(recordingsDir);
      return [
        judgeDisk('data', data, minFreeMb),
        ...(recordings.device === data.device ? [] : [judgeDisk('recordings', recordings, minFreeMb)]),
      ];
    },
  };
}

interface Space {
  readonly path: string;
  readonly device: number;
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/** A folder that nothing was written to yet is measured where it will be. */
async function spaceAt(path: string): Promise<Space> {
  try {
    const [{ dev }, { bavail, blocks, bsize }] = await Promise.all([stat(path), statfs(path)]);
    return { path, device: dev, freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(path) === path) throw error;
    return spaceAt(dirname(path));
  }
}
