import { sql } from 'kysely';
import type { AuditEntry, AuditFilter, AuditLog, NewAuditEntry } from '../../ports/audit.js';
import { auditHash, AUDIT_ROOT } from './audit-hash.js';
import { exclusively } from './exclusively.js';
import { type AuditRow, cleanText, type Database } from './schema.js';

const VERIFY_PAGE = 1000;

/** The audit trail in SQL; the database itself refuses to change or remove a row. */
export function createAuditLog(database: Database): AuditLog {
  return {
    append: (entry) => appendAudit(database, entry),
    list: (filter) => listAudit(database, filter),
    verify: (signal) => verifyAudit(database, signal),
  };
}

/** Adds an entry; within a transaction (`database.db`), as part of it. */
export function appendAudit(
  database: Pick<Database, 'db' | 'dialect'>,
  { at, actor, action, subject, detail, onceKey: key }: NewAuditEntry,
): Promise<void> {
  const onceKey = key === undefined ? null : cleanText(key);
  return exclusively(database, 'audit', async (db) => {
    if (onceKey !== null) {
      const known = await db
        .selectFrom('audit')
        .select('id')
        .where('once_key', '=', onceKey)
        .executeTakeFirst();
      if (known) return;
    }
    const last = await db
      .selectFrom('audit')
      .select('hash')
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirst();
    const entry = {
      at,
      actor: cleanText(actor),
      action: cleanText(action),
      subject: cleanText(subject),
      detail: cleanText(JSON.stringify(detail ?? {})),
      once_key: onceKey,
    };
    const hash = auditHash(last?.hash ?? AUDIT_ROOT, entry);
    await db
      .insertInto('audit')
      .values({ ...entry, hash })
      .execute();
  });
}

async function listAudit({ db }: Database, filter: AuditFilter): Promise<AuditEntry[]> {
  const { subject, actor, action, from, to, before, limit } = filter;
  let query = db
    .selectFrom('audit')
    .select(['id', 'at', 'actor', 'action', 'subject', 'detail', 'hash'])
    .orderBy('id', 'desc')
    .limit(limit);
  if (subject !== undefined) query = query.where('subject', '=', subject);
  if (actor !== undefined) query = query.where('actor', '=', actor);
  // Not by comparing: what comes after what is another matter in each database's language.
  if (action !== undefined) query = query.where(sql`substr(action, 1, ${action.length})`, '=', action);
  if (from !== undefined) query = query.where('at', '>=', from);
  if (to !== undefined) query = query.where('at', '<', to);
  if (before !== undefined) query = query.where('id', '<', before);
  const rows = await query.execute();
  return rows.map((row) => ({ ...row, detail: JSON.parse(row.detail) as Record<string, unknown> }));
}

async function verifyAudit({ db }: Database, signal?: AbortSignal): ReturnType<AuditLog['verify']> {
  let head = AUDIT_ROOT;
  let entries = 0;
  for (let after = 0; ;) {
    signal?.throwIfAborted();
    const rows = await db
      .selectFrom('audit')
      .selectAll()
      .where('id', '>', after)
      .orderBy('id')
      .limit(VERIFY_PAGE)
      .execute();
    for (const { id, hash, ...entry } of rows as (Omit<AuditRow, 'id'> & { id: number })[]) {
      const expected = auditHash(head, entry);
      if (hash !== expected) {
        const why = 'it was changed, or one before it was changed, removed or put in';
        return { isIntact: false, entries, brokenId: id, why };
      }
      head = hash;
      entries += 1;
      after = id;
    }
    if (rows.length < VERIFY_PAGE) return { isIntact: true, entries, head };
  }
}
