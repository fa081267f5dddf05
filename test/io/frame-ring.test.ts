import { randomUUID } from 'node:crypto';
import type { RingEntry } from '../../src/domain/frame.js';
import { unitBox } from '../../src/domain/geometry.js';
import { pictureBytes, type Picture } from '../../src/domain/picture.js';
import { createMemoryFrameRing } from '../../src/io/memory/frame-ring.js';
import { connectRedis, untilReady } from '../../src/io/redis/connection.js';
import { createRedisFrameRing } from '../../src/io/redis/frame-ring.js';
import { allocatedBytes, MAX_ENTRIES, MIN_PICTURES } from '../../src/io/redis/ring-bounds.js';
import type { FrameRing } from '../../src/ports.js';
import { startTestRedis } from '../support/redis.js';

/** Every implementation of FrameRing behaves like this. */
const [width, height] = [33, 21];
const BYTES = pictureBytes(width, height, 'i420');
const PICTURES = 12;
const ringBytes = PICTURES * allocatedBytes(BYTES);

type Make = () => Promise<{ ring: FrameRing; close: () => Promise<void> }>;

const memory: Make = async () => ({
  ring: createMemoryFrameRing({ ringBytes }),
  close: async () => undefined,
});

const redis: Make = async () => {
  const server = await startTestRedis();
  const connection = connectRedis(server.address, 'frames');
  await untilReady(connection, 'frames', 5000);
  const ring = createRedisFrameRing(connection, { prefix: randomUUID(), ringBytes });
  return {
    ring,
    async close() {
      connection.disconnect();
      await server.stop();
    },
  };
};

function picture(fill: number): Picture {
  return { width, height, format: 'i420', data: Buffer.alloc(BYTES, fill) };
}

function entry(cameraId: string, pass: number, seq: number, more: Partial<RingEntry> = {}): RingEntry {
  const at = 1_700_000_000_000 + seq * 40.5;
  const regions = [unitBox(0.1, 0.2, 1 / 3, 0.25), unitBox(0, 0, 1, 1)];
  return {
    cameraId,
    pass,
    seq,
    gated: 0,
    kind: 'moved',
    frame: seq * 2,
    at,
    sampledAt: at + 12,
    regions,
    ...more,
  };
}

const pictured = (cameraId: string, pass: number, seq: number): RingEntry =>
  entry(cameraId, pass, seq, { picture: picture(seq % 251) });

const places = (entries: readonly RingEntry[]): string[] => entries.map(({ pass, seq }) => `${pass}-${seq}`);

describe.each([
  ['memory', memory],
  ['redis', redis],
])('frame ring in %s', (_, make) => {
  let ring: FrameRing;
  let close: () => Promise<void>;
  let camera = '';
  beforeAll(async () => ({ ring, close } = await make()));
  afterAll(() => close());
  beforeEach(() => {
    camera = `gate-${randomUUID()}`;
  });

  it('gives back what was appended, in order, with pictures', async () => {
    const entries = [
      pictured(camera, 1, 1),
      entry(camera, 1, 3, {
        kind: 'heartbeat',
        gated: 1,
        picture: { ...picture(9), format: 'rgb24', data: Buffer.alloc(width * height * 3, 9) },
      }),
      entry(camera, 1, 4, { gated: 1, regions: [], degraded: 2 }),
      entry(camera, 1, 5, { kind: 'end', gated: 1, regions: [] }),
      pictured(camera, 2, 1),
    ];
    const lengths: number[] = [];
    for (const each of entries) lengths.push(await ring.append(each));
    expect(lengths).toEqual([1, 2, 3, 4, 5]);
    expect(await ring.readAfter(camera, undefined, 10)).toEqual(entries);
    expect(await ring.length(camera)).toBe(5);
  });

  it('reads after a cursor, at most as many as asked for', async () => {
    for (const [pass, seq] of [
      [1, 1],
      [1, 2],
      [1, 10],
      [2, 1],
      [2, 2],
    ] as const)
      await ring.append(pictured(camera, pass, seq));
    expect(places(await ring.readAfter(camera, { pass: 1, seq: 2 }, 2))).toEqual(['1-10', '2-1']);
    expect(places(await ring.readAfter(camera, { pass: 1, seq: 99 }, 9))).toEqual(['2-1', '2-2']);
    expect(await ring.readAfter(camera, { pass: 2, seq: 2 }, 9)).toEqual([]);
    expect(await ring.readAfter(camera, undefined, 0)).toEqual([]);
  });

  it('takes pictures that are views into a larger buffer', async () => {
    const shared = Buffer.alloc(BYTES * 2, 1).fill(7, BYTES);
    const view = new Uint8Array(shared.buffer, shared.byteOffset + BYTES, BYTES);
    await ring.append(entry(camera, 1, 1, { picture: { ...picture(0), data: view } }));
    const [read] = await ring.readAfter(camera, undefined, 1);
    expect(Buffer.from(read?.picture?.data ?? []).equals(Buffer.alloc(BYTES, 7))).toBe(true);
  });

  it('changes nothing when an entry is repeated or older, also after a trim', async () => {
    await ring.append(pictured(camera, 2, 4));
    await ring.append(pictured(camera, 2, 5));
    expect(await ring.append(entry(camera, 2, 5, { kind: 'end' }))).toBe(2);
    expect(await ring.append(pictured(camera, 2, 3))).toBe(2);
    expect(await ring.append(pictured(camera, 1, 900))).toBe(2);
    expect(await ring.readAfter(camera, undefined, 9)).toEqual([
      pictured(camera, 2, 4),
      pictured(camera, 2, 5),
    ]);
    await ring.trim(camera, { pass: 2, seq: 5 });
    expect(await ring.append(pictured(camera, 2, 5))).toBe(0);
    expect(await ring.readAfter(camera, undefined, 9)).toEqual([]);
  });

  it('trims up to and including the cursor, pictures too', async () => {
    for (const seq of [1, 2, 3]) await ring.append(pictured(camera, 1, seq));
    await ring.append(pictured(camera, 2, 1));
    await ring.trim(camera, { pass: 1, seq: 2 });
    expect(places(await ring.readAfter(camera, undefined, 9))).toEqual(['1-3', '2-1']);
    await ring.trim(camera, { pass: 1, seq: 77 });
    expect(await ring.length(camera)).toBe(1);
    await ring.trim(camera, { pass: 2, seq: 1 });
    expect(await ring.length(camera)).toBe(0);
  });

  it('knows the newest entry, without its picture', async () => {
    expect(await ring.last(camera)).toBeUndefined();
    await ring.append(pictured(camera, 3, 7));
    expect(await ring.last(camera)).toEqual(entry(camera, 3, 7));
    await ring.trim(camera, { pass: 3, seq: 7 });
    expect(await ring.last(camera)).toBeUndefined();
  });

  it('holds as many pictures as its bytes allow; the oldest go', async () => {
    for (let seq = 1; seq <= PICTURES + 5; seq++) await ring.append(pictured(camera, 1, seq));
    await ring.append(entry(camera, 1, PICTURES + 6, { kind: 'end' }));
    const left = await ring.readAfter(camera, undefined, 99);
    expect(places(left)).toEqual(Array.from({ length: PICTURES + 1 }, (_, i) => `1-${i + 6}`));
    expect(left.slice(0, -1).every(({ picture: held }) => held?.data.length === BYTES)).toBe(true);
    // A short page is not an end: lost entries are passed over, not counted as read.
    expect(places(await ring.readAfter(camera, undefined, 2))).toEqual(['1-6', '1-7']);
  });

  it('does not let entries without picture push out pictures', async () => {
    for (let seq = 1; seq <= 20 * PICTURES; seq++) {
      await ring.append(seq % 20 === 0 ? pictured(camera, 1, seq) : entry(camera, 1, seq));
    }
    const left = await ring.readAfter(camera, undefined, 1000);
    expect(left.filter((each) => each.picture !== undefined)).toHaveLength(PICTURES);
    expect(left).toHaveLength(20 * PICTURES);
  });

  it('holds a bounded number of entries', async () => {
    const all = Array.from({ length: MAX_ENTRIES + 50 }, (_, i) => entry(camera, 1, i + 1, { regions: [] }));
    for (let i = 0; i < all.length; i += 200)
      await Promise.all(all.slice(i, i + 200).map((each) => ring.append(each)));
    expect(await ring.length(camera)).toBe(MAX_ENTRIES);
    expect(places(await ring.readAfter(camera, undefined, 1))).toEqual(['1-51']);
  });

  it('holds a few pictures even when one is larger than its bytes', async () => {
    const [wide, high] = [200, 120];
    const large = {
      width: wide,
      height: high,
      format: 'rgb24',
      data: Buffer.alloc(wide * high * 3),
    } as const;
    for (let seq = 1; seq <= MIN_PICTURES + 3; seq++)
      await ring.append(entry(camera, 1, seq, { picture: large }));
    expect(await ring.readAfter(camera, undefined, 99)).toHaveLength(MIN_PICTURES);
  });

  it('keeps cameras apart', async () => {
    await ring.append(pictured(camera, 1, 1));
    expect(await ring.readAfter(`${camera}-b`, undefined, 9)).toEqual([]);
    expect(await ring.length(`${camera}-b`)).toBe(0);
  });

  it('keeps the latest picture apart from the ring', async () => {
    expect(await ring.latest(camera)).toBeUndefined();
    await ring.putLatest(camera, { at: 1000.5, frame: 3, picture: picture(1) });
    await ring.putLatest(camera, { at: 2000.5, frame: 30, picture: picture(2) });
    expect(await ring.latest(camera)).toEqual({ at: 2000.5, frame: 30, picture: picture(2) });
    expect(await ring.length(camera)).toBe(0);
  });
});
