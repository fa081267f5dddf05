import { type Kysely, type Migration, sql } from 'kysely';

/** Cold copies of recordings, holds, exports, packages of evidence and the keys they are signed with. */
export function media(): Migration {
  return {
    up: async (db: Kysely<unknown>) => {
      await recordings(db);
      await exportsTable(db);
      await evidence(db);
    },
  };
}

async function recordings(db: Kysely<unknown>): Promise<void> {
  for (const [column, type] of [
    ['cold_key', 'text'],
    ['cold_bytes', 'bigint'],
    ['cold_sha256', 'text'],
    ['cold_codec', 'text'],
    ['cold_at', 'bigint'],
    ['restored_until', 'bigint'],
    ['checked_at', 'bigint'],
    ['damaged_at', 'bigint'],
  ] as const)
    await db.schema.alterTable('recording').addColumn(column, type).execute();
  // Holds say what is protected.
  await db.schema.alterTable('recording').dropColumn('protected').execute();
  // Hashed when it was closed; those longest not looked at since are looked at first.
  await sql`create index recording_by_check on recording (coalesce(checked_at, end_at), id)`.execute(db);
  await sql`create index recording_to_go on recording (node, restored_until) where restored_until is not null`.execute(
    db,
  );
  await db.schema
    .createTable('hold')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('camera_id', 'text', (column) => column.notNull())
    .addColumn('from_at', 'bigint', (column) => column.notNull())
    .addColumn('to_at', 'bigint', (column) => column.notNull())
    .addColumn('reason', 'text', (column) => column.notNull())
    .addColumn('by', 'text', (column) => column.notNull())
    .addColumn('incident', 'integer')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('released_at', 'bigint')
    .addColumn('released_by', 'text')
    .execute();
  await db.schema.createIndex('hold_by_camera').on('hold').columns(['camera_id', 'from_at']).execute();
  await db.schema
    .createTable('archive_report')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('data', 'text', (column) => column.notNull())
    .execute();
}

async function exportsTable(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('export')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('camera_id', 'text', (column) => column.notNull())
    .addColumn('request', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('requested_at', 'bigint', (column) => column.notNull())
    .addColumn('requested_by', 'text', (column) => column.notNull())
    .addColumn('incident', 'integer')
    .addColumn('started_at', 'bigint')
    .addColumn('ended_at', 'bigint')
    .addColumn('expires_at', 'bigint')
    .addColumn('reason', 'text')
    .addColumn('result', 'text')
    .execute();
  await db.schema.createIndex('export_by_time').on('export').columns(['requested_at', 'id']).execute();
}

async function evidence(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('evidence_package')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('camera_id', 'text', (column) => column.notNull())
    .addColumn('number', 'integer', (column) => column.notNull())
    .addColumn('made_at', 'bigint', (column) => column.notNull())
    .addColumn('key_id', 'text', (column) => column.notNull())
    .addColumn('folder', 'text', (column) => column.notNull())
    // Null until it is sealed.
    .addColumn('manifest_sha256', 'text')
    .addColumn('zip', 'text')
    .addColumn('void_reason', 'text')
    .addColumn('removed_at', 'bigint')
    .addColumn('claim', 'text')
    .addColumn('claimed_at', 'bigint', (column) => column.notNull())
    .addUniqueConstraint('evidence_package_number', ['camera_id', 'number'])
    .execute();
  await db.schema
    .createTable('signing_key')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('public_key', 'text', (column) => column.notNull())
    .addColumn('private_key', 'text', (column) => column.notNull())
    .execute();
}
