import { Redis } from 'ioredis';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../errors.js';
import type { Log } from '../../log.js';
import { withFileLock } from './file-lock.js';
import { ensureServing, START_TIMEOUT_MS, untilGone, type ServerPlan } from './server-process.js';

export interface Membership {
  /** Gives the server up; when no other process uses it, stops it and waits until it is gone. */
  leave(): Promise<void>;
}

/** Another process may be starting a server meanwhile, or stopping one. */
const LOCK_TIMEOUT_MS = START_TIMEOUT_MS + 30_000;
const RECOVER_RETRY_MS = 1000;
const COMMAND_TIMEOUT_MS = 10_000;
/** The name of a user's connection, by which users are told from other clients. */
const USER = 'camqueue-user';

/**
 * Becomes a user of a server that several processes share, and starts it when it does not run. A user is a
 * process that holds a named connection: the kernel closes it however the process ends, so there are no stale
 * users. When the server dies, the connection tells, and the first user to get the lock starts it again.
 * @param lockFile the installation's; starting, joining and leaving happen one at a time.
 */
export async function joinServer(plan: ServerPlan, lockFile: string, log: Log): Promise<Membership> {
  const leaving = new AbortController();
  let user: Redis | undefined;
  let recovery = Promise.resolve();
  const join = (): Promise<void> =>
    withFileLock(lockFile, LOCK_TIMEOUT_MS, async () => {
      await ensureServing(plan, log);
      user = await connectUser(plan);
      user.once('end', () => {
        user = undefined;
        if (!leaving.signal.aborted) recovery = recover();
      });
    });
  const recover = async (): Promise<void> => {
    log.warn({ redis: plan.role }, 'redis-server is gone: starting it again');
    while (!leaving.signal.aborted) {
      try {
        return await join();
      } catch (error) {
        log.error(
          { redis: plan.role, reason: messageOf(error) },
          'redis-server does not start, trying again',
        );
        await delay(RECOVER_RETRY_MS, undefined, { ref: false, signal: leaving.signal }).catch(
          () => undefined,
        );
      }
    }
  };
  await join();
  return {
    async leave() {
      leaving.abort();
      await recovery;
      await withFileLock(lockFile, LOCK_TIMEOUT_MS, async () => {
        if (user) await disconnectUser(user, plan, log);
        user = undefined;
      });
    },
  };
}

async function connectUser(plan: ServerPlan): Promise<Redis> {
  const user = new Redis({
    path: plan.socket,
    connectionName: USER,
    lazyConnect: true,
    retryStrategy: () => null,
    commandTimeout: COMMAND_TIMEOUT_MS,
  });
  // What there is to say is said by `connect` rejecting and by `end`.
  user.on('error', () => undefined);
  try {
    await user.connect();
    // The server may have been started with other settings: the newest user's count.
    if (plan.maxBytes !== undefined) await user.config('SET', 'maxmemory', plan.maxBytes);
  } catch (error) {
    user.disconnect();
    throw error;
  }
  // Being a user keeps no process alive.
  user.stream.unref();
  return user;
}

async function disconnectUser(user: Redis, plan: ServerPlan, log: Log): Promise<void> {
  user.stream.ref();
  // The server closes a connection some time after we do; by its name it stops counting at once.
  await user.client('SETNAME', '');
  if (await hasUsers(user)) {
    user.disconnect();
    return;
  }
  const pid = Number(/process_id:(\d+)/.exec(await user.info('server'))?.[1]);
  // Writes and syncs what the append-only file lacks. There is no reply, only the end of the connection.
  await user.call('SHUTDOWN').catch((error: unknown) => {
    if (user.status === 'ready') throw error;
  });
  await untilGone(plan, pid);
  log.info({ redis: plan.role, pid }, 'redis-server stopped');
}

/** Asks twice: connections of processes that were just killed are noticed between two commands. */
async function hasUsers(user: Redis): Promise<boolean> {
  const list = async (): Promise<boolean> => String(await user.client('LIST')).includes(` name=${USER} `);
  return (await list()) && (await list());
}
