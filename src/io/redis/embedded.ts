import { join } from 'node:path';
import type { Log } from '../../log.js';
import { embeddedFolders, type EmbeddedFolders } from './embedded-folders.js';
import { syncAppendOnly } from './sync-append-only.js';
import { joinServer } from './server-membership.js';
import type { ServerPlan } from './server-process.js';

export interface EmbeddedRedisOptions {
  /** The installation's data folder; made when it is not there. */
  readonly dataDir: string;
  readonly log: Log;
  /** Memory of the frames' server, bytes; default 1 GiB. When it is full, a camera's new frames push out its oldest. */
  readonly framesMaxBytes?: number;
  /** Default: `redis-server` on the PATH. */
  readonly binary?: string;
}

export interface EmbeddedRedis {
  readonly jobs: { readonly path: string };
  readonly frames: { readonly path: string };
  /** Leaves; the last process to leave stops the servers. Close all other connections first. */
  close(): Promise<void>;
}

const FRAMES_MAX_BYTES = 1024 ** 3;

/**
 * The two servers of an installation on one machine, shared by its processes: the first starts them, the others
 * attach, the last to leave stops them; a killed server is started again by one of its users.
 * @throws InputError without redis-server 6.2 or newer, or when the data folder cannot be written; Error with the
 * end of the server's log when it does not come up (disk full, damaged append-only file).
 */
export async function startEmbeddedRedis(options: EmbeddedRedisOptions): Promise<EmbeddedRedis> {
  const folders = await embeddedFolders(options.dataDir);
  const lockFile = join(folders.redis, 'lock');
  const [jobsServer, framesServer] = [jobsPlan(folders, options), framesPlan(folders, options)];
  const jobs = await joinServer(jobsServer, lockFile, options.log);
  const frames = await joinServer(framesServer, lockFile, options.log).catch(async (error: unknown) => {
    await jobs.leave();
    throw error;
  });
  const stopSync = syncAppendOnly(folders.redis, options.log);
  let closed: Promise<void> | undefined;
  return {
    jobs: { path: jobsServer.socket },
    frames: { path: framesServer.socket },
    close: () => {
      stopSync();
      return (closed ??= frames.leave().finally(() => jobs.leave()));
    },
  };
}

/** Jobs and states: every write is in the append-only file before its reply (synced each second, see syncAppendOnly); nothing is evicted. */
function jobsPlan(folders: EmbeddedFolders, options: EmbeddedRedisOptions): ServerPlan {
  const durable = ['--appendonly', 'yes', '--appendfsync', 'no', '--aof-load-truncated', 'yes'];
  return plan('jobs', folders, folders.redis, options, durable);
}

/**
 * Frames: memory only. `noeviction`, because a key is a camera's whole ring: eviction would take all frames of one
 * camera, and its `end`, to store one of another. A refused write is one frame lost, and counted.
 */
function framesPlan(folders: EmbeddedFolders, options: EmbeddedRedisOptions): ServerPlan {
  const maxBytes = options.framesMaxBytes ?? FRAMES_MAX_BYTES;
  const bounded = ['--appendonly', 'no', '--maxmemory', String(maxBytes)];
  return { ...plan('frames', folders, join(folders.redis, 'frames'), options, bounded), maxBytes };
}

function plan(
  role: ServerPlan['role'],
  { redis, sockets }: EmbeddedFolders,
  dir: string,
  { binary = 'redis-server' }: EmbeddedRedisOptions,
  special: readonly string[],
): ServerPlan {
  const socket = join(sockets, `${role}.sock`);
  const pidFile = join(redis, `${role}.pid`);
  const args = [
    ...['--port', '0', '--unixsocket', socket, '--unixsocketperm', '700', '--pidfile', pidFile],
    ...['--dir', dir, '--save', '', '--maxmemory-policy', 'noeviction', ...special],
  ];
  return { role, binary, socket, pidFile, logFile: join(redis, 'redis.log'), args };
}
