import { createReadStream, existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Config } from '../../config.js';
import { InputError } from '../../errors.js';
import { type OpenedBackup, readBackup } from '../../io/backup/read-backup.js';
import { besidesRows, type Besides, migrationOf, restoreRows } from '../../io/backup/restore-rows.js';
import { restoreSecret } from '../../io/redis/shared-secret.js';
import { createAuditLog } from '../../io/sql/audit-log.js';
import { openDatabase } from '../../io/sql/open.js';
import { openStorage } from '../../io/storage/open-storage.js';
import { createLog } from '../../log.js';
import { EXIT_OK } from '../exit-codes.js';
import { loadConfig } from '../installation.js';
import { refuseWhenRunning } from '../system.js';
import { table } from '../view.js';
import { openWorld } from '../world.js';

interface BackupCommandOptions {
  readonly cameras?: string;
  readonly data?: string;
  readonly json?: boolean;
}

/** `camqueue backup make`: makes one, restores it on trial, and says what is in it. */
export async function make(options: BackupCommandOptions): Promise<number> {
  const config = configOf(options);
  const world = await openWorld(config, 'backup', createLog('backup', 'warn'));
  try {
    const { backups, audit } = await world.ports(['backups', 'audit']);
    const made = await backups.make(Date.now(), { signal: new AbortController().signal });
    await audit.append({
      ...{ at: Date.now(), actor: 'command line', action: 'backup.made', subject: made.key },
      detail: { bytes: made.bytes, sha256: made.sha256, isEncrypted: made.isEncrypted },
    });
    if (options.json === true) console.log(JSON.stringify({ ...made, place: backups.place }));
    else {
      const rows = Object.values(made.rows).reduce((sum, count) => sum + count, 0);
      console.log(`${made.key} in ${backups.place}: ${rows} rows, ${made.bytes} bytes, restored on trial`);
      console.log(made.isEncrypted ? 'It is encrypted with BACKUP_PASSPHRASE.' : NOT_ENCRYPTED);
    }
    return EXIT_OK;
  } finally {
    await world.close();
  }
}

type Rows = Readonly<Record<string, number>>;

const NOT_ENCRYPTED =
  'It holds no secrets: after a restore, passwords of cameras kept in the database, push tokens and signing keys are lost. Set BACKUP_PASSPHRASE to have them in it, encrypted.';

/** `camqueue backup list` */
export async function list(options: BackupCommandOptions): Promise<number> {
  const config = configOf(options);
  const storage = await openBackupStorage(config);
  try {
    const { createBackups } = await import('../../io/backup/backups.js');
    const found = await createBackups({
      ...{ storage, openDatabase: never, secrets: never, files: {}, workDir: '', version: '' },
    }).list();
    const shown = found.map(({ madeAt, ...rest }) => ({ ...rest, madeAt: new Date(madeAt).toISOString() }));
    if (options.json === true) shown.forEach((one) => console.log(JSON.stringify(one)));
    else if (shown.length === 0) console.log(`There is no backup in ${storage.place} yet.`);
    else {
      const rows = shown.map(({ key, madeAt, bytes }) => [key, madeAt, String(bytes)]);
      table([['BACKUP', 'MADE', 'BYTES'], ...rows]).forEach((line) => console.log(line));
    }
    return EXIT_OK;
  } finally {
    await storage.close();
  }
}

/**
 * `camqueue restore <backup>`: proves the backup, then puts secrets into the jobs' Redis, the camera file beside where it
 * belongs when one is there already, and last the rows, all or nothing. Interrupted and called again, it begins anew.
 */
export async function restore(name: string, options: BackupCommandOptions): Promise<number> {
  const config = configOf(options);
  refuseWhenRunning(config.DATA_DIR);
  const { header, ...besides } = await reading(name, config, async ({ header, lines }) => ({
    header,
    ...(await besidesRows(lines)),
  }));
  await keepSecrets(config, besides.secrets);
  const files = await keepFiles(config, besides.files);
  const target = { databaseUrl: config.DATABASE_URL, dataDir: config.DATA_DIR };
  const rows = await reading(name, config, async ({ lines }) => {
    const reader = lines[Symbol.asyncIterator]();
    const database = await openDatabase({ ...target, upTo: await migrationOf(reader) });
    try {
      return await restoreRows(database, reader);
    } finally {
      await database.close();
    }
  });
  await note(target, name, rows);
  const { madeAt } = header;
  say(options, { name, madeAt, rows, files, secrets: Object.keys(besides.secrets) });
  return EXIT_OK;
}

async function reading<T>(
  name: string,
  config: Config,
  work: (backup: OpenedBackup) => Promise<T>,
): Promise<T> {
  const bytes = await openBackup(name, config);
  try {
    return await work(await readBackup(bytes, config.BACKUP_PASSPHRASE));
  } finally {
    bytes.destroy();
  }
}

function configOf(options: BackupCommandOptions): Config {
  return loadConfig({ CAMERAS_FILE: options.cameras, DATA_DIR: options.data });
}

function openBackupStorage(config: Config) {
  return openStorage(config.BACKUP_URL ?? join(config.DATA_DIR, 'backups'), 'BACKUP_URL');
}

async function openBackup(name: string, config: Config): Promise<Readable> {
  if (existsSync(name)) return createReadStream(name);
  const storage = await openBackupStorage(config);
  const bytes = await storage.read(name);
  if (!bytes) throw new InputError(`"${name}" is neither a file nor a backup in ${storage.place}`);
  return bytes;
}

async function keepSecrets(config: Config, secrets: Besides['secrets']): Promise<void> {
  if (Object.keys(secrets).length === 0) return;
  const world = await openWorld(config, 'restore', createLog('restore', 'warn'));
  try {
    const redis = await world.jobsRedis();
    for (const [name, value] of Object.entries(secrets))
      await restoreSecret(redis, config.QUEUE_PREFIX, name, value);
  } finally {
    await world.close();
  }
}

async function keepFiles(config: Config, files: Besides['files']): Promise<string[]> {
  const written: string[] = [];
  for (const [name, bytes] of Object.entries(files)) {
    if (name !== 'cameras.yaml') continue;
    const path = existsSync(config.CAMERAS_FILE) ? `${config.CAMERAS_FILE}.restored` : config.CAMERAS_FILE;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
    written.push(path);
  }
  return written;
}

/** Also brings the tables up to date. */
async function note(target: Parameters<typeof openDatabase>[0], name: string, rows: Rows): Promise<void> {
  const database = await openDatabase(target);
  try {
    await createAuditLog(database).append({
      ...{ at: Date.now(), actor: 'command line', action: 'backup.restored', subject: name },
      detail: { rows: Object.values(rows).reduce((sum, count) => sum + count, 0) },
    });
  } finally {
    await database.close();
  }
}

function say(
  options: BackupCommandOptions,
  done: {
    readonly name: string;
    readonly madeAt: string;
    readonly rows: Rows;
    readonly files: readonly string[];
    readonly secrets: readonly string[];
  },
): void {
  if (options.json === true) return console.log(JSON.stringify(done));
  const rows = Object.values(done.rows).reduce((sum, count) => sum + count, 0);
  console.log(`${rows} rows of ${done.madeAt} are restored.`);
  for (const path of done.files) console.log(`The camera file is ${path}.`);
  console.log(
    done.secrets.length > 0
      ? `Secrets are restored: ${done.secrets.join(', ')}.`
      : 'The backup held no secrets: cameras with passwords that were kept in the database must be entered again.',
  );
}

async function never(): Promise<never> {
  throw new Error('only lists');
}
