import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { pictureBytes, type Picture } from '../../src/domain/picture.js';
import { PermanentError } from '../../src/errors.js';
import { createMemoryPinnedPictures } from '../../src/io/memory/pinned-pictures.js';
import { connectRedis, untilReady } from '../../src/io/redis/connection.js';
import { createRedisPinnedPictures } from '../../src/io/redis/pinned-pictures.js';
import type { PinnedPictures } from '../../src/ports.js';
import { startTestRedis, type TestRedis } from '../support/redis.js';

const MINUTE = 60_000;
function picture(mark: number, side = 16, format: Picture['format'] = 'i420'): Picture {
  return {
    width: side,
    height: side,
    format,
    data: new Uint8Array(pictureBytes(side, side, format)).fill(mark),
  };
}

let server: TestRedis;
let redis: Redis;
beforeAll(async () => {
  server = await startTestRedis();
  redis = connectRedis(server.address, 'frames');
  await untilReady(redis, 'frames', 5000);
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

/** Every implementation behaves like this. */
describe.each<[string, (maxBytes: number) => PinnedPictures]>([
  ['memory', (maxBytes) => createMemoryPinnedPictures({ maxBytes })],
  ['redis', (maxBytes) => createRedisPinnedPictures(redis, { prefix: randomUUID(), maxBytes })],
])('pinned pictures in %s', (_where, make) => {
  it.each(['i420', 'rgb24'] as const)('gives back what was pinned: %s', async (format) => {
    const pins = make(1e6);
    await pins.pin('plates/gate/1', picture(7, 15, format), MINUTE);
    const found = await pins.get('plates/gate/1');
    expect(found).toMatchObject({ width: 15, height: 15, format });
    expect(Buffer.from(found!.data).equals(Buffer.from(picture(7, 15, format).data))).toBe(true);
  });

  it('knows nothing of others, and nothing of what was removed', async () => {
    const pins = make(1e6);
    await pins.pin('a', picture(1), MINUTE);
    await pins.remove('a');
    await pins.remove('never-there');
    expect([await pins.get('a'), await pins.get('b')]).toEqual([undefined, undefined]);
  });

  it('pinned again, it is one', async () => {
    const pins = make(3000);
    for (let i = 0; i < 20; i++) await pins.pin('a', picture(1), MINUTE);
    await pins.pin('b', picture(2), MINUTE);
    expect(await pins.get('a')).toBeDefined();
  });

  it('beyond its memory the oldest go', async () => {
    const pins = make(5 * 1024);
    for (let i = 0; i < 40; i++) await pins.pin(`p${i}`, picture(i), MINUTE + i);
    const kept = await Promise.all(Array.from({ length: 40 }, (_, i) => pins.get(`p${i}`)));
    const count = kept.filter((found) => found !== undefined).length;
    expect(count).toBeGreaterThan(2);
    expect(count).toBeLessThan(16);
    expect(kept.at(-1)?.data[0]).toBe(39);
    expect(kept[0]).toBeUndefined();
  });
});

describe('in redis', () => {
  it('a pin goes when its time is over, and so does the list of pins', async () => {
    const prefix = randomUUID();
    const pins = createRedisPinnedPictures(redis, { prefix, maxBytes: 1e6 });
    await pins.pin('a', picture(1), MINUTE);
    const names = await redis.keys(`${prefix}*`);
    expect(names).toHaveLength(2);
    for (const name of names) expect(await redis.pttl(name)).toBeGreaterThan(0);
    await pins.pin('b', picture(1), 20);
    while (await redis.exists(`${prefix}:{pins}:b`)) await new Promise(setImmediate);
    expect(await pins.get('b')).toBeUndefined();
    expect(await pins.get('a')).toBeDefined();
  });

  it('what has expired takes no room in the list', async () => {
    const prefix = randomUUID();
    let now = 0;
    const pins = createRedisPinnedPictures(redis, { prefix, maxBytes: 1e6 }, () => now);
    await pins.pin('a', picture(1), MINUTE);
    now = 2 * MINUTE;
    await pins.pin('b', picture(1), MINUTE);
    expect(await redis.zrange(`${prefix}:{pins}`, '0', '-1')).toEqual([`${prefix}:{pins}:b`]);
  });

  it('a full Redis loses the pin, and the work goes on', async () => {
    const pins = createRedisPinnedPictures(redis, { prefix: randomUUID(), maxBytes: 1e9 });
    await redis.config('SET', 'maxmemory', '1');
    try {
      await pins.pin('a', picture(1), MINUTE);
    } finally {
      await redis.config('SET', 'maxmemory', '0');
    }
    expect(await pins.get('a')).toBeUndefined();
  });

  it.each(['', '../x', 'a//b', 'a:b', '{x}', 'a b', 'x'.repeat(400)])('refuses the key %j', async (key) => {
    const pins = createRedisPinnedPictures(redis, { prefix: randomUUID(), maxBytes: 1e6 });
    await expect(pins.pin(key, picture(1), MINUTE)).rejects.toThrow(PermanentError);
  });
});
