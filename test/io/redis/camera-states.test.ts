import type { Redis } from 'ioredis';
import { NO_FRAMES } from '../../../src/domain/frame.js';
import { PermanentError } from '../../../src/errors.js';
import { createRedisCameraStates } from '../../../src/io/redis/camera-states.js';
import { connectRedis, untilReady } from '../../../src/io/redis/connection.js';
import type { CameraStates, Checkpoint } from '../../../src/ports.js';
import { startTestRedis, type TestRedis } from '../../support/redis.js';

/** What only the states in Redis can show; what all do is in camera-states.test.ts one folder up. */
const NOON = Date.UTC(2026, 10, 21, 12);
const KEY = 'test:{gate}:state';
const scene = { lastTrackId: 1 } as unknown as Checkpoint['scene'];
const checkpoint = { cursor: { pass: 1, seq: 2, gated: 0, frame: 3, at: NOON }, scene, counts: NO_FRAMES };
const one = { ...NO_FRAMES, captured: 1, analysed: 1 };

let server: TestRedis;
let redis: Redis;
let states: CameraStates;
beforeAll(async () => {
  server = await startTestRedis({ aof: true });
  redis = connectRedis(server.address, 'jobs');
  await untilReady(redis, 'jobs', 60_000);
  states = createRedisCameraStates(redis, 'test');
});
beforeEach(() => redis.flushall());
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

describe('camera states in Redis', () => {
  it('survive a killed server, with their counts', async () => {
    const { epoch } = await states.begin('gate');
    const version = await states.commit('gate', epoch, checkpoint, one);
    await server.restart();
    await untilReady(redis, 'jobs', 60_000);
    expect(await states.begin('gate')).toMatchObject({ version, checkpoint });
    expect(await states.hours('gate', NOON, NOON + 1)).toEqual([{ hourAt: NOON, counts: one }]);
  });

  it('give no epoch or version twice, even when the server lost the newest writes', async () => {
    const first = await states.begin('gate');
    const version = await states.commit('gate', first.epoch, checkpoint, one);
    await redis.flushall();
    const second = await states.begin('gate', version);
    expect(second.epoch).toBeGreaterThan(first.epoch);
    expect(await states.commit('gate', first.epoch, checkpoint, one)).toBeUndefined();
    expect(await states.commit('gate', second.epoch, checkpoint, one)).toBeGreaterThan(version ?? Infinity);
  });

  it('give a greater epoch although the clock went back', async () => {
    await redis.hset(KEY, 'epoch', '9000000000000000');
    expect((await states.begin('gate')).epoch).toBe(9_000_000_000_000_001);
  });

  it('keep all keys of a camera in one slot, and its hours for 90 days', async () => {
    const { epoch } = await states.begin('gate');
    await states.commit('gate', epoch, checkpoint, one);
    await states.nextPass('gate');
    await states.putSource('gate', { status: 'ok', since: NOON, pass: 1 });
    expect((await redis.keys('*')).sort()).toEqual(['test:{gate}:hours:2026-11-21', KEY]);
    const days = (await redis.pttl('test:{gate}:hours:2026-11-21')) / 86_400_000;
    expect(Math.round(days)).toBe(90);
    expect(await redis.pttl(KEY)).toBe(-1);
  });

  it.each([
    [
      'of a later release',
      '{"v":2,"cursors":[]}',
      /camera gate: its saved state has format 2, this release reads 1: run the release/,
    ],
    ['without a format', '{"scene":{}}', /camera gate: its saved state is damaged \(not readable\)/],
    [
      'with a bad count',
      JSON.stringify({ v: 1, scene: {}, counts: { ...NO_FRAMES, gated: -1 } }),
      /damaged \(counts\.gated: /,
    ],
    ['that is no JSON', '{"v":1,', /damaged/],
    ['that is no object', '7', /damaged/],
  ])('refuse a checkpoint %s, and name the fix', async (_, json, message) => {
    await redis.hset(KEY, { version: 4, checkpoint: json });
    await expect(states.read('gate')).rejects.toThrow(message);
    await expect(states.begin('gate')).rejects.toThrow(PermanentError);
    await expect(states.begin('gate')).rejects.toThrow(`redis-cli HDEL '${KEY}' checkpoint version`);
    // The named fix fixes it.
    await redis.hdel(KEY, 'checkpoint', 'version');
    expect(await states.begin('gate', 4)).toEqual({ epoch: expect.any(Number) as number, version: 0 });
  });

  it.each(['{"status":"fine"}', 'x', 'null'])('refuse a source that reads %s', async (json) => {
    await redis.hset(KEY, 'source', json);
    await expect(states.source('gate')).rejects.toThrow(
      /camera gate: the saved state of its source is damaged .* HDEL/,
    );
  });

  it('write nothing at all when the disk or the memory is full', async () => {
    const { epoch } = await states.begin('gate');
    await redis.config('SET', 'maxmemory', '1');
    await expect(states.commit('gate', epoch, checkpoint, one)).rejects.toThrow(
      'Redis for jobs: its memory is full',
    );
    await redis.config('SET', 'maxmemory', '0');
    expect(await states.read('gate')).toBeUndefined();
    expect(await states.hours('gate', NOON, NOON + 1)).toEqual([]);
  });
});
