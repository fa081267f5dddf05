import type { Kysely } from 'kysely';
import type { Schema } from './schema.js';

/** Rows a statement: short enough that a writer waiting for SQLite's lock does not notice. */
const STEP = 1000;

/**
 * Deletes rows older than `before` (their `at`, epoch ms), the oldest first, until none is left or the signal is
 * aborted; rows that belong to them go with them (foreign keys cascade).
 * @returns how many rows of the table went.
 */
export async function removeInSteps(
  db: Kysely<Schema>,
  table: 'event' | 'alert' | 'passage' | 'plate_read',
  before: number,
  signal: AbortSignal,
): Promise<number> {
  let removed = 0;
  while (!signal.aborted) {
    const oldest = db.selectFrom(table).select('id').where('at', '<', before).orderBy('at').limit(STEP);
    const { numDeletedRows } = await db.deleteFrom(table).where('id', 'in', oldest).executeTakeFirst();
    removed += Number(numDeletedRows);
    if (Number(numDeletedRows) < STEP) break;
  }
  return removed;
}
