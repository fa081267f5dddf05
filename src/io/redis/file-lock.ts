import Database from 'better-sqlite3';
import { setTimeout as delay } from 'node:timers/promises';
import { InputError, messageOf } from '../../errors.js';

const RETRY_MS = 25;

/**
 * Runs `work` while no other process (and no other caller in this one) holds the lock. The lock is one that the
 * kernel keeps for SQLite on the file `path`: it goes with its holder, also by kill -9, so it is never stale, and
 * two that find it free cannot both get it. The empty file stays.
 * @param timeoutMs how long to wait for another holder.
 * @throws InputError when the file cannot be opened; Error with `code` ELOCKED when the wait is over.
 */
export async function withFileLock<T>(path: string, timeoutMs: number, work: () => Promise<T>): Promise<T> {
  const lock = open(path);
  try {
    const deadline = Date.now() + timeoutMs;
    while (!isTaken(lock)) {
      if (Date.now() > deadline) {
        const message = `${path} is locked by another process for ${timeoutMs} ms`;
        throw Object.assign(new Error(message), { code: 'ELOCKED' });
      }
      await delay(RETRY_MS);
    }
    return await work();
  } finally {
    lock.close();
  }
}

function open(path: string): Database.Database {
  try {
    return new Database(path, { timeout: 0 });
  } catch (error) {
    throw new InputError(
      `${path} cannot be opened (${messageOf(error)}): give this user the folder, or set another DATA_DIR`,
    );
  }
}

function isTaken(lock: Database.Database): boolean {
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    // Not by class: a native add-on's errors may belong to another realm's Error.
    if ((error as { code?: unknown } | null)?.code === 'SQLITE_BUSY') return false;
    throw error;
  }
}
