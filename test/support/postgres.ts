import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { existsSync, readdirSync, watch } from 'node:fs';
import { chown, mkdir, mkdtemp, rename, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { openDatabase } from '../../src/io/sql/open.js';
import { databasesFolder } from './databases-folder.js';

const run = promisify(execFile);

/** A PostgreSQL server of the test's own: on a unix socket in a temporary folder, without fsync. */
export interface TestPostgres {
  /** A new database without any table. */
  blankDatabase(): Promise<string>;
  /** A new database with all tables and nothing in them: a copy, as migrating takes longer than most tests. */
  freshDatabase(): Promise<string>;
  /** As `systemctl restart` would: every connection breaks, committed data stays. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const bin = findBinaries();

/** Why the tests on PostgreSQL cannot run here; `undefined` when they can. */
export const postgresMissing: string | undefined =
  bin === undefined ? 'no PostgreSQL server is installed (Debian: postgresql)' : undefined;

/** `describe`, or a skipped one that says why. */
export const describeWithPostgres = postgresMissing === undefined ? describe : describe.skip;
if (postgresMissing !== undefined) process.stderr.write(`tests on PostgreSQL skipped: ${postgresMissing}\n`);

/** Has all tables. */
const TEMPLATE = 'migrated';

/** One for each test file that needs it, a fresh database for each test. */
export async function startPostgres(): Promise<TestPostgres> {
  if (bin === undefined) throw new Error(postgresMissing);
  const user = await serverUser();
  const folder = await mkdtemp(join(databasesFolder(), 'pg-'));
  await chown(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  await run('cp', ['-a', await keptCluster(bin, user), data]);
  let server = await launch(bin, data, folder, user);
  return {
    blankDatabase: () => createDatabase(folder, 'template1'),
    freshDatabase: () => createDatabase(folder, TEMPLATE),
    restart: async () => {
      await end(server, 'SIGINT');
      server = await launch(bin, data, folder, user);
    },
    stop: async () => {
      // At once: nothing of it is kept.
      await end(server, 'SIGQUIT');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function createDatabase(socket: string, template: string, name?: string): Promise<string> {
  const urlOf = (database: string) =>
    `postgres://postgres@localhost/${database}?host=${encodeURIComponent(socket)}`;
  const made = name ?? `test_${randomUUID().replaceAll('-', '')}`;
  const client = new Client({ connectionString: urlOf('postgres') });
  await client.connect();
  await client.query(`create database ${made} template ${template}`);
  await client.end();
  return urlOf(made);
}

/** Made once a run, by whoever is first: initdb and the migrations take seconds of a processor. */
async function keptCluster(folder: string, user: User): Promise<string> {
  const kept = join(databasesFolder(), 'cluster');
  const changes = new EventEmitter();
  const watcher = watch(databasesFolder(), () => changes.emit('change'));
  try {
    while (!existsSync(kept)) {
      const changed = once(changes, 'change');
      if (!(await isFirst(`${kept}-lock`))) await changed;
      else await makeCluster(folder, user, kept).finally(() => rmdir(`${kept}-lock`));
    }
    return kept;
  } finally {
    watcher.close();
  }
}

async function isFirst(lock: string): Promise<boolean> {
  try {
    await mkdir(lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}

async function makeCluster(folder: string, user: User, kept: string): Promise<void> {
  if (existsSync(kept)) return;
  const draft = await mkdtemp(`${kept}-`);
  await chown(draft, user.uid, user.gid);
  const settings = ['--username=postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'];
  const asUser = { uid: user.uid, gid: user.gid, cwd: draft };
  await run(join(folder, 'initdb'), ['--pgdata', draft, ...settings], asUser);
  const server = await launch(folder, draft, draft, user);
  const databaseUrl = await createDatabase(draft, 'template1', TEMPLATE);
  await (await openDatabase({ databaseUrl, dataDir: '/nonexistent' })).close();
  await end(server, 'SIGINT');
  await rename(draft, kept);
}

interface User {
  readonly uid: number;
  readonly gid: number;
}

async function launch(folder: string, data: string, socket: string, user: User): Promise<ChildProcess> {
  const settings = [
    'listen_addresses=',
    `unix_socket_directories=${socket}`,
    'max_connections=60',
    // Nobody pulls the plug here, and nothing lives long enough to be tidied up.
    ...['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'autovacuum=off'],
    ...['wal_level=minimal', 'max_wal_senders=0', 'shared_buffers=16MB'],
  ];
  const args = ['-D', data, ...settings.flatMap((setting) => ['-c', setting])];
  // Should the test process be killed, the kernel stops the server (SIGINT: fast shutdown).
  const guarded = existsSync('/usr/bin/setpriv');
  const command = guarded ? '/usr/bin/setpriv' : join(folder, 'postgres');
  const all = guarded ? ['--pdeathsig', 'INT', join(folder, 'postgres'), ...args] : args;
  const server = spawn(command, all, {
    uid: user.uid,
    gid: user.gid,
    cwd: socket,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const said: string[] = [];
  for await (const line of createInterface(server.stderr)) {
    said.push(line);
    if (line.includes('database system is ready to accept connections')) {
      server.stderr.resume();
      return server;
    }
  }
  throw new Error(`PostgreSQL did not start:\n${said.join('\n')}`);
}

/** @param signal SIGINT: as a stop does it, with all data on disk; SIGQUIT: at once */
async function end(server: ChildProcess, signal: 'SIGINT' | 'SIGQUIT'): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const gone = new Promise((resolve) => server.once('exit', resolve));
  server.kill(signal);
  await gone;
}

/** PostgreSQL refuses to run as root; root starts it as `postgres` or `nobody`. */
async function serverUser(): Promise<User> {
  const uid = process.getuid?.() ?? 0;
  if (uid !== 0) return { uid, gid: process.getgid?.() ?? 0 };
  for (const name of ['postgres', 'nobody']) {
    try {
      const ids = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
      const [own = 0, group = 0] = ids.map(({ stdout }) => Number(stdout));
      return { uid: own, gid: group };
    } catch {
      // no such user: the next one
    }
  }
  throw new Error('PostgreSQL cannot run as root, and there is neither a user "postgres" nor "nobody"');
}

function findBinaries(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [...versions.map((version) => `${debian}/${version}/bin`), '/usr/local/bin', '/usr/bin'];
  return folders.find((folder) => existsSync(join(folder, 'postgres')) && existsSync(join(folder, 'initdb')));
}
