import { createHash } from 'node:crypto';
import { access, chmod, constants, lstat, mkdir, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError, messageOf } from '../../errors.js';

/** The kernel takes 107 bytes (103 on macOS); a longer path fails only when the server starts. */
const MAX_SOCKET_PATH_BYTES = 100;
const LONGEST_NAME = 'frames.sock';

export interface EmbeddedFolders {
  /** Append-only file, log and lock of the servers: `<data>/redis`. */
  readonly redis: string;
  /** Where the unix sockets are; only this user can enter. */
  readonly sockets: string;
}

/**
 * Makes the folders of the embedded servers. All processes of one installation get the same answer.
 * @throws InputError when the data folder cannot be written.
 */
export async function embeddedFolders(dataDir: string): Promise<EmbeddedFolders> {
  const redis = await dataFolder(dataDir);
  if (fits(redis)) return { redis, sockets: redis };
  const name = createHash('sha256').update(redis).digest('hex').slice(0, 16);
  const sockets = join(tmpdir(), `camqueue-${process.getuid?.() ?? 'user'}-${name}`);
  if (!fits(sockets))
    throw new InputError(
      `DATA_DIR "${dataDir}" and TMPDIR "${tmpdir()}" are too long for a socket: shorten one`,
    );
  await mkdir(sockets, { recursive: true, mode: 0o700 });
  await refuseStrangers(sockets);
  return { redis, sockets };
}

async function dataFolder(dataDir: string): Promise<string> {
  try {
    await mkdir(dataDir, { recursive: true });
    const redis = join(await realpath(dataDir), 'redis');
    await mkdir(join(redis, 'frames'), { recursive: true, mode: 0o700 });
    await chmod(redis, 0o700);
    await access(redis, constants.W_OK);
    return redis;
  } catch (error) {
    throw new InputError(
      `DATA_DIR "${dataDir}" cannot be written (${messageOf(error)}): make it writable, or choose another`,
    );
  }
}

/** The folder for temporary files is everybody's: what is there under our name may have been put there for us. */
async function refuseStrangers(folder: string): Promise<void> {
  const found = await lstat(folder);
  if (!found.isDirectory() || found.uid !== process.getuid?.() || (found.mode & 0o077) !== 0) {
    throw new InputError(
      `${folder} is not a folder of this user alone: remove it, or set a shorter DATA_DIR`,
    );
  }
}

function fits(folder: string): boolean {
  return Buffer.byteLength(join(folder, LONGEST_NAME)) <= MAX_SOCKET_PATH_BYTES;
}
