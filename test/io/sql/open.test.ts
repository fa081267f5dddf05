import { type ChildProcess, fork } from 'node:child_process';
import { on, once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile, chmod } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { InputError } from '../../../src/errors.js';
import { createAuditLog } from '../../../src/io/sql/audit-log.js';
import { createEventStore } from '../../../src/io/sql/event-store.js';
import { openDatabase } from '../../../src/io/sql/open.js';
import { onBothDatabases, type Address } from '../../support/databases.js';
import { describeWithPostgres, startPostgres, type TestPostgres } from '../../support/postgres.js';

const writer = join(__dirname, '../../support/event-writer.ts');
const register = join(__dirname, '../../support/register-ts.cjs');

/** Another process that opens the database and, told so, writes events until it is killed. */
function startWriter(address: Address, name: string): ChildProcess {
  return fork(writer, [JSON.stringify(address), name], { execArgv: ['-r', register], stdio: 'inherit' });
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'camqueue-open-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

onBothDatabases('opening', ({ open, blank }) => {
  it('is safe for many at once; what a killed writer had acknowledged is there', async () => {
    const place = await blank();
    const children = ['x', 'y'].map((name) => startWriter(place, name));
    const acknowledged = children.map(async (child) => {
      const ids: string[] = [];
      for await (const [message] of on(child, 'message', { close: ['exit'] })) {
        if (message === 'open') child.send('write');
        else if (ids.push(String(message)) === 40) child.kill('SIGKILL');
      }
      return ids;
    });
    const inProcess = await Promise.all([1, 2, 3, 4].map(() => open(place)));
    await Promise.all(inProcess.map((database) => database.check()));
    const ids = (await Promise.all(acknowledged)).flat();
    expect(ids.length).toBeGreaterThanOrEqual(80);
    const stored = await createEventStore(inProcess[0]!).list({ limit: 1e6 });
    expect(stored.map(({ id }) => id)).toEqual(expect.arrayContaining(ids));
    const applied = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(
      inProcess[0]!.db,
    );
    expect(applied.rows.map(({ name }) => name)).toEqual([
      '0001-start',
      '0002-cameras',
      '0003-plates',
      '0004-alerting',
      '0005-counting',
      '0006-media',
    ]);
  });

  it('keeps what is there when opened again', async () => {
    const place = await blank();
    await createAuditLog(await open(place)).append({ at: 1, actor: 'a', action: 'b', subject: 'c' });
    expect(await createAuditLog(await open(place)).list({ limit: 9 })).toHaveLength(1);
  });

  it('refuses a database of a newer version', async () => {
    const place = await blank();
    const database = await open(place);
    await sql`insert into kysely_migration (name, timestamp) values ('9999-later', '2999-01-01')`.execute(
      database.db,
    );
    await expect(openDatabase(place)).rejects.toThrow(/newer version.*9999-later/);
  });
});

describe('opening SQLite', () => {
  const dataDir = () => join(folder, 'data');

  it('creates the folder', async () => {
    const database = await openDatabase({ dataDir: join(folder, 'a/b') });
    expect(database.place).toBe(join(folder, 'a/b/camqueue.sqlite'));
    await database.close();
  });

  it.each<[string, () => Promise<unknown>, RegExp]>([
    [
      'a file where the folder should be',
      () => writeFile(dataDir(), ''),
      /DATA_DIR ".*data" cannot be used as a folder/,
    ],
    [
      'a folder where the file should be',
      () => mkdir(join(dataDir(), 'camqueue.sqlite'), { recursive: true }),
      /cannot be opened/,
    ],
    ['something else in the file', () => garbage(), /is no SQLite database/],
  ])('says so when it finds %s', async (_, spoil, message) => {
    await spoil();
    const opening = openDatabase({ dataDir: dataDir() });
    await expect(opening).rejects.toThrow(message);
    await expect(opening).rejects.toBeInstanceOf(InputError);
  });

  async function garbage(): Promise<void> {
    await mkdir(dataDir());
    await writeFile(join(dataDir(), 'camqueue.sqlite'), 'This is a shopping list. '.repeat(100));
  }

  it('says so when the file is read-only', async () => {
    await (await openDatabase({ dataDir: dataDir() })).close();
    await chmod(join(dataDir(), 'camqueue.sqlite'), 0o444);
    await asOrdinaryUser(async () => {
      await expect(openDatabase({ dataDir: dataDir() })).rejects.toThrow(/is read-only; make the file/);
    });
  });

  it('says so when the disk is full, and works again when it is not', async () => {
    const database = await openDatabase({ dataDir: dataDir() });
    const events = createEventStore(database);
    const event = { type: 'motion' as const, cameraId: 'gate-1', phase: 'begin' as const, at: 1 };
    const big = Array.from({ length: 400 }, (_, i) => ({ ...event, id: `${i}-${'x'.repeat(150)}` }));
    const pages = await sql<{ page_count: number }>`pragma page_count`.execute(database.db);
    await sql.raw(`pragma max_page_count = ${pages.rows[0]!.page_count}`).execute(database.db);
    await expect(events.add(big)).rejects.toThrow(/camqueue.sqlite: disk full/);
    await sql.raw('pragma max_page_count = 100000').execute(database.db);
    expect(await events.list({ limit: 9 })).toEqual([]);
    await events.add(big);
    expect(await events.list({ limit: 999 })).toHaveLength(400);
    await database.close();
  });
});

/** Root may write everywhere: run as nobody, when there is anything to give up. */
async function asOrdinaryUser(work: () => Promise<void>): Promise<void> {
  if (process.getuid?.() !== 0) return work();
  await chmod(folder, 0o777);
  process.seteuid?.(65_534);
  try {
    await work();
  } finally {
    process.seteuid?.(0);
  }
}

describeWithPostgres('opening PostgreSQL', () => {
  let server: TestPostgres;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());

  it('names host and database, never the password, when nobody answers', async () => {
    const socket = createServer().listen(0, '127.0.0.1');
    await once(socket, 'listening');
    const { port } = socket.address() as { port: number };
    await new Promise((resolve) => socket.close(resolve));
    const opening = openDatabase({
      dataDir: folder,
      databaseUrl: `postgres://guard:geheim@localhost:${port}/camqueue`,
    });
    const error = await opening.then(
      () => new Error('it opened'),
      (thrown: Error) => thrown,
    );
    expect(String(error)).toMatch(
      new RegExp(`PostgreSQL localhost:${port}/camqueue cannot be used: .*ECONNREFUSED`),
    );
    expect(JSON.stringify([String(error), error.stack])).not.toContain('geheim');
  });

  it('says which database does not exist', async () => {
    const databaseUrl = (await server.blankDatabase()).replace(/test_\w+/, 'ghost');
    const opening = openDatabase({ dataDir: folder, databaseUrl });
    await expect(opening).rejects.toThrow(
      /DATABASE_URL: PostgreSQL .*ghost: database "ghost" does not exist/,
    );
    await expect(opening).rejects.toBeInstanceOf(InputError);
  });

  it('goes on after the server was restarted', async () => {
    const database = await openDatabase({ dataDir: folder, databaseUrl: await server.blankDatabase() });
    const audit = createAuditLog(database);
    await audit.append({ at: 1, actor: 'a', action: 'b', subject: 'c' });
    await server.restart();
    // The statement that finds its connection broken may fail (its job is tried again); the next must not.
    await database.check().catch(() => undefined);
    await audit.append({ at: 2, actor: 'a', action: 'b', subject: 'c' });
    expect(await audit.list({ limit: 9 })).toHaveLength(2);
    await database.close();
  });
});
