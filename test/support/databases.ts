import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../src/io/sql/open.js';
import type { Database } from '../../src/io/sql/schema.js';
import { describeWithPostgres, startPostgres, type TestPostgres } from './postgres.js';

/** One of the two databases, for a suite that must hold on both. */
export interface TestDatabases {
  /** A new, empty database. Called with the address of an earlier one, another connection to that. */
  readonly open: (address?: Address) => Promise<Database>;
  readonly address: () => Promise<Address>;
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
    suite(prepare(async () => ({ dataDir: await mkdtemp(join(tmpdir(), 'camqueue-sql-')) })));
  });
  describeWithPostgres(`${name} on PostgreSQL`, () => {
    let server: TestPostgres | undefined;
    beforeAll(async () => {
      server = await startPostgres();
    });
    suite(
      prepare(async () => {
        if (!server) throw new Error('PostgreSQL is started before the first test');
        return { dataDir: '/nonexistent', databaseUrl: await server.freshDatabase() };
      }),
    );
    afterAll(() => server?.stop());
  });
}

function prepare(address: () => Promise<Address>): TestDatabases {
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
  const fresh = async () => {
    const given = await address();
    if (given.databaseUrl === undefined) folders.push(given.dataDir);
    return given;
  };
  return {
    address: fresh,
    shared: async () => {
      shared ??= address().then(async (given) => ({
        database: await openDatabase(given),
        dataDir: given.dataDir,
      }));
      return (await shared).database;
    },
    open: async (given) => {
      const database = await openDatabase(given ?? (await fresh()));
      opened.push(database);
      return database;
    },
  };
}
