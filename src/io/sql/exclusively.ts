import { setTimeout as delay } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import type { Database, Schema } from './schema.js';
import { BUSY_MS } from './sqlite.js';

/**
 * Does `work` in one transaction while nobody else does work under the same key: all it writes becomes true together, or
 * nothing. It asks the database only through the connection it is given; called within a transaction it joins that one.
 * Locks are taken in the order of the calls: the audit trail's comes last.
 */
export function exclusively<T>(
  database: Pick<Database, 'db' | 'dialect'>,
  key: string,
  work: (inner: Kysely<Schema>) => Promise<T>,
): Promise<T> {
  const { db, dialect } = database;
  const locked = async (inner: Kysely<Schema>): Promise<T> => {
    if (dialect === 'postgres')
      await sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`.execute(inner);
    else if (!db.isTransaction) await whenFree(inner);
    return work(inner);
  };
  return db.isTransaction ? locked(db) : db.transaction().setIsolationLevel('read committed').execute(locked);
}

/**
 * SQLite has one writer at a time. The transaction becomes it with its first statement that writes, which is this one,
 * though there is nothing to write. Waiting is done here and not in SQLite: that would stop the process, and with it a
 * sibling's transaction that is to be waited for.
 */
async function whenFree(inner: Kysely<Schema>): Promise<void> {
  await sql`pragma busy_timeout = 0`.execute(inner);
  try {
    for (const giveUpAt = Date.now() + BUSY_MS; ;) {
      try {
        await sql`update channel_state set failures = failures where channel = ''`.execute(inner);
        return;
      } catch (error) {
        if (!isBusy(error) || Date.now() > giveUpAt) throw error;
        await delay(1 + Math.random() * 4);
      }
    }
  } finally {
    await sql`pragma busy_timeout = ${sql.lit(BUSY_MS)}`.execute(inner);
  }
}

function isBusy(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && code.startsWith('SQLITE_BUSY');
}
