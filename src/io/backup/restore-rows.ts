import { type Kysely, sql } from 'kysely';
import { InputError } from '../../errors.js';
import type { Database, Dialect, Schema } from '../sql/schema.js';
import { tableNames } from './dump.js';
import type { BackupLine, Row } from './format.js';

/** Rows a statement: SQLite takes 32,766 values in one. */
const BATCH = 200;
/** Whoever has worked with a database has rows in one of these. */
const SIGNS_OF_USE = ['event', 'audit', 'principal', 'camera', 'recording', 'passage', 'incident'] as const;

/** What of a backup is no row. */
export interface Besides {
  readonly files: Readonly<Record<string, Buffer>>;
  readonly secrets: Readonly<Record<string, string>>;
}

/** Reads a backup to its end, which proves all of it. @throws InputError when it is not as it was written */
export async function besidesRows(lines: AsyncIterable<BackupLine>): Promise<Besides> {
  const files: Record<string, Buffer> = {};
  const secrets: Record<string, string> = {};
  for await (const line of lines) {
    if (line.kind === 'file') files[line.name] = Buffer.from(line.base64, 'base64');
    else if (line.kind === 'secret') secrets[line.name] = line.value;
  }
  return { files, secrets };
}

/** What the lines begin with: of which version the database must be. @throws InputError when they do not. */
export async function migrationOf(lines: AsyncIterator<BackupLine>): Promise<string> {
  const first = await lines.next();
  if (first.done === true || first.value.kind !== 'about')
    throw new InputError('the backup has been changed: it does not say what it is about');
  return first.value.migration;
}

/**
 * Fills an empty database with the rows of a backup, all or nothing.
 * @param database at the migration of the backup
 * @param lines those after the first
 * @returns how many, by table
 * @throws InputError when the database is in use, or the backup is not as it was written
 */
export async function restoreRows(
  database: Database,
  lines: AsyncIterator<BackupLine>,
  onRow: () => void = () => undefined,
): Promise<Readonly<Record<string, number>>> {
  return database.db.transaction().execute(async (db) => {
    if (database.dialect === 'postgres') await sql`set local statement_timeout = 0`.execute(db);
    await refuseUsed(db, database.place);
    const known = await tableNames(db);
    // What migrations have put in is in the backup too.
    for (const name of [...known].reverse()) await sql`delete from ${sql.table(name)}`.execute(db);
    const restored = await fill(db, database.dialect, new Set(known), lines, onRow);
    if (database.dialect === 'postgres') await continueNumbers(db);
    return restored;
  });
}

async function refuseUsed(db: Kysely<Schema>, place: string): Promise<void> {
  const { tables } = { tables: new Set(await tableNames(db)) };
  for (const table of SIGNS_OF_USE.filter((name) => tables.has(name))) {
    const row = await db
      .selectFrom(table)
      .select(sql`1`.as('one'))
      .limit(1)
      .executeTakeFirst();
    if (row)
      throw new InputError(
        `${place} is not empty (${table}): a backup is restored into a new database, so that nothing is lost`,
      );
  }
}

async function fill(
  db: Kysely<Schema>,
  dialect: Dialect,
  known: ReadonlySet<string>,
  lines: AsyncIterator<BackupLine>,
  onRow: () => void,
): Promise<Readonly<Record<string, number>>> {
  let table = '';
  let batch: Row[] = [];
  const flush = async (): Promise<void> => {
    await insert(db, dialect, table, batch);
    batch = [];
  };
  for (;;) {
    const next = await lines.next();
    if (next.done === true) throw new InputError('the backup is cut off: its end is missing');
    const line = next.value;
    if (line.kind === 'row') {
      batch.push(line.row);
      onRow();
      if (batch.length >= BATCH) await flush();
    } else {
      await flush();
      if (line.kind === 'end') return line.rows;
      if (line.kind === 'table') {
        if (!known.has(line.name))
          throw new InputError(`the backup has a table ${line.name}, which is not known here`);
        table = line.name;
      }
    }
  }
}

async function insert(
  db: Kysely<Schema>,
  dialect: Dialect,
  table: string,
  rows: readonly Row[],
): Promise<void> {
  const [first] = rows;
  if (!first) return;
  const columns = Object.keys(first);
  // PostgreSQL gives such numbers itself unless told that these are wanted.
  const asGiven = dialect === 'postgres' ? sql`overriding system value` : sql``;
  const values = rows.map((row) => sql`(${sql.join(columns.map((column) => sql.val(row[column])))})`);
  await sql`insert into ${sql.table(table)} (${sql.join(columns.map((column) => sql.ref(column)))}) ${asGiven} values ${sql.join(values)}`.execute(
    db,
  );
}

/** PostgreSQL's counters know nothing of rows that came with their numbers. */
async function continueNumbers(db: Kysely<Schema>): Promise<void> {
  for (const { name, columns } of await db.introspection.getTables())
    for (const column of columns.filter(({ isAutoIncrementing }) => isAutoIncrementing))
      await sql`select setval(pg_get_serial_sequence(${name}, ${column.name}), greatest((select max(${sql.ref(column.name)}) from ${sql.table(name)}), 1), exists (select 1 from ${sql.table(name)}))`.execute(
        db,
      );
}
