import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { answered, connectRedis, untilReady } from '../../../src/io/redis/connection.js';
import { embeddedFolders } from '../../../src/io/redis/embedded-folders.js';
import { startEmbeddedRedis, type EmbeddedRedis } from '../../../src/io/redis/embedded.js';
import { createLog } from '../../../src/log.js';

const log = createLog('test', 'silent');

let folder = '';
let opened: EmbeddedRedis[] = [];
let children: ChildProcess[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cq-'));
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  const closed = await Promise.allSettled(opened.map((redis) => redis.close()));
  [opened, children] = [[], []];
  // Whatever a failed test left: the folder's name is in the title of its servers.
  for (const pid of await serversOf(folder)) process.kill(pid, 'SIGKILL');
  await rm(folder, { recursive: true, force: true });
  expect(closed.filter(({ status }) => status === 'rejected')).toEqual([]);
});

async function start(dataDir = folder): Promise<EmbeddedRedis> {
  const redis = await startEmbeddedRedis({ dataDir, log });
  opened.push(redis);
  return redis;
}

/** Another process that uses the servers of the folder. */
async function startUser(): Promise<{ child: ChildProcess; paths: { jobs: string; frames: string } }> {
  const script = resolve(__dirname, 'embedded-user.ts');
  const child = fork(script, [folder], {
    execArgv: ['-r', resolve(__dirname, '../../support/register-ts.cjs')],
  });
  children.push(child);
  const [paths] = (await once(child, 'message')) as [{ jobs: string; frames: string }];
  return { child, paths };
}

async function end(child: ChildProcess, how: 'leave' | 'kill'): Promise<void> {
  const gone = once(child, 'exit');
  if (how === 'leave') child.send('leave');
  else child.kill('SIGKILL');
  await gone;
}

/** Process ids of redis-servers whose socket or working folder contains `part`. */
async function serversOf(part: string): Promise<number[]> {
  const found: number[] = [];
  for (const name of (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry))) {
    const title = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    const cwd = await readlink(`/proc/${name}/cwd`).catch(() => '');
    if (title.includes('redis-server') && `${title} ${cwd}`.includes(part)) found.push(Number(name));
  }
  return found;
}

async function ask<T>(path: string, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis({ path, lazyConnect: true, retryStrategy: () => null });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}

const pidOf = (path: string): Promise<number> =>
  ask(path, async (redis) => Number(/process_id:(\d+)/.exec(await redis.info('server'))?.[1]));

/** The process id of the server once another one than `old` answers. */
async function successorOf(path: string, old: number): Promise<number> {
  for (;;) {
    const pid = await pidOf(path).catch(() => old);
    if (pid !== old) return pid;
    await delay(20);
  }
}

describe('embedded Redis', () => {
  it('starts one durable and one bounded server, on sockets only this user can use', async () => {
    const redis = await start();
    const settings = (path: string, name: string): Promise<unknown> =>
      ask(path, (client) => client.config('GET', name));
    expect(await settings(redis.jobs.path, 'appendonly')).toEqual(['appendonly', 'yes']);
    expect(await settings(redis.jobs.path, 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
    expect(await settings(redis.frames.path, 'appendonly')).toEqual(['appendonly', 'no']);
    expect(await settings(redis.frames.path, 'maxmemory')).toEqual(['maxmemory', String(1024 ** 3)]);
    expect(await settings(redis.jobs.path, 'port')).toEqual(['port', '0']);
    expect((await stat(join(folder, 'redis'))).mode & 0o777).toBe(0o700);
    expect((await stat(redis.jobs.path)).mode & 0o777).toBe(0o700);
    const environment = await readFile(`/proc/${await pidOf(redis.jobs.path)}/environ`, 'utf8');
    expect(
      environment.split('\0').filter((line) => line !== '' && !/^(PATH|PWD|SHLVL|_)=/.test(line)),
    ).toEqual([]);
  });

  it('keeps jobs over a stop, stops both servers with the last user and may be closed twice', async () => {
    const first = await start();
    await ask(first.jobs.path, (redis) => redis.set('job', 'kept'));
    await first.close();
    await first.close();
    expect(await serversOf(folder)).toEqual([]);
    const second = await start();
    expect(await ask(second.jobs.path, (redis) => redis.get('job'))).toBe('kept');
  });

  it('gives two processes that start at once the same servers; the last to leave stops them', async () => {
    const [users] = await Promise.all([Promise.all([startUser(), startUser()]), start(), start(), start()]);
    expect(users[0].paths).toEqual(users[1].paths);
    expect(await serversOf(folder)).toHaveLength(2);
    await Promise.all(opened.map((redis) => redis.close()));
    await end(users[0].child, 'leave');
    expect(await serversOf(folder)).toHaveLength(2);
    await end(users[1].child, 'leave');
    expect(await serversOf(folder)).toEqual([]);
  });

  it('outlives its starter killed; a killed process is no user any more', async () => {
    const starter = await startUser();
    const pid = await pidOf(starter.paths.jobs);
    await end(starter.child, 'kill');
    const redis = await start();
    expect(await pidOf(redis.jobs.path)).toBe(pid);
    await redis.close();
    expect(await serversOf(folder)).toEqual([]);
  });

  it('is not ended by Ctrl-C in the terminal: it has a session of its own', async () => {
    const redis = await start();
    const pid = await pidOf(redis.jobs.path);
    const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
    expect({ group: fields[2], session: fields[3] }).toEqual({ group: String(pid), session: String(pid) });
  });

  it.each(['jobs', 'frames'] as const)(
    'starts a killed %s server again, once, with its acknowledged data',
    async (role) => {
      const [redis] = await Promise.all([start(), startUser(), start()]);
      const { path } = redis[role];
      await ask(path, (client) =>
        client.mset(Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`job-${i}`, i]))),
      );
      const pid = await pidOf(path);
      process.kill(pid, 'SIGKILL');
      await successorOf(path, pid);
      expect(await ask(path, (client) => client.dbsize())).toBe(role === 'jobs' ? 500 : 0);
      await Promise.all(children.map((child) => end(child, 'leave')));
      await Promise.all(opened.map((each) => each.close()));
      expect(await serversOf(folder)).toEqual([]);
    },
  );

  it('loads an append-only file that a power cut left without its end', async () => {
    const first = await start();
    await ask(first.jobs.path, (redis) => redis.set('job', 'kept'));
    await first.close();
    const files = join(folder, 'redis', 'appendonlydir');
    const newest = (await readdir(files)).find((name) => name.endsWith('.incr.aof')) ?? '';
    await writeFile(join(files, newest), '*3\r\n$3\r\nSET\r\n$4\r\nha', { flag: 'a' });
    const second = await start();
    expect(await ask(second.jobs.path, (redis) => redis.get('job'))).toBe('kept');
  });

  it('says what the server said when it does not come up, and leaves none behind', async () => {
    const first = await start();
    await ask(first.jobs.path, (redis) => redis.set('job', 'kept'));
    await first.close();
    const files = join(folder, 'redis', 'appendonlydir');
    for (const name of await readdir(files))
      if (name.endsWith('.incr.aof')) await writeFile(join(files, name), 'no such file\n*1\r\n');
    await expect(start()).rejects.toThrow(/redis-server for jobs ended at start: .*Bad file format/);
    expect(await serversOf(folder)).toEqual([]);
  });

  it('refuses writes when its disk is full, says why, and can still be closed', async () => {
    const files = join(folder, 'redis', 'appendonlydir');
    await mkdir(files, { recursive: true });
    // Each write to /dev/full fails as on a full disk.
    await symlink('/dev/full', join(files, 'appendonly.aof.1.incr.aof'));
    const { jobs } = await start();
    const redis = connectRedis(jobs, 'jobs');
    await untilReady(redis, 'jobs', 60_000);
    await answered(redis.set('job', 1), 'jobs').catch(() => undefined);
    await expect(answered(redis.set('job', 2), 'jobs')).rejects.toThrow(
      /cannot write to its disk: free space.*No space left/,
    );
    redis.disconnect();
  });

  it('takes over from a server whose socket file was removed', async () => {
    const redis = await start();
    const pid = await pidOf(redis.jobs.path);
    await ask(redis.jobs.path, (client) => client.set('job', 'kept'));
    await rm(redis.jobs.path);
    const second = await start();
    expect(await pidOf(second.jobs.path)).not.toBe(pid);
    expect(await ask(second.jobs.path, (client) => client.get('job'))).toBe('kept');
    expect(await serversOf(redis.jobs.path)).toHaveLength(1);
  });

  it('uses short socket paths for a long data folder, the same for each process', async () => {
    const long = join(folder, 'd'.repeat(120));
    const redis = await start(long);
    expect(Buffer.byteLength(redis.jobs.path)).toBeLessThanOrEqual(100);
    expect((await start(long)).jobs.path).toBe(redis.jobs.path);
    expect(await ask(redis.jobs.path, (client) => client.config('GET', 'dir'))).toEqual([
      'dir',
      join(long, 'redis'),
    ]);
    await Promise.all(opened.map((each) => each.close()));
    expect(await serversOf(folder)).toEqual([]);
    const { sockets } = await embeddedFolders(long);
    await chmod(sockets, 0o755);
    await expect(start(long)).rejects.toThrow(/not a folder of this user alone/);
    await rm(sockets, { recursive: true });
  });

  it.each([
    [
      'is missing',
      undefined,
      /^redis-server was not found: install Debian's package redis-server \(apt-get install redis-server\) or set REDIS_URL$/,
    ],
    [
      'is too old',
      'Redis server v=6.0.16 sha=00000000:0 malloc=jemalloc-5.2.1 bits=64',
      /version 6\.0\.16: 6\.2 or newer is needed/,
    ],
    ['is something else', 'hello', /version unknown: 6\.2 or newer/],
  ])('refuses a binary that %s', async (_, prints, message) => {
    const binary = join(folder, 'redis-server');
    if (prints !== undefined) await writeFile(binary, `#!/bin/sh\necho '${prints}'\n`, { mode: 0o755 });
    await expect(startEmbeddedRedis({ dataDir: folder, log, binary })).rejects.toThrow(message);
  });

  it('refuses a data folder that cannot be one', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(start(join(folder, 'file'))).rejects.toThrow(/^DATA_DIR ".*file" cannot be written/);
    await mkdir(join(folder, 'taken', 'redis', 'lock'), { recursive: true });
    await expect(start(join(folder, 'taken'))).rejects.toThrow(/lock cannot be opened/);
  });
});
