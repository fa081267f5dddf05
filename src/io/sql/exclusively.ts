import { type Kysely, sql } from 'kysely';
import type { Database, Schema } from './schema.js';

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
    // SQLite has one writer at a time, and it is chosen when a transaction first writes: here, and nothing.
    else await sql`update channel_state set failures = failures where channel = ''`.execute(inner);
    return work(inner);
  };
  return db.isTransaction ? locked(db) : db.transaction().setIsolationLevel('read committed').execute(locked);
}
