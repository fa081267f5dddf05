import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { openDatabase } from '../../src/io/sql/open.js';
import type { Database } from '../../src/io/sql/schema.js';
import { databasesFolder } from './databases-folder.js';

/**
 * Opens SQLite in `dataDir` with all tables: a copy, as migrating takes longer than most tests. It does not wait for the
 * disk: nobody pulls the plug here.
 */
export async function openTestSqlite(dataDir: string): Promise<Database> {
  await copyMigrated(dataDir);
  return unsynced(await openDatabase({ dataDir }));
}

/** Does not wait for the disk from here on: nobody pulls the plug here. */
export async function unsynced(database: Database): Promise<Database> {
  if (database.dialect === 'sqlite') await sql`pragma synchronous = off`.execute(database.db);
  return database;
}

/** Puts a database with all tables into a folder. The file that is copied is made once a run. */
export async function copyMigrated(dataDir: string): Promise<void> {
  const kept = join(databasesFolder(), 'migrated.sqlite');
  await mkdir(dataDir, { recursive: true });
  const file = join(dataDir, 'camqueue.sqlite');
  try {
    await copyFile(kept, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await (await openDatabase({ dataDir })).close();
    const draft = `${kept}-${randomUUID()}`;
    await copyFile(file, draft);
    await rename(draft, kept);
  }
}
