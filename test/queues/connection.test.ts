import { Writable } from 'node:stream';
import pino from 'pino';
import { checkJobsRedis, describeAddress } from '../../queues/connection.js';
import { InputError } from '../../src/errors.js';
import { startTestRedis, type TestRedis, type TestRedisOptions } from '../support/redis.js';

const started: TestRedis[] = [];
afterEach(async () => {
  for (const redis of started.splice(0)) await redis.stop();
});

/** Runs the check against a server with these settings; gives the log lines. */
async function check(options: TestRedisOptions): Promise<string> {
  const redis = await startTestRedis(options);
  started.push(redis);
  let lines = '';
  const log = pino(
    new Writable({ write: (chunk: Buffer, _encoding, next) => ((lines += chunk.toString()), next()) }),
  );
  await checkJobsRedis(redis.address, log);
  return lines;
}

it('accepts a durable Redis without a word', async () => {
  expect(await check({ aof: true })).toBe('');
});

it('warns where there is no append-only file', async () => {
  expect(await check({ aof: false })).toContain('the jobs Redis has no append-only file');
});

it.each(['allkeys-lru', 'volatile-ttl'])(
  'refuses maxmemory-policy %s and names the fix',
  async (maxmemoryPolicy) => {
    const error: unknown = await check({ aof: true, maxmemoryPolicy }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).toContain(`maxmemory-policy "${maxmemoryPolicy}"`);
    expect((error as Error).message).toContain('CONFIG SET maxmemory-policy noeviction');
  },
);

it('says that nobody answers, without the password', async () => {
  const address = { url: 'redis://user:s3cret@127.0.0.1:1/0' };
  let lines = '';
  const log = pino(
    new Writable({ write: (chunk: Buffer, _encoding, next) => ((lines += chunk.toString()), next()) }),
  );
  const error: unknown = await checkJobsRedis(address, log).catch((e: unknown) => e);
  expect((error as Error).message).toMatch(/not reachable.*ECONNREFUSED/);
  expect(lines).toContain('redis://127.0.0.1:1/0');
  expect(`${(error as Error).message}${lines}`).not.toContain('s3cret');
});

it.each([
  [{ url: 'redis://user:s3cret@10.0.0.9:6379/0' }, 'redis://10.0.0.9:6379/0'],
  [{ url: 'rediss://:s3cret@redis.example.org/1' }, 'rediss://redis.example.org/1'],
  [{ url: 'unix:///run/redis.sock' }, 'unix:/run/redis.sock'],
  [{ path: '/run/redis.sock' }, 'unix:/run/redis.sock'],
])('describes %j as %s', (address, text) => expect(describeAddress(address)).toBe(text));
