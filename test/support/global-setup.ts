import { randomUUID } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statfsSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MEMORY = '/dev/shm';
/** Containers often have 64 MB there; three servers with the databases of a test file each take some 100 MB. */
const NEEDED_BYTES = 2e9;

/**
 * Marks every process that the run starts, directly or not: the teardown finds by it what was left behind. Names the
 * folder of the run's databases (see databases.ts and postgres.ts), in memory where there is room: to make and remove
 * the hundreds of files of a PostgreSQL database takes thirty times as long on a disk.
 */
export default function setup(): void {
  process.env['CAMQUEUE_TEST_RUN'] = randomUUID();
  const place = hasRoom(MEMORY) ? MEMORY : tmpdir();
  removeOfDead(place);
  const folder = mkdtempSync(join(place, `camqueue-databases-${process.pid}-`));
  // PostgreSQL's server runs as another user.
  chmodSync(folder, 0o755);
  process.env['CAMQUEUE_TEST_DATABASES'] = folder;
}

/** A run that was killed has left its folder: that is memory. */
function removeOfDead(place: string): void {
  for (const name of readdirSync(place)) {
    const pid = /^camqueue-databases-(\d+)-/.exec(name)?.[1];
    if (pid === undefined || existsSync(`/proc/${pid}`)) continue;
    rmSync(join(place, name), { recursive: true, force: true });
  }
}

function hasRoom(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize > NEEDED_BYTES;
  } catch {
    return false;
  }
}
