import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { Kysely, sql, SqliteDialect, type SqliteDatabase } from 'kysely';
import { InputError, messageOf } from '../../errors.js';
import { migrate } from './migrations/migrate.js';
import type { Database, Schema } from './schema.js';

/** How long a statement waits for another process's write to end. Writes take milliseconds. */
export const BUSY_MS = 5000;
/** How long opening waits while other processes create or migrate the file. */
const OPEN_MS = 60_000;

/**
 * Opens (creates) `<dataDir>/camqueue.sqlite` and brings it up to date; safe while other processes do the same.
 * @throws InputError when the folder or file cannot be used, saying why.
 */
export async function openSqlite(dataDir: string, upTo?: string): Promise<Database> {
  const file = join(dataDir, 'camqueue.sqlite');
  const raw = await openFile(dataDir, file);
  const db = new Kysely<Schema>({ dialect: new SqliteDialect({ database: explaining(raw, file) }) });
  try {
    await prepare(raw, db, upTo);
  } catch (error) {
    raw.close();
    throw asInput(explain(error, file));
  }
  return {
    dialect: 'sqlite',
    place: file,
    db,
    serially: async (_key, statement) => statement(db),
    check: async () => void (await sql`select 1 from event limit 1`.execute(db)),
    close: () => db.destroy(),
  };
}

async function openFile(dataDir: string, file: string): Promise<Sqlite.Database> {
  try {
    await mkdir(dataDir, { recursive: true });
  } catch (error) {
    throw new InputError(`DATA_DIR "${dataDir}" cannot be used as a folder: ${messageOf(error)}`);
  }
  try {
    return new Sqlite(file, { timeout: 0 });
  } catch (error) {
    throw asInput(explain(error, file));
  }
}

/**
 * WAL lets other processes read while one writes. synchronous FULL waits for the disk at every commit: a killed
 * process loses nothing with NORMAL either, but after a power cut (the burglar's first move) NORMAL may lose the
 * last half minute of commits while Redis, synced every second, remembers that their frames were analysed, so
 * they would never be written again. Measured: 3-4 ms a commit instead of 0.02; events are few a second.
 */
async function prepare(raw: Sqlite.Database, db: Kysely<Schema>, upTo: string | undefined): Promise<void> {
  // better-sqlite3 waits by blocking the process, which would also block a sibling that holds the lock in this
  // very process; while opening, the waiting is therefore done here.
  await whileBusy(() => {
    raw.pragma('journal_mode = WAL');
    raw.pragma('synchronous = FULL');
    raw.pragma('foreign_keys = ON');
    raw.exec('begin immediate');
  });
  try {
    await migrate(db, 'sqlite', upTo);
    raw.exec('commit');
  } catch (error) {
    if (raw.inTransaction) raw.exec('rollback');
    throw error;
  }
  raw.pragma(`busy_timeout = ${BUSY_MS}`);
}

async function whileBusy(work: () => void): Promise<void> {
  for (const giveUpAt = Date.now() + OPEN_MS; ;) {
    try {
      work();
      return;
    } catch (error) {
      if (!codeOf(error).startsWith('SQLITE_BUSY') || Date.now() > giveUpAt) throw error;
      await delay(20);
    }
  }
}

/** The connection with errors that say what to do. */
function explaining(raw: Sqlite.Database, file: string): SqliteDatabase {
  const explained = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw explain(error, file);
    }
  };
  return {
    close: () => void raw.close(),
    prepare: (text) => {
      const statement = explained(() => raw.prepare(text));
      return {
        reader: statement.reader,
        all: (parameters) => explained(() => statement.all(parameters)),
        run: (parameters) => explained(() => statement.run(parameters)),
        iterate: (parameters) => statement.iterate(parameters),
      };
    },
  };
}

const EXPLANATIONS: Record<string, string> = {
  SQLITE_FULL: 'disk full: it cannot grow; free space on its disk',
  SQLITE_READONLY: 'it is read-only; make the file and its folder writable for the user that runs this',
  SQLITE_CANTOPEN:
    'it cannot be opened; its folder must be writable and its name must not belong to a folder',
  SQLITE_NOTADB: 'it is no SQLite database; move it away or restore it from a backup',
  SQLITE_CORRUPT: 'it is damaged; restore it from a backup',
  SQLITE_BUSY: 'another process kept it locked for too long',
  SQLITE_IOERR: 'the disk failed to read or write it',
};
/** What an operator must put right before it can work at all. */
const SET_UP_WRONG = ['SQLITE_READONLY', 'SQLITE_CANTOPEN', 'SQLITE_NOTADB'];

class SqliteFailure extends Error {
  constructor(
    readonly code: string,
    message: string,
    cause: unknown,
  ) {
    super(message, { cause });
  }
}

function explain(error: unknown, file: string): unknown {
  const code = codeOf(error);
  if (error instanceof SqliteFailure || !code.startsWith('SQLITE')) return error;
  const known = Object.keys(EXPLANATIONS).find((prefix) => code.startsWith(prefix));
  const said = `${code}: ${(error as Error).message}`;
  return new SqliteFailure(
    code,
    `database ${file}: ${known ? `${EXPLANATIONS[known]} (${said})` : said}`,
    error,
  );
}

function asInput(error: unknown): unknown {
  const isSetUp =
    error instanceof SqliteFailure && SET_UP_WRONG.some((prefix) => error.code.startsWith(prefix));
  return isSetUp ? new InputError(messageOf(error)) : error;
}

/** By shape: the native module's errors are not always instances of this file's Error. */
function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}
