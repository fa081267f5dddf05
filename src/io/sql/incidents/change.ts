import type { Kysely } from 'kysely';
import type { NewAuditEntry } from '../../../ports/audit.js';
import { appendAudit } from '../audit-log.js';
import { exclusively } from '../exclusively.js';
import type { Database, Schema } from '../schema.js';

/** A change of incidents that is under way. */
export interface Change {
  readonly db: Kysely<Schema>;
  readonly now: number;
  /** Notes down an entry of the audit trail; it is written at the end of the change, as part of it. */
  readonly trail: (
    action: string,
    incidentId: string,
    detail?: Record<string, unknown>,
    actor?: string,
  ) => void;
}

/**
 * Changes incidents, all or nothing. One change at a time, of whatever key: storms look over all of them, and the audit
 * trail has one end to append to anyway. Its lock is taken last, so that a change never waits while it holds it.
 * @param actor who is named in the audit trail where an entry names nobody else
 */
export function changeIncidents<T>(
  database: Database,
  now: number,
  actor: string,
  work: (change: Change) => Promise<T>,
): Promise<T> {
  return exclusively(database, 'incidents', async (db) => {
    const entries: NewAuditEntry[] = [];
    const trail: Change['trail'] = (action, incidentId, detail, by = actor) =>
      void entries.push({
        ...{ at: now, actor: by, action, subject: `incident/${incidentId}` },
        ...(detail !== undefined && { detail }),
      });
    const result = await work({ db, now, trail });
    for (const entry of entries) await appendAudit({ db, dialect: database.dialect }, entry);
    return result;
  });
}
