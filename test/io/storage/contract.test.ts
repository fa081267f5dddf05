import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PermanentError } from '../../../src/errors.js';
import { openStorage } from '../../../src/io/storage/open-storage.js';
import type { ObjectStore } from '../../../src/ports/storage.js';
import { type S3, startS3 } from '../../support/s3.js';

/** More than two parts of an upload, and not a whole number of them. */
const LARGE = randomBytes(16 * 1024 ** 2 + 7);
const SOON = 10_000;

let folder: string;
let s3: S3;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'camqueue-storage-'));
  s3 = await startS3();
});
afterAll(async () => {
  await s3.close();
  await rm(folder, { recursive: true, force: true });
});

const KINDS = [
  ['a folder', () => openStorage(join(folder, randomUUID()), 'STORAGE_URL')],
  ['S3', () => openStorage(s3.address({ path: `/${randomUUID()}` }), 'STORAGE_URL')],
] as const;

describe.each(KINDS)('a storage in %s', (_name, open) => {
  let store: ObjectStore;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());

  it('keeps bytes as they are, and the last ones written', async () => {
    const key = 'exports/gate-1/x.mp4';
    await expect(Promise.all([store.read(key), store.stat(key), store.sha256(key)])).resolves.toEqual([
      ...[undefined, undefined, undefined],
    ]);
    await store.put(key, Buffer.from('older, and longer'));
    const begunAt = Date.now();
    expect(await store.put(key, Uint8Array.from([9, 0, 255]))).toEqual(hashed(Buffer.from([9, 0, 255])));
    expect(await bytesOf(store, key)).toEqual(Buffer.from([9, 0, 255]));
    expect(await store.sha256(key)).toEqual(hashed(Buffer.from([9, 0, 255])));
    const found = await store.stat(key);
    expect(found).toMatchObject({ key, bytes: 3 });
    expect(Math.abs(found!.changedAt - begunAt)).toBeLessThan(SOON);
    expect(await keysOf(store, '')).toEqual([key]);
  });

  it('keeps an empty file', async () => {
    await store.put('empty.txt', Buffer.alloc(0));
    expect(await store.stat('empty.txt')).toMatchObject({ bytes: 0 });
    expect(await bytesOf(store, 'empty.txt')).toHaveLength(0);
  });

  it('keeps a long stream whose length nobody knows, and gives any part of it', async () => {
    const key = 'exports/long.mkv';
    expect(await store.put(key, inPieces(LARGE))).toEqual(hashed(LARGE));
    expect(await store.sha256(key)).toEqual(hashed(LARGE));
    for (const [from, to] of [
      [0, 10],
      [7_999_990, 8_400_000],
      [LARGE.length - 5, undefined],
      [LARGE.length - 5, LARGE.length + 100],
      [LARGE.length, undefined],
      [12, 12],
    ] as const) {
      const got = await bytesOf(store, key, { from, ...(to !== undefined && { to }) });
      expect(got.equals(LARGE.subarray(from, to))).toBe(true);
    }
    expect(await store.read('exports/none.mkv', { from: 5, to: 5 })).toBeUndefined();
  });

  it('keeps a file of this machine, and proves what it copied', async () => {
    const path = join(folder, `${randomUUID()}.bin`);
    await writeFile(path, LARGE);
    expect(await store.putFile('a/large.bin', path, { sha256: hashed(LARGE).sha256 })).toEqual(hashed(LARGE));
    expect(await store.sha256('a/large.bin')).toEqual(hashed(LARGE));
    const local = store.localPath('a/large.bin');
    expect(local === undefined ? 'in S3' : (await readdir(join(local, '..')))[0]).toMatch(/in S3|large.bin/);
    await expect(store.putFile('a/b.bin', join(folder, 'none'))).rejects.toThrow(/ENOENT/);
  });

  const old = Buffer.from('what was there');
  const wrong = { sha256: hashed(Buffer.from('another')).sha256 };
  it.each<[string, (key: string) => Promise<unknown>, RegExp | typeof PermanentError]>([
    ['bytes with another SHA-256', (key) => store.put(key, Buffer.from('bad'), wrong), /SHA-256 .* expected/],
    ['a long stream with another', (key) => store.put(key, inPieces(LARGE), wrong), PermanentError],
    ['a file with another', (key) => store.putFile(key, __filename, wrong), PermanentError],
    ['fewer bytes than promised', (key) => store.put(key, Buffer.from('bad'), { bytes: 4 }), /3 bytes.*4/],
    ['a source that fails at once', (key) => store.put(key, failing(0)), /camera gone/],
    ['a source that fails after a while', (key) => store.put(key, failing(17)), /camera gone/],
    ['one stopped before', (key) => store.put(key, old, { signal: AbortSignal.abort('late') }), /^late$/],
  ])('refuses %s, and keeps what was there', async (_case, put, message) => {
    await store.put('kept/a.bin', old);
    for (const key of ['kept/a.bin', 'kept/new.bin']) {
      const refusal = await put(key).then(
        () => 'none',
        (error: unknown) => error,
      );
      if (message instanceof RegExp) expect(String(refusal).replace(/^\w*Error: /, '')).toMatch(message);
      else expect(refusal).toBeInstanceOf(message);
    }
    expect(await keysOf(store, '')).toEqual(['kept/a.bin']);
    expect(await bytesOf(store, 'kept/a.bin')).toEqual(old);
    await expectNothingUnfinished(store);
  });

  it('stops in the middle when it is told to, also while its source hangs', async () => {
    await store.put('kept/a.bin', old);
    const stop = new AbortController();
    const hanging = async function* (): AsyncGenerator<Buffer> {
      yield* inPieces(LARGE);
      stop.abort(new Error('nobody wants it any more'));
      await new Promise(() => undefined);
    };
    const put = store.put('kept/a.bin', hanging(), { signal: stop.signal });
    await expect(put).rejects.toThrow('nobody wants it any more');
    expect(await keysOf(store, '')).toEqual(['kept/a.bin']);
    expect(await bytesOf(store, 'kept/a.bin')).toEqual(old);
    await expectNothingUnfinished(store);
  });

  it('stops reading when it is told to', async () => {
    await store.put('a.bin', LARGE);
    const stop = new AbortController();
    const reading = await store.read('a.bin', { signal: stop.signal });
    const read = (async () => {
      for await (const _ of reading!) stop.abort();
    })();
    await expect(read).rejects.toMatchObject({ name: 'AbortError' });
  });

  it.each([
    ...['', '.', '..', '../x.jpg', 'a/../b', '/etc/passwd', 'a//b', 'a/', 'a\\b', 'a\0b', '.hidden', 'a/.b'],
    ...['a b', 'é.jpg', 'a%2e%2e', 'x'.repeat(201), 'a/'.repeat(200) + 'b'],
  ])('refuses the key %j', async (key) => {
    const calls: (() => Promise<unknown>)[] = [
      () => store.put(key, old),
      () => store.putFile(key, __filename),
      () => store.read(key),
      () => store.stat(key),
      () => store.sha256(key),
      () => store.remove(key),
      () => store.link(key, { expiresInS: 60 }),
      async () => store.removeBefore(key, Date.now(), AbortSignal.timeout(SOON)),
    ];
    // Of `removeBefore` it is a folder's name; '' is refused there as well.
    for (const call of calls) await expect(call()).rejects.toThrow(PermanentError);
    expect(() => store.localPath(key)).toThrow(PermanentError);
  });

  it('lists in the order of keys, those below a folder only', async () => {
    const numbers = Array.from({ length: 60 }, (_, number) => number);
    const keys = numbers.map((number) => `events/${number % 3}/${number}.jpg`).sort();
    await Promise.all([...keys, 'events-old/1.jpg'].map((key) => store.put(key, old, { durable: false })));
    expect(await keysOf(store, 'events')).toEqual(keys);
    expect(await keysOf(store, 'events/2')).toEqual(keys.filter((key) => key.startsWith('events/2/')));
    expect(await keysOf(store, 'none')).toEqual([]);
    for await (const first of store.list('events')) {
      expect(first).toMatchObject({ key: 'events/0/0.jpg', bytes: old.length });
      break;
    }
  });

  it('removes one, and what is older than a time below a folder', async () => {
    for (const key of ['a/1.jpg', 'a/b/2.jpg', 'a/b/3.jpg', 'ab/4.jpg']) await store.put(key, old);
    expect([await store.remove('a/1.jpg'), await store.remove('a/1.jpg')]).toEqual([true, false]);
    const signal = AbortSignal.timeout(SOON);
    expect(await store.removeBefore('a', Date.now() - SOON, signal)).toBe(0);
    expect(await store.removeBefore('none', Date.now() + SOON, signal)).toBe(0);
    expect(await store.removeBefore('a', Date.now() + SOON, signal)).toBe(2);
    expect(await keysOf(store, '')).toEqual(['ab/4.jpg']);
    await expect(store.removeBefore('', Date.now(), signal)).rejects.toThrow(PermanentError);
  });

  it('proves that it works, and leaves nothing of it', async () => {
    await store.check();
    expect(await keysOf(store, '')).toEqual([]);
  });
});

async function expectNothingUnfinished(store: ObjectStore): Promise<void> {
  expect(await s3.unfinished()).toBe(0);
  const root = store.localPath('kept');
  if (root !== undefined) expect((await readdir(root)).filter((name) => name.startsWith('.'))).toEqual([]);
}

async function* inPieces(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += 500_000) yield bytes.subarray(at, at + 500_000);
}

/** @param megabytes that it gives before */
async function* failing(megabytes: number): AsyncGenerator<Buffer> {
  for (let one = 0; one < megabytes; one += 1) yield LARGE.subarray(0, 1024 ** 2);
  throw new Error('camera gone');
}

async function bytesOf(store: ObjectStore, ...given: Parameters<ObjectStore['read']>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of (await store.read(...given))!) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

async function keysOf(store: ObjectStore, below: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(below)) keys.push(key);
  return keys;
}

function hashed(bytes: Buffer): { bytes: number; sha256: string } {
  return { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}
