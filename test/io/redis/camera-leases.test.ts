import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { createRedisCameraLeases } from '../../../src/io/redis/camera-leases.js';
import { connectRedis, untilReady } from '../../../src/io/redis/connection.js';
import { startTestRedis, type TestRedis } from '../../support/redis.js';

let server: TestRedis;
let redis: ReturnType<typeof connectRedis>;
beforeAll(async () => {
  server = await startTestRedis();
  redis = connectRedis(server.address, 'jobs');
  await untilReady(redis, 'jobs', 60_000);
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

const LONG_MS = 60_000;
const newLeases = () => createRedisCameraLeases(redis, `t-${randomUUID().slice(0, 8)}`);

test('a camera is held by one sampler, which may take it again, and is free after its release', async () => {
  const leases = newLeases();
  expect(await leases.take('a', 'cam-1', LONG_MS)).toBe(true);
  expect(await leases.take('a', 'cam-1', LONG_MS)).toBe(true);
  expect(await leases.take('b', 'cam-1', LONG_MS)).toBe(false);
  expect(await leases.holders(['cam-1', 'cam-2'])).toEqual(new Map([['cam-1', 'a']]));
  await leases.release('a', 'cam-1');
  expect(await leases.take('b', 'cam-1', LONG_MS)).toBe(true);
});

test("the release of somebody else's lease changes nothing", async () => {
  const leases = newLeases();
  await leases.take('a', 'cam-1', LONG_MS);
  await leases.release('b', 'cam-1');
  expect(await leases.holders(['cam-1'])).toEqual(new Map([['cam-1', 'a']]));
});

test('of many who take at once one gets it', async () => {
  const leases = newLeases();
  const names = Array.from({ length: 20 }, (_, i) => `s-${i}`);
  const got = await Promise.all(names.map((name) => leases.take(name, 'cam-1', LONG_MS)));
  expect(got.filter(Boolean)).toHaveLength(1);
});

test('a lease that ran out is anybody’s; until somebody took it, its holder may renew it', async () => {
  const leases = newLeases();
  await leases.take('a', 'cam-1', 1);
  await leases.take('a', 'cam-2', 1);
  await delay(20);
  expect(await leases.take('b', 'cam-1', LONG_MS)).toBe(true);
  expect((await leases.renew('a', ['cam-1', 'cam-2'], LONG_MS)).held).toEqual(['cam-2']);
  expect(await leases.take('b', 'cam-2', LONG_MS)).toBe(false);
});

test('a renewal prolongs the lease', async () => {
  const leases = newLeases();
  await leases.take('a', 'cam-1', 400);
  await leases.renew('a', ['cam-1'], LONG_MS);
  await delay(450);
  expect(await leases.holders(['cam-1'])).toEqual(new Map([['cam-1', 'a']]));
});

test('counts the samplers that live: not those that left, not those that fell silent', async () => {
  const leases = newLeases();
  expect((await leases.renew('a', [], LONG_MS)).samplers).toBe(1);
  expect((await leases.renew('b', [], LONG_MS)).samplers).toBe(2);
  expect((await leases.renew('c', [], 1)).samplers).toBe(3);
  await delay(20);
  expect((await leases.renew('a', [], LONG_MS)).samplers).toBe(2);
  await leases.leave('b');
  expect((await leases.renew('a', [], LONG_MS)).samplers).toBe(1);
});

test('an error says which Redis, and nothing of what was asked', async () => {
  const away = connectRedis({ path: '/nowhere/redis.sock' }, 'jobs');
  try {
    await expect(createRedisCameraLeases(away, 'p').renew('a', ['cam-1'], 1000)).rejects.toThrow(
      'Redis for jobs: not connected',
    );
  } finally {
    away.disconnect();
  }
});
