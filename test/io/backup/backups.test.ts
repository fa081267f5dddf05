import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { createBackups } from '../../../src/io/backup/backups.js';
import { readBackup } from '../../../src/io/backup/read-backup.js';
import { besidesRows, migrationOf, restoreRows } from '../../../src/io/backup/restore-rows.js';
import { createAuditLog } from '../../../src/io/sql/audit-log.js';
import { createPlateLists } from '../../../src/io/sql/plate-lists.js';
import { openDatabase } from '../../../src/io/sql/open.js';
import type { Database } from '../../../src/io/sql/schema.js';
import { openStorage } from '../../../src/io/storage/open-storage.js';
import type { ObjectStore } from '../../../src/ports/storage.js';
import { onBothDatabases, type Address } from '../../support/databases.js';

const PASSPHRASE = 'correct horse battery';
const MADE_AT = Date.parse('2026-11-22T02:50:00Z');
const KEY = 'camqueue-2026-11-22T02-50-00Z.backup';
const signal = new AbortController().signal;

let folder: string;
let storage: ObjectStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'backup-'));
  storage = await openStorage(join(folder, 'kept'), 'BACKUP_URL');
  await writeFile(join(folder, 'cameras.yaml'), 'cameras: []\n');
});
afterEach(async () => {
  await storage.close();
  await rm(folder, { recursive: true, force: true });
});

onBothDatabases('a backup', ({ address, open }) => {
  const backupsOf = (given: Address, passphrase?: string) =>
    createBackups({
      openDatabase: () => openDatabase(given),
      ...{ storage, workDir: join(folder, 'work'), passphrase, version: '1.2.3' },
      files: { 'cameras.yaml': join(folder, 'cameras.yaml'), 'gone.yaml': join(folder, 'gone.yaml') },
      secrets: async () => ({ cameras: 'a-secret-of-this-installation' }),
    });
  const filled = async (): Promise<Address> => {
    const given = await address();
    await fill(await open(given));
    return given;
  };

  test('holds every row, and a new database has them all afterwards: lists, numbers, an audit trail that holds', async () => {
    const made = await backupsOf(await filled()).make(MADE_AT, { signal });
    expect(made).toMatchObject({ key: KEY, madeAt: MADE_AT, isEncrypted: false });
    expect(made.rows).toMatchObject({ audit: 3, plate_list: 1, plate_list_entry: 2, event: 1201 });
    const restored = await open(await address());
    expect(await restoreInto(restored)).toEqual(made.rows);
    const lists = createPlateLists(restored);
    expect(await lists.entries({ limit: 10 })).toMatchObject([{ key: '30A33918' }, { key: '29B125662' }]);
    // PostgreSQL's counter goes on behind the numbers that came with the rows.
    const [added] = await lists.addEntries([entryOf('51G99999')]);
    expect(added?.id).toBe(3);
    expect(await createAuditLog(restored).verify()).toMatchObject({ isIntact: true, entries: 3 });
  });

  test('a database that is in use is left as it is', async () => {
    const given = await filled();
    await backupsOf(given).make(MADE_AT, { signal });
    const used = await open(given);
    await expect(restoreInto(used)).rejects.toThrow(
      /is not empty \(event\): a backup is restored into a new database/,
    );
    expect(await countOf(used, 'event')).toBe(1201);
  });

  test('rows written meanwhile are not in it, and do not hinder it', async () => {
    const given = await filled();
    const other = await open(given);
    let writing: Promise<void> | undefined;
    const made = await backupsOf(given).make(MADE_AT, {
      signal,
      onProgress: () => {
        writing ??= fill(other, 'later');
      },
    });
    await writing;
    expect(made.rows['event']).toBe(1201);
    expect(await countOf(other, 'event')).toBe(2402);
  });

  test('encrypted it holds the secrets, and opens with its passphrase only', async () => {
    const made = await backupsOf(await filled(), PASSPHRASE).make(MADE_AT, { signal });
    expect(made.isEncrypted).toBe(true);
    const raw = await readFile(join(folder, 'kept', KEY));
    expect(raw.includes('a-secret-of-this-installation')).toBe(false);
    const { lines } = await readBackup(await bytesOf(KEY), PASSPHRASE);
    const besides = await besidesRows(lines);
    expect(besides.secrets).toEqual({ cameras: 'a-secret-of-this-installation' });
    expect(Object.keys(besides.files)).toEqual(['cameras.yaml']);
    await expect(readAll('another passphrase')).rejects.toThrow(
      /another passphrase \(BACKUP_PASSPHRASE\), is cut off or has been changed/,
    );
    await expect(readAll(undefined)).rejects.toThrow(/encrypted: set BACKUP_PASSPHRASE/);
  });

  test('without a passphrase it holds no secret', async () => {
    await backupsOf(await filled()).make(MADE_AT, { signal });
    const { lines } = await readBackup(await bytesOf(KEY), undefined);
    expect((await besidesRows(lines)).secrets).toEqual({});
  });

  test('a copy that the storage spoiled is found out, and removed', async () => {
    const spoiling: ObjectStore = {
      ...storage,
      put: async (key, source, options) => {
        const pieces: Uint8Array[] = [];
        for await (const piece of source as AsyncIterable<Uint8Array>) pieces.push(piece);
        return storage.put(key, flipped(Buffer.concat(pieces)), options);
      },
    };
    const backups = createBackups({
      openDatabase: async () => openDatabase(await filled()),
      ...{
        storage: spoiling,
        workDir: join(folder, 'work'),
        version: '1',
        files: {},
        secrets: async () => ({}),
      },
    });
    await expect(backups.make(MADE_AT, { signal })).rejects.toThrow(
      /could not be restored on trial, and is removed/,
    );
    expect(await backups.list()).toEqual([]);
  });

  test('the newest are kept', async () => {
    const given = await address();
    const backups = backupsOf(given);
    for (const hours of [0, 1, 2]) await backups.make(MADE_AT + hours * 3_600_000, { signal });
    expect(await backups.keepNewest(2, signal)).toBe(1);
    expect((await backups.list()).map(({ madeAt }) => (madeAt - MADE_AT) / 3_600_000)).toEqual([2, 1]);
  });
});

describe('a backup that was changed', () => {
  const damages: [string, (bytes: Buffer) => Buffer, RegExp][] = [
    ['cut off', (bytes) => bytes.subarray(0, bytes.length - 40), /cut off/],
    ['empty', () => Buffer.alloc(0), /no backup of Camqueue/],
    ['something else', () => Buffer.from('PK\u0003\u0004 a zip file\n'), /no backup of Camqueue/],
    [
      'of a newer version',
      (bytes) => Buffer.from(bytes.toString('latin1').replace('backup/1', 'backup/2'), 'latin1'),
      /format camqueue-backup\/2.*newer version/,
    ],
    ['with a byte flipped', flipped, /changed|another passphrase/],
  ];
  let made: Buffer;
  let sealed: Buffer;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'backup-'));
    storage = await openStorage(join(folder, 'kept'), 'BACKUP_URL');
    const dataDir = join(folder, 'data');
    const backup = (passphrase?: string) =>
      createBackups({
        openDatabase: () => openDatabase({ dataDir }),
        ...{ storage, workDir: join(folder, 'work'), passphrase, version: '1' },
        ...{ files: {}, secrets: async () => ({}) },
      }).make(MADE_AT, { signal });
    await backup();
    made = await readFile(join(folder, 'kept', KEY));
    await backup(PASSPHRASE);
    sealed = await readFile(join(folder, 'kept', KEY));
    await storage.close();
    await rm(folder, { recursive: true, force: true });
  });

  test.each(damages)('%s: says so', async (_, damage, says) => {
    await expect(linesOf(damage(made), undefined)).rejects.toThrow(says);
    await expect(linesOf(damage(sealed), PASSPHRASE)).rejects.toThrow(says);
  });
});

function flipped(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  const at = Math.floor(copy.length * 0.7);
  copy[at] = (copy[at] ?? 0) ^ 0x10;
  return copy;
}

async function linesOf(bytes: Buffer, passphrase: string | undefined): Promise<void> {
  const { lines } = await readBackup(only(bytes), passphrase);
  await besidesRows(lines);
}

async function* only(bytes: Buffer): AsyncGenerator<Buffer> {
  // In pieces, as a file comes.
  for (let from = 0; from < bytes.length; from += 100) yield bytes.subarray(from, from + 100);
}

async function bytesOf(key: string) {
  const bytes = await storage.read(key);
  if (!bytes) throw new Error(`there is no ${key}`);
  return bytes;
}

async function readAll(passphrase: string | undefined): Promise<void> {
  const { lines } = await readBackup(await bytesOf(KEY), passphrase);
  await besidesRows(lines);
}

async function restoreInto(database: Database) {
  const { lines } = await readBackup(await bytesOf(KEY), undefined);
  const reader = lines[Symbol.asyncIterator]();
  await migrationOf(reader);
  return restoreRows(database, reader);
}

async function countOf({ db }: Database, table: 'event'): Promise<number> {
  const { rows } = await sql<{ n: number | string }>`select count(*) as n from ${sql.table(table)}`.execute(
    db,
  );
  return Number(rows[0]?.n);
}

function entryOf(key: string) {
  return { list: 'residents', pattern: key, key, createdAt: MADE_AT, createdBy: 'test' };
}

async function fill(database: Database, mark = 'first'): Promise<void> {
  const audit = createAuditLog(database);
  for (const action of ['a', 'b', 'c'])
    await audit.append({
      at: MADE_AT,
      actor: 'test',
      action,
      subject: 'x',
      detail: { text: 'Bãi xe "Trần Phú" \u2028 \\ %' },
    });
  const lists = createPlateLists(database);
  await lists.putList({ id: 'residents', kind: 'allow', alertUnknown: false });
  await lists.addEntries([entryOf('30A33918'), entryOf('29B125662')]);
  // More than a page, more than a batch.
  const rows = Array.from({ length: 1201 }, (_, i) => ({
    ...{
      id: `${mark}-${i}`,
      type: 'motion',
      camera_id: 'gate-1',
      at: MADE_AT + i,
      line: null,
      direction: null,
    },
    ...{ class: null, data: '{}' },
  }));
  for (let from = 0; from < rows.length; from += 600)
    await database.db
      .insertInto('event')
      .values(rows.slice(from, from + 600))
      .execute();
}
