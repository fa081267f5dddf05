import type { AuditLog } from '../../ports.js';
import { cleanText, type Database } from './schema.js';

/** The audit trail in SQL, newest first; the database itself refuses to change or remove a row. */
export function createAuditLog({ db }: Database): AuditLog {
  return {
    append: async ({ at, actor, action, subject, detail, onceKey }) => {
      await db
        .insertInto('audit')
        .values({
          at,
          actor: cleanText(actor),
          action: cleanText(action),
          subject: cleanText(subject),
          detail: JSON.stringify(detail ?? {}),
          once_key: onceKey ?? null,
        })
        .onConflict((conflict) => conflict.column('once_key').doNothing())
        .execute();
    },
    list: async ({ subject, limit }) => {
      let query = db
        .selectFrom('audit')
        .select(['id', 'at', 'actor', 'action', 'subject', 'detail'])
        .orderBy('id', 'desc')
        .limit(limit);
      if (subject !== undefined) query = query.where('subject', '=', subject);
      const rows = await query.execute();
      return rows.map((row) => ({ ...row, detail: JSON.parse(row.detail) as Record<string, unknown> }));
    },
  };
}
