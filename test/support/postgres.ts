import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { Client } from 'pg';

const run = promisify(execFile);

/** A PostgreSQL server of the test's own: on a unix socket in a temporary folder, without fsync. */
export interface TestPostgres {
  /** A new, empty database. */
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

/** One for each test file that needs it, a fresh database for each test. */
export async function startPostgres(): Promise<TestPostgres> {
  if (bin === undefined) throw new Error(postgresMissing);
  const user = await serverUser();
  const folder = await mkdtemp(join(tmpdir(), 'camqueue-pg-'));
  await chown(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  await run('cp', ['-a', await emptyCluster(bin, user), data]);
  let server = await launch(bin, data, folder, user);
  const urlOf = (name: string) => `postgres://postgres@localhost/${name}?host=${encodeURIComponent(folder)}`;
  return {
    freshDatabase: async () => {
      const name = `test_${randomUUID().replaceAll('-', '')}`;
      const client = new Client({ connectionString: urlOf('postgres') });
      await client.connect();
      await client.query(`create database ${name}`);
      await client.end();
      return urlOf(name);
    },
    restart: async () => {
      await end(server);
      server = await launch(bin, data, folder, user);
    },
    stop: async () => {
      await end(server);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Made once a run, and removed by its teardown: initdb takes a second or two of a processor. */
async function emptyCluster(folder: string, user: User): Promise<string> {
  const kept = process.env['CAMQUEUE_TEST_CLUSTER'];
  if (kept === undefined) throw new Error('CAMQUEUE_TEST_CLUSTER is set by global-setup.ts');
  if (existsSync(kept)) return kept;
  const draft = await mkdtemp(`${kept}-`);
  await chown(draft, user.uid, user.gid);
  const settings = ['--username=postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'];
  const asUser = { uid: user.uid, gid: user.gid, cwd: draft };
  await run(join(folder, 'initdb'), ['--pgdata', draft, ...settings], asUser);
  try {
    await rename(draft, kept);
  } catch (error) {
    // Another test file was faster.
    await rm(draft, { recursive: true, force: true });
    if (!existsSync(kept)) throw error;
  }
  return kept;
}

interface User {
  readonly uid: number;
  readonly gid: number;
}

async function launch(folder: string, data: string, socket: string, user: User): Promise<ChildProcess> {
  const settings = [
    'listen_addresses=',
    `unix_socket_directories=${socket}`,
    'fsync=off',
    'max_connections=60',
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

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const gone = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGINT');
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
