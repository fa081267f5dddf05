import type { Kysely, Migration } from 'kysely';

/** How many are inside areas, and reports of traffic. */
export function counting(): Migration {
  return {
    up: async (db: Kysely<unknown>) => {
      await db.schema
        .createTable('occupancy_mark')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('area_id', 'text', (column) => column.notNull())
        .addColumn('at', 'bigint', (column) => column.notNull())
        .addColumn('kind', 'text', (column) => column.notNull())
        .addColumn('value', 'integer', (column) => column.notNull())
        .addColumn('counted', 'integer', (column) => column.notNull())
        .addColumn('crossings', 'integer', (column) => column.notNull())
        .addColumn('by', 'text', (column) => column.notNull())
        .addColumn('note', 'text')
        .execute();
      await db.schema
        .createIndex('occupancy_mark_by_area')
        .on('occupancy_mark')
        .columns(['area_id', 'at'])
        .execute();
      await db.schema
        .createTable('area_state')
        .addColumn('area_id', 'text', (column) => column.primaryKey())
        .addColumn('is_over', 'integer', (column) => column.notNull())
        .addColumn('since', 'bigint', (column) => column.notNull())
        .addColumn('said', 'integer', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('flow_report')
        .addColumn('camera_id', 'text', (column) => column.notNull())
        .addColumn('granularity', 'text', (column) => column.notNull())
        .addColumn('from_at', 'bigint', (column) => column.notNull())
        .addColumn('to_at', 'bigint', (column) => column.notNull())
        .addColumn('computed_at', 'bigint', (column) => column.notNull())
        .addColumn('crossings', 'integer', (column) => column.notNull())
        .addColumn('data', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('flow_report_once', ['camera_id', 'granularity', 'from_at'])
        .execute();
    },
  };
}
