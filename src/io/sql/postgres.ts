import { Kysely, PostgresDialect, sql } from 'kysely';
import { Pool, type PoolConfig, types } from 'pg';
import { InputError, messageOf } from '../../errors.js';
import { migrate } from './migrations/migrate.js';
import type { Database, Schema } from './schema.js';

/** Postgres errors that only a change of the settings cures: login, unknown role, unknown database. */
const SET_UP_WRONG = ['28P01', '28000', '3D000', '42501'];

/**
 * Connects and brings the tables up to date; safe while other processes do the same (Kysely's migrator takes an
 * advisory lock of the session: point it at PostgreSQL itself or at a pooler in session mode).
 * @throws InputError for wrong credentials or an unknown database, Error when the server does not answer; neither
 * message holds the password.
 */
export async function openPostgres(databaseUrl: string, upTo?: string): Promise<Database> {
  const place = placeOf(databaseUrl);
  // Waiting for another process's migration, and a migration of a big table, may take longer than any statement may.
  const migrating = connect({ connectionString: databaseUrl, max: 1 });
  try {
    await migrate(migrating, 'postgres', upTo);
  } catch (error) {
    throw explain(error, place);
  } finally {
    await migrating.destroy();
  }
  const db = connect({
    connectionString: databaseUrl,
    max: 8,
    statement_timeout: 30_000,
    query_timeout: 40_000,
  });
  return {
    dialect: 'postgres',
    place,
    db,
    serially: (key, statement) =>
      db
        .transaction()
        // Each statement must see what was committed while it waited for the lock.
        .setIsolationLevel('read committed')
        .execute(async (transaction) => {
          await sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`.execute(transaction);
          return statement(transaction);
        }),
    check: async () => {
      try {
        await sql`select 1 from event limit 1`.execute(db);
      } catch (error) {
        throw explain(error, place);
      }
    },
    close: () => db.destroy(),
  };
}

function connect(settings: PoolConfig): Kysely<Schema> {
  const pool = new Pool({
    application_name: 'camqueue',
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    // pg gives bigint as text; epoch ms and counts fit a number exactly.
    types: {
      getTypeParser: (oid, format): unknown =>
        oid === types.builtins.INT8 && format !== 'binary' ? Number : types.getTypeParser(oid, format),
    },
    ...settings,
  });
  // An idle connection that breaks (server restarted) is dropped by the pool and the next statement opens another
  // or fails with the reason; without a listener the event would end the process.
  pool.on('error', () => undefined);
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
}

/** Host and database only. */
function placeOf(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  return `PostgreSQL ${url.searchParams.get('host') ?? url.host}${url.pathname}`;
}

function explain(error: unknown, place: string): unknown {
  if (error instanceof InputError) return error;
  const { code = '', errors } = error as { code?: string; errors?: unknown[] };
  // Both addresses of "localhost" refused: Node's error holds the reasons inside and says nothing itself.
  const text = errors === undefined ? messageOf(error) : errors.map(messageOf).join('; ');
  if (SET_UP_WRONG.includes(code)) return new InputError(`DATABASE_URL: ${place}: ${text}`);
  return new Error(`${place} cannot be used: ${text}`, { cause: error });
}
