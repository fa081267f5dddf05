import type { Database } from './schema.js';

/**
 * Opens the system's database and brings its tables up to date; several processes may do so at once.
 * @param options.databaseUrl PostgreSQL; without it SQLite in `dataDir`
 * @param options.upTo the last migration that is applied, for rows of an older version (a backup); default: all
 * @throws InputError when a setting must change (file not writable, wrong password, database of a newer version).
 */
export async function openDatabase(options: {
  readonly databaseUrl?: string | undefined;
  readonly dataDir: string;
  readonly upTo?: string;
}): Promise<Database> {
  const { databaseUrl, dataDir, upTo } = options;
  if (databaseUrl === undefined) return (await import('./sqlite.js')).openSqlite(dataDir, upTo);
  return (await import('./postgres.js')).openPostgres(databaseUrl, upTo);
}
