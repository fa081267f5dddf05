import { sql } from 'kysely';
import type { Database } from './schema.js';

/** How a database answers. */
export interface DatabaseHealth {
  readonly place: string;
  readonly latencyMs: number;
  /** The server's clock less ours, ms; SQLite has none of its own. */
  readonly clockOffsetMs?: number;
}

/**
 * Asks the database for a row and the time.
 * @param now wall clock, epoch ms
 * @throws Error saying what is wrong when it does not answer.
 */
export async function readDatabaseHealth(database: Database, now: () => number): Promise<DatabaseHealth> {
  const startedAt = performance.now();
  await database.check();
  const latencyMs = performance.now() - startedAt;
  const offset = database.dialect === 'postgres' ? await clockOffset(database, now) : undefined;
  return {
    place: database.place,
    latencyMs,
    ...(offset !== undefined && { clockOffsetMs: offset }),
  };
}

async function clockOffset({ db }: Database, now: () => number): Promise<number | undefined> {
  const askedAt = now();
  const { rows } = await sql<{
    ms: number;
  }>`select cast(extract(epoch from clock_timestamp()) * 1000 as double precision) as ms`.execute(db);
  const [row] = rows;
  // The answer was given halfway, as nearly as can be known.
  return row && row.ms - (askedAt + now()) / 2;
}
