import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { messageOf } from '../../errors.js';
import type { Backup, Backups } from '../../ports/backups.js';
import type { ObjectStore } from '../../ports/storage.js';
import { openDatabase } from '../sql/open.js';
import type { Database } from '../sql/schema.js';
import { tableNames } from './dump.js';
import { readBackup } from './read-backup.js';
import { migrationOf, restoreRows } from './restore-rows.js';
import { writeBackup } from './write-backup.js';

export interface BackupOptions {
  /** A connection of its own: it is busy for as long as the rows are read. */
  readonly openDatabase: () => Promise<Database>;
  readonly storage: ObjectStore;
  readonly workDir: string;
  /** Files that belong to it, by the name they get. */
  readonly files: Readonly<Record<string, string>>;
  /** What seals keys and passwords in the database; asked for when the backup is encrypted. */
  readonly secrets: () => Promise<Readonly<Record<string, string>>>;
  readonly passphrase?: string | undefined;
  /** Of the software. */
  readonly version: string;
}

const NAME = /^camqueue-(\d{4}-\d{2}-\d{2})T(\d{2})-(\d{2})-(\d{2})Z\.backup$/;
/** Reading back takes about as long as writing. */
const WRITTEN = 0.5;
const DAY_MS = 86_400_000;

/** Backups in a storage: one file each, see docs/backup.md. */
export function createBackups(options: BackupOptions): Backups {
  const { storage } = options;
  const list: Backups['list'] = async () => {
    const found: { key: string; madeAt: number; bytes: number }[] = [];
    for await (const { key, bytes } of storage.list('')) {
      const [, day, hours, minutes, seconds] = NAME.exec(key) ?? [];
      if (day !== undefined)
        found.push({ key, bytes, madeAt: Date.parse(`${day}T${hours}:${minutes}:${seconds}Z`) });
    }
    return found.sort((a, b) => b.madeAt - a.madeAt);
  };
  return {
    place: storage.place,
    list,
    keepNewest: async (count, signal) => {
      const old = (await list()).slice(count);
      let removed = 0;
      for (const { key } of old) {
        if (signal.aborted) break;
        if (await storage.remove(key)) removed += 1;
      }
      await storage.removeUnfinished('', Date.now() - DAY_MS, signal);
      return removed;
    },
    make: (madeAt, making) => make(options, madeAt, making),
  };
}

async function make(
  options: BackupOptions,
  madeAt: number,
  { signal, onProgress = () => undefined }: Parameters<Backups['make']>[1],
): Promise<Backup> {
  const { storage, passphrase, files, version } = options;
  const key = `camqueue-${new Date(madeAt).toISOString().slice(0, 19).replaceAll(':', '-')}Z.backup`;
  const database = await options.openDatabase();
  try {
    const total = await countRows(database);
    const report = share(onProgress, total, signal);
    const secrets = passphrase === undefined ? {} : await options.secrets();
    const { kept, rows } = await writeBackup(
      { database, files, secrets, passphrase, madeAt, version },
      (bytes) => storage.put(key, bytes, { signal, contentType: 'application/octet-stream' }),
      report(0),
    );
    const problem = await tryOut(options, key, rows, report(WRITTEN)).then(
      () => undefined,
      (error: unknown) => messageOf(error),
    );
    if (problem !== undefined) {
      signal.throwIfAborted();
      await storage.remove(key);
      throw new Error(`the backup could not be restored on trial, and is removed: ${problem}`);
    }
    return { key, madeAt, ...kept, rows, isEncrypted: passphrase !== undefined };
  } finally {
    await database.close();
  }
}

/** Restores it from where it lies into a database that is thrown away. */
async function tryOut(
  { storage, passphrase, workDir }: BackupOptions,
  key: string,
  rows: Readonly<Record<string, number>>,
  onRow: () => void,
): Promise<void> {
  const bytes = await storage.read(key);
  if (!bytes) throw new Error(`${storage.place} does not have it`);
  await mkdir(workDir, { recursive: true });
  await removeLeft(workDir);
  const dataDir = await mkdtemp(join(workDir, 'trial-'));
  try {
    const { lines } = await readBackup(bytes, passphrase);
    const reader = lines[Symbol.asyncIterator]();
    const upTo = await migrationOf(reader);
    const trial = await openDatabase({ dataDir, upTo });
    try {
      await restoreRows(trial, reader, onRow);
      for (const [table, count] of Object.entries(rows)) {
        const restored = await countOf(trial, table);
        if (restored !== count) throw new Error(`${table} has ${restored} rows, and had ${count}`);
      }
    } finally {
      await trial.close();
    }
  } finally {
    bytes.destroy();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** What killed processes left; one that is at work is younger. */
async function removeLeft(workDir: string): Promise<void> {
  for (const name of await readdir(workDir)) {
    const folder = join(workDir, name);
    const { mtimeMs } = await stat(folder);
    if (Date.now() - mtimeMs > DAY_MS) await rm(folder, { recursive: true, force: true });
  }
}

async function countRows(database: Database): Promise<number> {
  let total = 0;
  for (const table of await tableNames(database.db)) total += await countOf(database, table);
  return total;
}

async function countOf({ db }: Database, table: string): Promise<number> {
  const { rows } = await sql<{ n: number | string }>`select count(*) as n from ${sql.table(table)}`.execute(
    db,
  );
  return Number(rows[0]?.n ?? 0);
}

/** Tells the progress now and then, and ends what is aborted. */
function share(onProgress: (fraction: number) => void, total: number, signal: AbortSignal) {
  return (from: number) => {
    let count = 0;
    return (): void => {
      count += 1;
      if (count % 1000 !== 0) return;
      signal.throwIfAborted();
      onProgress(from + WRITTEN * Math.min(1, count / Math.max(1, total)));
    };
  };
}
