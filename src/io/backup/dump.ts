import { type Kysely, sql } from 'kysely';
import type { Database, Schema } from '../sql/schema.js';
import type { Row } from './format.js';

/** Rows read at a time. */
const PAGE = 500;
/** Of the migrator; what they say is in `about`. */
const MIGRATION_TABLES = ['kysely_migration', 'kysely_migration_lock'];

export interface TableRows {
  readonly table: string;
  readonly rows: AsyncIterable<Row>;
}

/**
 * Every row of every table as they are at one moment, whatever is written meanwhile.
 * @param database of its own: its connection is busy until `work` has ended
 */
export async function withSnapshot<T>(
  database: Database,
  work: (snapshot: { readonly migration: string; readonly tables: AsyncIterable<TableRows> }) => Promise<T>,
): Promise<T> {
  const { db, dialect } = database;
  const begun =
    dialect === 'postgres' ? db.transaction().setIsolationLevel('repeatable read') : db.transaction();
  return begun.execute(async (transaction) => {
    // A page of a table being read is not to be cut off for taking long.
    if (dialect === 'postgres') await sql`set local statement_timeout = 0`.execute(transaction);
    const migration = await newestMigration(transaction);
    const names = await tableNames(transaction);
    return work({ migration, tables: tablesOf(transaction, dialect, names) });
  });
}

async function* tablesOf(
  db: Kysely<Schema>,
  dialect: Database['dialect'],
  names: readonly string[],
): AsyncGenerator<TableRows> {
  for (const table of names)
    yield { table, rows: dialect === 'postgres' ? fetched(db, table) : paged(db, table) };
}

/** SQLite: by the row's own number. */
async function* paged(db: Kysely<Schema>, table: string): AsyncGenerator<Row> {
  for (let after = Number.MIN_SAFE_INTEGER; ;) {
    const { rows } = await sql<Row & { readonly rowid_: number }>`
      select rowid as rowid_, * from ${sql.table(table)} where rowid > ${after} order by rowid limit ${PAGE}`.execute(
      db,
    );
    for (const { rowid_, ...row } of rows) {
      after = rowid_;
      yield row;
    }
    if (rows.length < PAGE) return;
  }
}

/** PostgreSQL: by a cursor of the transaction. */
async function* fetched(db: Kysely<Schema>, table: string): AsyncGenerator<Row> {
  await sql`declare backup_rows no scroll cursor for select * from ${sql.table(table)}`.execute(db);
  for (;;) {
    const { rows } = await sql<Row>`fetch ${sql.lit(PAGE)} from backup_rows`.execute(db);
    yield* rows;
    if (rows.length < PAGE) break;
  }
  await sql`close backup_rows`.execute(db);
}

/** Parents before those that refer to them. */
export async function tableNames(db: Kysely<Schema>): Promise<string[]> {
  const tables = await db.introspection.getTables();
  const names = tables.map(({ name }) => name).filter((name) => !MIGRATION_TABLES.includes(name));
  const PARENTS = ['incident', 'passage', 'plate_list'];
  const rank = (name: string): number => (PARENTS.includes(name) ? 0 : 1);
  return names.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

async function newestMigration(db: Kysely<Schema>): Promise<string> {
  const { rows } = await sql<{
    name: string;
  }>`select name from kysely_migration order by name desc limit 1`.execute(db);
  return rows[0]?.name ?? '';
}
