import { type Kysely, type Migration, sql } from 'kysely';
import type { Dialect } from '../schema.js';

/** Passages of vehicles with every look at their plates, and the lists that plates are checked against. */
export function plates(dialect: Dialect): Migration {
  return {
    up: async (db: Kysely<unknown>) => {
      await passages(db, dialect);
      await reads(db);
      await lists(db, dialect);
    },
  };
}

async function passages(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  await db.schema
    .createTable('passage')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('camera_id', 'text')
    .addColumn('job_id', 'text')
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('last_at', 'bigint', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    // Byte order, so that PostgreSQL's index serves patterns that begin with letters, as SQLite's does for GLOB.
    .addColumn('key', dialect === 'sqlite' ? 'text' : sql`text collate "C"`, (column) => column.notNull())
    .addColumn('verdict', 'text', (column) => column.notNull())
    .addColumn('data', 'text', (column) => column.notNull())
    .addColumn('review', 'text')
    .execute();
  // One index for each way of searching. They hold the key: a wildcard in front is looked for in the index alone.
  await db.schema
    .createIndex('passage_by_time')
    .on('passage')
    .columns(['at', 'id', 'state', 'key'])
    .execute();
  await sql`create index passage_by_camera on passage (camera_id, at, id, key) where state = 'final'`.execute(
    db,
  );
  await sql`create index passage_by_camera_seen on passage (camera_id, last_at, at) where state <> 'merged'`.execute(
    db,
  );
  await sql`create index passage_by_key on passage (key, at, id) where state = 'final'`.execute(db);
  await sql`create index passage_by_verdict on passage (verdict, at, id, key) where state = 'final'`.execute(
    db,
  );
  await sql`create index passage_by_job on passage (job_id, at, id) where job_id is not null`.execute(db);
  await sql`create index passage_open on passage (last_at, id) where state = 'open'`.execute(db);
  await db.schema
    .createTable('passage_hit')
    .addColumn('passage_id', 'text', (column) =>
      column.notNull().references('passage.id').onDelete('cascade'),
    )
    .addColumn('list', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('passage_hit_once', ['passage_id', 'list'])
    .execute();
  await db.schema
    .createIndex('passage_hit_by_list')
    .on('passage_hit')
    .columns(['list', 'at', 'passage_id'])
    .execute();
}

/** No foreign key: a look is written before the passage that is made of it. */
async function reads(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('plate_read')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('passage_id', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('data', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex('plate_read_by_passage')
    .on('plate_read')
    .columns(['passage_id', 'at', 'id'])
    .execute();
  await db.schema.createIndex('plate_read_by_time').on('plate_read').columns(['at']).execute();
}

async function lists(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  await db.schema
    .createTable('plate_list')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('name', 'text')
    .addColumn('alert_unknown', 'integer', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('plate_list_entry')
    .addColumn('id', dialect === 'sqlite' ? 'integer' : 'bigint', (column) =>
      // autoincrement: an id in the audit trail must never mean another entry later
      dialect === 'sqlite'
        ? column.primaryKey().autoIncrement()
        : column.primaryKey().generatedAlwaysAsIdentity(),
    )
    .addColumn('list', 'text', (column) => column.notNull().references('plate_list.id').onDelete('cascade'))
    .addColumn('pattern', 'text', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('valid_from', 'bigint')
    .addColumn('valid_to', 'bigint')
    .addColumn('reason', 'text')
    .addColumn('owner', 'text')
    .addColumn('note', 'text')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('created_by', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex('plate_list_entry_by_list')
    .on('plate_list_entry')
    .columns(['list', 'id'])
    .execute();
  // Twice the same is one: an import that is repeated changes nothing.
  await sql`create unique index plate_list_entry_once
    on plate_list_entry (list, key, coalesce(valid_from, -1), coalesce(valid_to, -1))`.execute(db);
  await db.schema
    .createTable('plate_list_revision')
    .addColumn('number', 'bigint', (column) => column.notNull())
    .execute();
  await sql`insert into plate_list_revision (number) values (0)`.execute(db);
}
