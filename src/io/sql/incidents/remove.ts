import type { Kysely } from 'kysely';
import type { Schema } from '../schema.js';

/** Alerts a statement: short enough that a writer waiting for SQLite's lock does not notice. */
const STEP = 1000;
/** Incidents a statement; their steps, notes and deliveries go with them. */
const INCIDENTS = 100;

/**
 * Removes incidents that ended before that time (or that somebody acknowledged, and nothing has happened since) and
 * alerts without one, in small steps, the oldest first, until none is left or the signal is aborted.
 * @param before wall clock, epoch ms
 * @returns how many alerts went
 */
export async function removeIncidents(
  db: Kysely<Schema>,
  before: number,
  signal: AbortSignal,
): Promise<number> {
  let removed = 0;
  while (!signal.aborted) {
    const ids = await oldIncidents(db, before);
    if (ids.length === 0) break;
    removed += await removeAlerts(db, { ids }, signal);
    // Cut off in between, an incident is left with fewer alerts, and goes the next time.
    if (signal.aborted) return removed;
    await db.deleteFrom('incident').where('id', 'in', ids).execute();
  }
  return removed + (await removeAlerts(db, { suppressedBefore: before }, signal));
}

async function oldIncidents(db: Kysely<Schema>, before: number): Promise<string[]> {
  const rows = await db
    .selectFrom('incident')
    .select('id')
    .where((row) =>
      row.or([
        row('ended_at', '<', before),
        row.and([row('state', '=', 'acknowledged'), row('changed_at', '<', before)]),
      ]),
    )
    .orderBy('number')
    .limit(INCIDENTS)
    .execute();
  return rows.map(({ id }) => id);
}

async function removeAlerts(
  db: Kysely<Schema>,
  which: { readonly ids: readonly string[] } | { readonly suppressedBefore: number },
  signal: AbortSignal,
): Promise<number> {
  let removed = 0;
  while (!signal.aborted) {
    const all = db.selectFrom('alert').select('id').limit(STEP);
    const some =
      'ids' in which
        ? all.where('incident_id', 'in', which.ids)
        : all.where('incident_id', 'is', null).where('created_at', '<', which.suppressedBefore);
    const { numDeletedRows } = await db.deleteFrom('alert').where('id', 'in', some).executeTakeFirst();
    removed += Number(numDeletedRows);
    if (Number(numDeletedRows) < STEP) break;
  }
  return removed;
}
