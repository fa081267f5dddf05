import type { Redis } from 'ioredis';
import type { RingEntry } from '../../domain/frame.js';
import type { CameraId } from '../../domain/ids.js';
import type { FrameRing, LatestFrame } from '../../ports.js';
import { allAnswered, answered, isMemoryFull } from './connection.js';
import { MAX_ENTRIES, maxPictures } from './ring-bounds.js';
import { entryFields, entryId, parseEntry, parseShape, pictureOf } from './ring-entry.js';

/** Rings that nobody adds to or asks the length of any more (a camera taken out of the file) go away. */
const RING_EXPIRES_MS = 3_600_000;
const LATEST_EXPIRES_MS = 600_000;

export interface FrameRingOptions {
  /** Separates installations that share a Redis. */
  readonly prefix: string;
  /** Memory for the pictures of one camera, bytes; see `maxPictures`. */
  readonly ringBytes: number;
}

/**
 * The rings in the frames' Redis. A camera has two streams whose entries share their ids: `ring` holds everything
 * but the pictures, `pictures` the bytes. So entries without picture cost next to nothing, the bound counts
 * pictures exactly, and length and newest entry are read without moving a picture. An entry whose picture was
 * pushed out is not given to readers: by the numbering of the others it counts as dropped.
 * @param redis a connection of `connectRedis`.
 */
export function createRedisFrameRing(redis: Redis, options: FrameRingOptions): FrameRing {
  return {
    append: (entry) => append(redis, options, entry),
    readAfter: (cameraId, cursor, count) =>
      readAfter(redis, options, cameraId, cursor ? `(${entryId(cursor)}` : '-', count),
    async trim(cameraId, { pass, seq }) {
      const { ring, pictures } = keysOf(options, cameraId);
      const next = entryId({ pass, seq: seq + 1 });
      await allAnswered(
        redis.multi().xtrim(ring, 'MINID', '=', next).xtrim(pictures, 'MINID', '=', next).exec(),
        'frames',
      );
    },
    async length(cameraId) {
      const { ring, pictures } = keysOf(options, cameraId);
      const asked = redis
        .multi()
        .xlen(ring)
        .pexpire(ring, RING_EXPIRES_MS)
        .pexpire(pictures, RING_EXPIRES_MS);
      const [length] = await allAnswered(asked.exec(), 'frames');
      return Number(length);
    },
    async last(cameraId) {
      const [newest] = await answered(
        redis.xrevrange(keysOf(options, cameraId).ring, '+', '-', 'COUNT', 1),
        'frames',
      );
      return newest && parseEntry(cameraId, ...newest)?.entry;
    },
    async putLatest(cameraId, { at, frame, picture: { width, height, format, data } }) {
      const { latest } = keysOf(options, cameraId);
      const fields = { at, frame, width, height, format, data: asBuffer(data) };
      await allAnswered(
        redis.multi().hset(latest, fields).pexpire(latest, LATEST_EXPIRES_MS).exec(),
        'frames',
      );
    },
    latest: (cameraId) => latest(redis, options, cameraId),
  };
}

async function append(redis: Redis, options: FrameRingOptions, entry: RingEntry): Promise<number> {
  try {
    return await write(redis, options, entry);
  } catch (error) {
    if (!isMemoryFull(error)) throw error;
    // A full Redis is one more bound of the ring: the oldest pictures make room for the newest entry.
    const { pictures } = keysOf(options, entry.cameraId);
    const held = await answered(redis.xlen(pictures), 'frames');
    await answered(redis.xtrim(pictures, 'MAXLEN', '=', Math.floor((held * 3) / 4)), 'frames');
    return write(redis, options, entry);
  }
}

/** One transaction: a writer killed in between leaves no picture without entry, nor a key that never expires. */
async function write(redis: Redis, options: FrameRingOptions, entry: RingEntry): Promise<number> {
  const { ring, pictures } = keysOf(options, entry.cameraId);
  const id = entryId(entry);
  const all = redis.multi();
  if (entry.picture) {
    const bytes = asBuffer(entry.picture.data);
    const most = maxPictures(options.ringBytes, bytes.length);
    all.xadd(pictures, 'MAXLEN', '=', most, id, 'picture', bytes).pexpire(pictures, RING_EXPIRES_MS);
  }
  all
    .xadd(ring, 'MAXLEN', '=', MAX_ENTRIES, id, ...entryFields(entry))
    .pexpire(ring, RING_EXPIRES_MS)
    .xlen(ring);
  const replies = await answered(all.exec(), 'frames');
  const accepted = (replies ?? []).map(([error, result]): [Error | null, unknown] =>
    // The entry, or a newer one, was written before.
    error?.message.includes('equal or smaller than the target stream top item')
      ? [null, undefined]
      : [error, result],
  );
  const results = await allAnswered(Promise.resolve(accepted), 'frames');
  return Number(results.at(-1));
}

async function readAfter(
  redis: Redis,
  options: FrameRingOptions,
  cameraId: CameraId,
  after: string,
  count: number,
): Promise<RingEntry[]> {
  const found: RingEntry[] = [];
  let from = after;
  while (found.length < count) {
    const wanted = count - found.length;
    const page = await answered(
      redis.xrange(keysOf(options, cameraId).ring, from, '+', 'COUNT', wanted),
      'frames',
    );
    found.push(...(await withPictures(redis, options, cameraId, page)));
    const newest = page.at(-1);
    if (newest === undefined || page.length < wanted) break;
    from = `(${newest[0]}`;
  }
  return found;
}

/** Fetches the pictures of a page; entries whose picture is not there any more are left out. */
async function withPictures(
  redis: Redis,
  options: FrameRingOptions,
  cameraId: CameraId,
  page: readonly [id: string, fields: string[]][],
): Promise<RingEntry[]> {
  const stored = page.flatMap(([id, fields]) => parseEntry(cameraId, id, fields) ?? []);
  const pictured = stored.filter(({ shape }) => shape !== undefined).map(({ entry }) => entryId(entry));
  const [first, newest] = [pictured[0], pictured.at(-1)];
  const bytes = new Map<string, Buffer>();
  if (first !== undefined && newest !== undefined) {
    const found = await answered(
      redis.xrangeBuffer(keysOf(options, cameraId).pictures, first, newest),
      'frames',
    );
    for (const [id, [, data]] of found) if (data) bytes.set(id.toString(), data);
  }
  return stored.flatMap(({ entry, shape }) => {
    if (!shape) return [entry];
    const picture = pictureOf(shape, bytes.get(entryId(entry)));
    return picture ? [{ ...entry, picture }] : [];
  });
}

async function latest(
  redis: Redis,
  options: FrameRingOptions,
  cameraId: CameraId,
): Promise<LatestFrame | undefined> {
  const { data, ...fields } = await answered(redis.hgetallBuffer(keysOf(options, cameraId).latest), 'frames');
  const text = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, value.toString()]));
  const shape = parseShape(text);
  const picture = shape && pictureOf(shape, data);
  return picture && { at: Number(text['at']), frame: Number(text['frame']), picture };
}

/** All keys of a camera carry its id as hash tag: one slot of a Redis Cluster. */
function keysOf(
  { prefix }: FrameRingOptions,
  cameraId: CameraId,
): { ring: string; pictures: string; latest: string } {
  const start = `${prefix}:{${cameraId}}`;
  return { ring: `${start}:ring`, pictures: `${start}:pictures`, latest: `${start}:latest` };
}

/** The same memory, seen as a Buffer. */
function asBuffer(data: Uint8Array): Buffer {
  return Buffer.isBuffer(data) ? data : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}
