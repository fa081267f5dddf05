import type { Redis } from 'ioredis';
import type { RingEntry } from '../../../src/domain/frame.js';
import { pictureBytes } from '../../../src/domain/picture.js';
import { connectRedis, untilReady } from '../../../src/io/redis/connection.js';
import { createRedisFrameRing } from '../../../src/io/redis/frame-ring.js';
import { allocatedBytes } from '../../../src/io/redis/ring-bounds.js';
import type { FrameRing } from '../../../src/ports.js';
import { startTestRedis, type TestRedis } from '../../support/redis.js';

/** What only the rings in Redis can show; what all rings do is in frame-ring.test.ts one folder up. */
const MB = 1024 * 1024;
const [width, height] = [768, 576];
const data = Buffer.alloc(pictureBytes(width, height, 'i420'), 7);

let server: TestRedis;
let redis: Redis;
let ring: FrameRing;
beforeEach(async () => {
  server = await startTestRedis();
  redis = connectRedis(server.address, 'frames');
  await untilReady(redis, 'frames', 60_000);
  ring = createRedisFrameRing(redis, { prefix: 'test', ringBytes: 32 * MB });
});
afterEach(async () => {
  redis.disconnect();
  await server.stop();
});

function end(seq: number): RingEntry {
  return {
    cameraId: 'gate',
    pass: 1,
    seq,
    gated: 0,
    kind: 'end',
    frame: seq,
    at: seq,
    sampledAt: seq,
    regions: [],
  };
}
function entry(seq: number): RingEntry {
  return { ...end(seq), kind: 'moved', picture: { width, height, format: 'i420', data } };
}
const seqs = async (): Promise<number[]> =>
  (await ring.readAfter('gate', undefined, 999)).map(({ seq }) => seq);

describe('frame ring in Redis', () => {
  it('keeps to its memory, and predicts it', async () => {
    for (let seq = 1; seq <= 60; seq++) await ring.append(entry(seq));
    const held = await redis.xlen('test:{gate}:pictures');
    const bytes = Number(await redis.memory('USAGE', 'test:{gate}:pictures', 'SAMPLES', 0));
    expect(held).toBe(Math.floor((32 * MB) / allocatedBytes(data.length)));
    expect(bytes).toBeLessThan(32 * MB);
    expect(bytes).toBeGreaterThan(30 * MB);
  });

  it('pushes out its oldest pictures when the server is full, so that the newest entry gets in', async () => {
    await redis.config('SET', 'maxmemory', `${12 * MB}`);
    for (let seq = 1; seq <= 40; seq++) await ring.append(entry(seq));
    await ring.append(end(41));
    const left = await seqs();
    expect(left.length).toBeGreaterThanOrEqual(5);
    expect(left).toEqual(Array.from({ length: left.length }, (_, i) => 42 - left.length + i));
  });

  it('says so when there is nothing of its own to push out', async () => {
    await redis.set('other', Buffer.alloc(6 * MB));
    await redis.config('SET', 'maxmemory', `${6 * MB}`);
    await expect(ring.append(entry(1))).rejects.toThrow('Redis for frames: its memory is full');
    expect(await seqs()).toEqual([]);
  });

  it('gives the memory of read pictures back', async () => {
    for (let seq = 1; seq <= 5; seq++) await ring.append(entry(seq));
    await ring.trim('gate', { pass: 1, seq: 4 });
    expect(await redis.xlen('test:{gate}:pictures')).toBe(1);
  });

  it('loses only the frames when the server dies', async () => {
    await ring.append(entry(1));
    await server.kill();
    await expect(ring.append(entry(2))).rejects.toThrow('not connected');
    await server.restart();
    await untilReady(redis, 'frames', 60_000);
    await ring.append(entry(3));
    expect(await seqs()).toEqual([3]);
  });

  it('leaves no key for ever', async () => {
    await ring.append(entry(1));
    await ring.putLatest('gate', { at: 1, frame: 1, picture: { width, height, format: 'i420', data } });
    const keys = await redis.keys('*');
    expect(keys.sort()).toEqual(['test:{gate}:latest', 'test:{gate}:pictures', 'test:{gate}:ring']);
    for (const key of keys) expect(await redis.pttl(key)).toBeGreaterThan(500_000);
    // A camera that is still asked about stays, also when nothing is added.
    await redis.pexpire('test:{gate}:pictures', 1000);
    await ring.length('gate');
    expect(await redis.pttl('test:{gate}:pictures')).toBeGreaterThan(500_000);
  });

  it.each([
    ['of another release', ['kind', 'new-kind', 'gated', '0']],
    [
      'with a number that is none',
      ['kind', 'end', 'gated', 'x', 'frame', '1', 'at', '1', 'sampledAt', '1', 'regions', '[]'],
    ],
    [
      'with regions that are none',
      ['kind', 'end', 'gated', '0', 'frame', '1', 'at', '1', 'sampledAt', '1', 'regions', '[[1'],
    ],
    [
      'whose picture is of another size',
      [
        'kind',
        'moved',
        'gated',
        '0',
        'frame',
        '1',
        'at',
        '1',
        'sampledAt',
        '1',
        'regions',
        '[]',
        'width',
        '7',
        'height',
        '7',
        'format',
        'i420',
      ],
    ],
  ])('passes over an entry %s', async (_, fields) => {
    await redis.xadd('test:{gate}:pictures', '1-1', 'picture', 'short');
    await redis.xadd('test:{gate}:ring', '1-1', ...fields);
    await ring.append(entry(2));
    expect(await seqs()).toEqual([2]);
    expect((await ring.readAfter('gate', undefined, 1)).map(({ seq }) => seq)).toEqual([2]);
  });
});
