import { type Kysely, sql } from 'kysely';
import { auditHash, AUDIT_ROOT } from '../audit-hash.js';
import type { AuditRow, Dialect, Schema } from '../schema.js';

const PAGE = 1000;

/** Seals the entries that are there into a chain. The guards against changes are lifted for this and put back. */
export async function chainAudit(given: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const db = given as Kysely<Schema>;
  await db.schema.alterTable('audit').addColumn('hash', 'text').execute();
  const update = dialect === 'sqlite' ? 'audit_no_update' : 'audit_no_change';
  await (
    dialect === 'sqlite'
      ? sql`drop trigger audit_no_update`
      : sql`alter table audit disable trigger ${sql.ref(update)}`
  ).execute(db);
  let before = AUDIT_ROOT;
  for (let after = 0; ;) {
    const rows = (await db
      .selectFrom('audit')
      .selectAll()
      .where('id', '>', after)
      .orderBy('id')
      .limit(PAGE)
      .execute()) as AuditRowRead[];
    for (const { id, ...entry } of rows) {
      before = auditHash(before, entry);
      await db.updateTable('audit').set({ hash: before }).where('id', '=', id).execute();
    }
    const last = rows.at(-1);
    if (!last) break;
    after = last.id;
  }
  await (
    dialect === 'sqlite'
      ? sql`create trigger audit_no_update before update on audit
        begin select raise(abort, 'the audit trail is append-only'); end`
      : sql`alter table audit enable trigger ${sql.ref(update)}`
  ).execute(db);
}

type AuditRowRead = Omit<AuditRow, 'id'> & { readonly id: number };
