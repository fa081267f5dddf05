import { type Kysely, type Migration, sql } from 'kysely';

/** Cameras made through the API, gaps in what was captured and recorded, recordings, health reports. */
export function cameras(): Migration {
  return {
    up: async (db: Kysely<unknown>) => {
      await cameraTable(db);
      await gaps(db);
      await recordings(db);
      await healthReports(db);
    },
  };
}

async function cameraTable(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('camera')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('data', 'text')
    .addColumn('enabled', 'integer', (column) => column.notNull())
    .addColumn('changed_at', 'bigint', (column) => column.notNull())
    .addColumn('changed_by', 'text', (column) => column.notNull())
    .execute();
}

async function gaps(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('gap')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('camera_id', 'text', (column) => column.notNull())
    .addColumn('track', 'text', (column) => column.notNull())
    .addColumn('from_at', 'bigint', (column) => column.notNull())
    .addColumn('to_at', 'bigint')
    .addColumn('cause', 'text', (column) => column.notNull())
    .addColumn('reason', 'text')
    .execute();
  await db.schema.createIndex('gap_by_camera').on('gap').columns(['camera_id', 'track', 'from_at']).execute();
  await sql`create index gap_lasting on gap (camera_id, track) where to_at is null`.execute(db);
}

async function recordings(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('recording')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('camera_id', 'text', (column) => column.notNull())
    .addColumn('node', 'text', (column) => column.notNull())
    .addColumn('path', 'text', (column) => column.notNull())
    .addColumn('start_at', 'bigint', (column) => column.notNull())
    .addColumn('end_at', 'bigint', (column) => column.notNull())
    .addColumn('bytes', 'bigint', (column) => column.notNull())
    .addColumn('codec', 'text', (column) => column.notNull())
    .addColumn('width', 'integer', (column) => column.notNull())
    .addColumn('height', 'integer', (column) => column.notNull())
    .addColumn('why', 'text', (column) => column.notNull())
    .addColumn('sha256', 'text')
    .addColumn('tier', 'text', (column) => column.notNull())
    .addColumn('protected', 'integer', (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex('recording_by_camera')
    .on('recording')
    .columns(['camera_id', 'start_at'])
    .execute();
  await db.schema.createIndex('recording_by_time').on('recording').columns(['start_at', 'id']).execute();
  await sql`create index recording_open on recording (node) where sha256 is null`.execute(db);
}

async function healthReports(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('health_report')
    .addColumn('at', 'bigint', (column) => column.primaryKey())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('data', 'text', (column) => column.notNull())
    .execute();
}
