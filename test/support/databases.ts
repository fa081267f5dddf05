import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openDatabase } from '../../src/io/sql/open.js';
import type { Database } from '../../src/io/sql/schema.js';
import { databasesFolder } from './databases-folder.js';
import { describeWithPostgres, startPostgres, type TestPostgres } from './postgres.js';
import { copyMigrated, unsynced } from './sqlite.js';

/** One of the two databases, for a suite that must hold on both. */
export interface TestDatabases {
  /** A new database, with all tables and nothing in them. With the address of an earlier one: another connection to that. */
  readonly open: (address?: Address) => Promise<Database>;
  /** The same, not opened. */
  readonly address: () => Promise<Address>;
  /** A new database without any table. */
  readonly blank: () => Promise<Address>;
  /** One database for the whole suite: much quicker, for tests that clean up or keep out of each other's way. */
  readonly shared: () => Promise<Database>;
}

export interface Address {
  readonly dataDir: string;
  readonly databaseUrl?: string;
}

/** Runs the suite once on SQLite and once on PostgreSQL (skipped, saying so, where none is installed). */
export function onBothDatabases(name: string, suite: (databases: TestDatabases) => void): void {
  describe(`${name} on SQLite`, () => {
    suite(
      prepare(async (isBlank) => {
        const dataDir = await mkdtemp(join(databasesFolder(), 'sqlite-'));
        if (!isBlank) await copyMigrated(dataDir);
        return { dataDir };
      }),
    );
  });
  describeWithPostgres(`${name} on PostgreSQL`, () => {
    let server: TestPostgres | undefined;
    beforeAll(async () => {
      server = await startPostgres();
    });
    suite(
      prepare(async (isBlank) => {
        if (!server) throw new Error('PostgreSQL is started before the first test');
        const databaseUrl = await (isBlank ? server.blankDatabase() : server.freshDatabase());
        return { dataDir: '/nonexistent', databaseUrl };
      }),
    );
    afterAll(() => server?.stop());
  });
}

function prepare(create: (isBlank: boolean) => Promise<Address>): TestDatabases {
  const opened: Database[] = [];
  const folders: string[] = [];
  let shared: Promise<{ database: Database; dataDir: string }> | undefined;
  afterAll(async () => {
    if (!shared) return;
    const { database, dataDir } = await shared;
    await database.close();
    await rm(dataDir, { recursive: true, force: true });
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((database) => database.close()));
    await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
  });
  const forThisTest = async (isBlank: boolean) => {
    const given = await create(isBlank);
    if (given.databaseUrl === undefined) folders.push(given.dataDir);
    return given;
  };
  return {
    address: () => forThisTest(false),
    blank: () => forThisTest(true),
    shared: async () => {
      shared ??= create(false).then(async (given) => ({
        database: await unsynced(await openDatabase(given)),
        dataDir: given.dataDir,
      }));
      return (await shared).database;
    },
    open: async (given) => {
      const database = await unsynced(await openDatabase(given ?? (await forThisTest(false))));
      opened.push(database);
      return database;
    },
  };
}
