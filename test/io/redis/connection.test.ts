import type { Redis } from 'ioredis';
import { InputError } from '../../../src/errors.js';
import {
  allAnswered,
  answered,
  connectRedis,
  isMemoryFull,
  untilReady,
} from '../../../src/io/redis/connection.js';
import { startTestRedis, type TestRedis } from '../../support/redis.js';

let server: TestRedis;
let redis: Redis;
beforeAll(async () => {
  server = await startTestRedis();
});
beforeEach(async () => {
  redis = connectRedis(server.address, 'frames');
  await untilReady(redis, 'frames', 60_000);
});
afterEach(async () => {
  redis.disconnect();
});
afterAll(() => server.stop());

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('connection for data', () => {
  it('takes a unix socket as URL too', async () => {
    const other = connectRedis({ url: `unix://${server.address.path}` }, 'jobs');
    await untilReady(other, 'jobs', 60_000);
    expect(await other.client('GETNAME')).toBe('camqueue-jobs');
    other.disconnect();
  });

  it('fails at once while the server is away, and works again when it is back', async () => {
    await server.kill();
    await expect(answered(redis.get('x'), 'frames')).rejects.toThrow('Redis for frames: not connected');
    await expect(answered(redis.get('x'), 'frames')).rejects.toThrow('Redis for frames: not connected');
    await expect(allAnswered(redis.multi().get('x').exec(), 'frames')).rejects.toThrow('not connected');
    await server.restart();
    await untilReady(redis, 'frames', 60_000);
    expect(await redis.set('x', 1)).toBe('OK');
  });

  it('does not send a command again that was on its way when the server died', async () => {
    const waiting = failure(answered(redis.blpop('nothing', 0), 'frames'));
    await server.kill();
    expect(await waiting).toMatchObject({ message: 'Redis for frames: not connected' });
    await server.restart();
  });

  it('names the address, not the password, when nothing answers', async () => {
    const lost = connectRedis({ url: 'redis://user:hush@127.0.0.1:1/0' }, 'jobs');
    const error = await failure(untilReady(lost, 'jobs', 300));
    lost.disconnect();
    expect(error).toBeInstanceOf(InputError);
    expect(String(error)).toMatch(/Redis for jobs at 127\.0\.0\.1:1: .*ECONNREFUSED/);
    expect(String(error)).not.toContain('hush');
  });

  it('keeps the arguments of a refused command out of the error', async () => {
    await redis.set('text', 'x');
    const error = await failure(answered(redis.hset('text', 'picture', 'secret'), 'frames'));
    expect(error).toMatchObject({ message: expect.stringContaining('WRONGTYPE') as string });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('secret');
  });

  it('says that memory is full, also for a discarded transaction', async () => {
    await redis.config('SET', 'maxmemory', '1mb');
    const big = Buffer.alloc(2_000_000);
    const alone = await failure(answered(redis.set('a', big), 'frames'));
    const together = await failure(allAnswered(redis.multi().set('a', big).exec(), 'frames'));
    await redis.config('SET', 'maxmemory', '0');
    for (const error of [alone, together]) {
      expect(error).toMatchObject({ message: expect.stringContaining('its memory is full') as string });
      expect(isMemoryFull(error)).toBe(true);
    }
    expect(isMemoryFull(new Error('BOOM'))).toBe(false);
  });
});
