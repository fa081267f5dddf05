import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { InputError, NotReadyError } from '../../../src/errors.js';
import { openStorage } from '../../../src/io/storage/open-storage.js';
import type { ObjectStore } from '../../../src/ports/storage.js';
import { startFaultProxy } from '../../support/fault-proxy.js';
import { type S3, startS3 } from '../../support/s3.js';

const LARGE = randomBytes(16 * 1024 ** 2 + 7);
const LARGE_SHA256 = createHash('sha256').update(LARGE).digest('hex');

let s3: S3;
const opened: ObjectStore[] = [];
beforeAll(async () => {
  s3 = await startS3();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()));
});
afterAll(() => s3.close());

async function open(given: Parameters<S3['address']>[0] & { query?: string } = {}): Promise<ObjectStore> {
  const store = await openStorage(
    s3.address({ path: `/${randomUUID()}`, ...given }) + (given.query ?? ''),
    'COLD_URL',
  );
  opened.push(store);
  return store;
}

it.each([
  ['a key that is not known', { key: 'WRONGKEY' }, /^COLD_URL: 127\.0\.0\.1:\d+\/pictures.*check KEY/],
  ['a wrong secret', { secret: 'SESAME-OPEN' }, /^COLD_URL: .*check SECRET/],
  ['a bucket that is not there', { bucket: 'elsewhere' }, /^COLD_URL: .*the bucket is not there/],
])('says what is wrong with %s, without the secret', async (_what, given, message) => {
  const store = await open(given);
  const calls: (() => Promise<unknown>)[] = [
    () => store.put('a.bin', Buffer.from('x')),
    () => store.put('a.bin', inPieces()),
    () => store.read('a.bin'),
    () => store.sha256('a.bin'),
    () => store.list('')[Symbol.asyncIterator]().next(),
    () => store.check(),
  ];
  for (const call of calls) {
    const error = (await call().catch((thrown: unknown) => thrown)) as Error;
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toMatch(message);
    expect(JSON.stringify([error.message, error.stack, error.cause])).not.toMatch(/SESAME|S3RVER|a\/b\+c/);
  }
  await expect(store.stat('a.bin')).rejects.toThrow(InputError);
});

it('waits for a server that is away, and goes on when it is back', async () => {
  const store = await open();
  await store.put('a.bin', Buffer.from('before'));
  await s3.stop();
  try {
    for (const call of [
      () => store.put('b.bin', Buffer.from('x')),
      () => store.read('a.bin'),
      () => store.stat('a.bin'),
      () => store.check(),
    ]) {
      const error = (await call().catch((thrown: unknown) => thrown)) as NotReadyError;
      expect(error).toBeInstanceOf(NotReadyError);
      expect(error.message).toMatch(
        /^storage 127\.0\.0\.1:\d+\/pictures\/.* cannot be reached: ECONNREFUSED$/,
      );
    }
  } finally {
    await s3.start();
  }
  expect(await store.stat('a.bin')).toMatchObject({ bytes: 6 });
  await store.put('b.bin', Buffer.from('after'));
});

it('keeps what was there when the server dies in the middle of a put', async () => {
  const store = await open();
  await store.put('a.bin', Buffer.from('before'));
  const dying = async function* (): AsyncGenerator<Buffer> {
    yield LARGE;
    await s3.stop();
    yield LARGE;
  };
  await expect(store.put('a.bin', dying())).rejects.toThrow(NotReadyError);
  await s3.start();
  expect(await store.stat('a.bin')).toMatchObject({ bytes: 6 });
  expect(await store.put('a.bin', inPieces())).toMatchObject({ sha256: LARGE_SHA256 });
});

it('goes on reading where the connection broke, and ends when the server stays away', async () => {
  const proxy = await startFaultProxy(s3.port);
  try {
    const store = await open({ port: proxy.port });
    await store.put('a.bin', LARGE);
    const hash = createHash('sha256');
    let breaks = 0;
    for await (const piece of (await store.read('a.bin'))!) {
      hash.update(piece as Buffer);
      if (breaks++ > 1) continue;
      proxy.cut();
      proxy.heal();
    }
    expect(hash.digest('hex')).toBe(LARGE_SHA256);
    const cutOff = async (): Promise<void> => {
      for await (const _ of (await store.read('a.bin'))!) proxy.cut();
    };
    await expect(cutOff()).rejects.toThrow(NotReadyError);
  } finally {
    await proxy.close();
  }
});

it.each([
  ['a small one', Buffer.from('the red car')],
  ['a part of a long one', Buffer.concat([LARGE, Buffer.from('the red car')])],
])('has bytes that were changed on the way refused: %s', async (_what, bytes) => {
  const wire = createServer((client) => {
    const upstream = connect(s3.port, '127.0.0.1');
    client.on('data', (sent) =>
      upstream.write(Buffer.from(sent.toString('latin1').replace('red car', 'bad car'), 'latin1')),
    );
    upstream.pipe(client);
    for (const socket of [client, upstream])
      socket.on('error', () => undefined).on('close', () => (client.destroy(), upstream.destroy()));
  }).listen(0, '127.0.0.1');
  await once(wire, 'listening');
  try {
    const store = await open({ port: (wire.address() as AddressInfo).port });
    await store.put('a.bin', Buffer.from('before'));
    await expect(store.put('a.bin', bytes)).rejects.toThrow(/XAmzContentSHA256Mismatch|BadDigest/);
    expect(await store.stat('a.bin')).toMatchObject({ bytes: 6 });
  } finally {
    await Promise.all(opened.splice(0).map((store) => store.close()));
    wire.close();
  }
});

it('leaves a server that hangs when it is told to', async () => {
  const proxy = await startFaultProxy(s3.port);
  try {
    const store = await open({ port: proxy.port });
    await store.put('a.bin', LARGE);
    proxy.hang();
    const signal = (): AbortSignal => AbortSignal.timeout(200);
    for (const call of [
      () => store.read('a.bin', { signal: signal() }),
      () => store.sha256('a.bin', signal()),
      () => store.put('b.bin', Buffer.from('x'), { signal: signal() }),
      () => store.list('', signal())[Symbol.asyncIterator]().next(),
      () => store.check(signal()),
    ])
      await expect(call()).rejects.toMatchObject({ name: 'TimeoutError' });
  } finally {
    await proxy.close();
  }
});

it('links to a file, for a while, under the name people know it by', async () => {
  const store = await open({ query: '?links=direct' });
  await store.put('exports/x.mp4', Buffer.from('film'));
  const options = { expiresInS: 60, fileName: 'Cổng chính "1".mp4' };
  const link = (await store.link('exports/x.mp4', options)) ?? '';
  const answer = await fetch(link);
  expect([answer.status, await answer.text()]).toEqual([200, 'film']);
  expect(answer.headers.get('content-type')).toBe('video/mp4');
  expect(answer.headers.get('content-disposition')).toMatch(
    /filename="C_ng ch_nh _1_\.mp4".*UTF-8''C%E1%BB%95ng/,
  );
  expect((await fetch(link.replace('x.mp4', 'y.mp4'))).status).toBe(403);
  const past = new URL(link);
  past.searchParams.set('X-Amz-Date', '20200101T000000Z');
  expect((await fetch(past)).status).toBe(403);
  expect((await fetch(link.replace(/\?.*/, ''))).status).toBe(403);
  expect(await (await open()).link('exports/x.mp4', { expiresInS: 60 })).toBeUndefined();
});

it.each([
  ['s3+https://KEY:SE/SAME@host/bucket', /^COLD_URL: .*%2F/],
  ['s3+https://KEY:SESAME@host', /names no bucket/],
  ['s3+https://KEY:SESAME@host/Bucket', /names no bucket/],
  ['s3+https://KEY@host/bucket', /KEY and SECRET belong together/],
  ['s3+https://KEY:SESAME@host/bucket?regio=x', /knows no "regio"/],
  ['s3+https://KEY:SESAME@host/bucket?links=yes', /links is "yes"/],
  ['s3+https://KEY:SESAME@host/bucket?acl=public-read', /would publish exports and evidence/],
  ['s3+https://KEY:SESAME@host/bucket?acl=all', /acl is "all"/],
  ['s3+https://KEY:SESAME@host/bucket/a b', /prefix/],
  ['https://KEY:SESAME@host/bucket', /neither a folder nor/],
  ['ftp://host/bucket', /neither a folder nor/],
])('refuses the address %s, without its secret', async (address, message) => {
  const error = (await openStorage(address, 'COLD_URL').catch((thrown: unknown) => thrown)) as Error;
  expect(error).toBeInstanceOf(InputError);
  expect(error.message).toMatch(message);
  expect(error.message).not.toMatch(/SESAME/);
});

async function* inPieces(): AsyncGenerator<Buffer> {
  for (let at = 0; at < LARGE.length; at += 500_000) yield LARGE.subarray(at, at + 500_000);
}
