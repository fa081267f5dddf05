import { type Kysely, type Migration, sql } from 'kysely';
import type { Dialect } from '../schema.js';

/** Events, alerts with their deliveries, the audit trail, and who may come in. */
export function start(dialect: Dialect): Migration {
  return {
    up: async (db: Kysely<unknown>) => {
      await events(db);
      await alerts(db);
      await audit(db, dialect);
      await (dialect === 'sqlite' ? guardAuditInSqlite(db) : guardAuditInPostgres(db));
      await principals(db);
    },
  };
}

async function events(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('event')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('camera_id', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('line', 'text')
    .addColumn('direction', 'text')
    .addColumn('class', 'text')
    .addColumn('data', 'text', (column) => column.notNull())
    .execute();
  // One index for each way of listing; `id` makes the order of equal times the same every time.
  await db.schema.createIndex('event_by_time').on('event').columns(['at', 'id']).execute();
  await db.schema.createIndex('event_by_camera').on('event').columns(['camera_id', 'at', 'id']).execute();
  await db.schema.createIndex('event_by_type').on('event').columns(['type', 'at', 'id']).execute();
  // Only crossings have a line: counting reads this index alone.
  await sql`create index event_crossing on event (camera_id, at, line, direction, class) where line is not null`.execute(
    db,
  );
}

async function alerts(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('alert')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('camera_id', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('severity', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('summary', 'text', (column) => column.notNull())
    .addColumn('event_id', 'text')
    .addColumn('snapshot', 'text')
    .addColumn('suppressed_by', 'text', (column) => column.references('alert.id'))
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('alert_by_time').on('alert').columns(['at', 'id']).execute();
  await db.schema.createIndex('alert_by_camera').on('alert').columns(['camera_id', 'at', 'id']).execute();
  await sql`create index alert_sent on alert (camera_id, kind, at) where suppressed_by is null`.execute(db);
  await db.schema
    .createTable('delivery')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('alert_id', 'text', (column) => column.notNull().references('alert.id').onDelete('cascade'))
    .addColumn('recipient', 'text', (column) => column.notNull())
    .addColumn('channel', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('detail', 'text')
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .addUniqueConstraint('delivery_once', ['alert_id', 'recipient', 'channel'])
    .execute();
  await db.schema.createIndex('delivery_by_time').on('delivery').columns(['updated_at', 'id']).execute();
}

async function audit(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  await db.schema
    .createTable('audit')
    .addColumn('id', dialect === 'sqlite' ? 'integer' : 'bigint', (column) =>
      // autoincrement: SQLite would otherwise give the id of a row removed behind our back a second time
      dialect === 'sqlite'
        ? column.primaryKey().autoIncrement()
        : column.primaryKey().generatedAlwaysAsIdentity(),
    )
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('actor', 'text', (column) => column.notNull())
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('detail', 'text', (column) => column.notNull())
    .addColumn('once_key', 'text', (column) => column.unique())
    .execute();
  await db.schema.createIndex('audit_by_subject').on('audit').columns(['subject', 'id']).execute();
}

async function guardAuditInSqlite(db: Kysely<unknown>): Promise<void> {
  for (const change of ['update', 'delete']) {
    await sql`create trigger ${sql.ref(`audit_no_${change}`)} before ${sql.raw(change)} on audit
      begin select raise(abort, 'the audit trail is append-only'); end`.execute(db);
  }
}

async function guardAuditInPostgres(db: Kysely<unknown>): Promise<void> {
  await sql`create function audit_refuse() returns trigger language plpgsql as
    $$ begin raise exception 'the audit trail is append-only'; end $$`.execute(db);
  await sql`create trigger audit_no_change before update or delete on audit
    for each row execute function audit_refuse()`.execute(db);
  await sql`create trigger audit_no_truncate before truncate on audit
    for each statement execute function audit_refuse()`.execute(db);
}

async function principals(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('principal')
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('secret_hash', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('disabled_at', 'bigint')
    // Disabled ones keep their name: the audit trail knows people by it.
    .addPrimaryKeyConstraint('principal_key', ['kind', 'name'])
    .execute();
}
