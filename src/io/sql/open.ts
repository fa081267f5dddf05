import type { Database } from './schema.js';

/**
 * Opens the system's database and brings its tables up to date; several processes may do so at once.
 * @param options.databaseUrl PostgreSQL; without it SQLite in `dataDir`
 * @throws InputError when a setting must change (file not writable, wrong password, database of a newer version).
 */
export async function openDatabase(options: {
  readonly databaseUrl?: string | undefined;
  readonly dataDir: string;
}): Promise<Database> {
  if (options.databaseUrl === undefined) return (await import('./sqlite.js')).openSqlite(options.dataDir);
  return (await import('./postgres.js')).openPostgres(options.databaseUrl);
}
