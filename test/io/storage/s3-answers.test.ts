import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { NotReadyError } from '../../../src/errors.js';
import { openStorage } from '../../../src/io/storage/open-storage.js';
import type { ObjectStore } from '../../../src/ports/storage.js';

/** What the S3 servers of others answer, written by hand: for what the server of test/support/s3.ts cannot do. */
interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

let server: Server;
let store: ObjectStore;
let asked: { method: string; path: string; query: URLSearchParams; headers: IncomingMessage['headers'] }[];
let answers: (request: (typeof asked)[number]) => Answer;

beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    void buffer(request).then(() => {
      const url = new URL(request.url ?? '', 'http://s3');
      const one = {
        ...{ method: request.method ?? '', path: url.pathname, query: url.searchParams },
        headers: request.headers,
      };
      asked.push(one);
      const { status = 200, headers = {}, body = '' } = answers(one);
      response.writeHead(status, headers).end(one.method === 'HEAD' ? '' : body);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  store = await openStorage(
    `s3+http://key:secret@127.0.0.1:${port}/bucket/site-1?acl=bucket-owner-full-control`,
    'STORAGE_URL',
  );
});
afterEach(async () => {
  await store.close();
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
});

it('lists thousands page by page, only as many pages as are wanted', async () => {
  const keys = Array.from({ length: 2500 }, (_, number) => `events/${String(number).padStart(4, '0')}.jpg`);
  answers = ({ query }) => {
    const from = Number(query.get('continuation-token') ?? 0);
    const to = Math.min(from + 1000, keys.length);
    const contents = keys
      .slice(from, to)
      .map(
        (key) =>
          `<Contents><Key>site-1/${key}</Key><Size>3</Size><LastModified>2026-11-21T00:00:00.000Z</LastModified></Contents>`,
      );
    const more = to < keys.length ? `<NextContinuationToken>${to}</NextContinuationToken>` : '';
    return {
      body: `<ListBucketResult><IsTruncated>${to < keys.length}</IsTruncated>${more}${contents.join('')}</ListBucketResult>`,
    };
  };
  for await (const first of store.list('events')) {
    expect(first).toEqual({ key: keys[0], bytes: 3, changedAt: Date.UTC(2026, 10, 21) });
    break;
  }
  expect(asked).toHaveLength(1);
  expect(asked[0]?.query.get('prefix')).toBe('site-1/events/');
  const got: string[] = [];
  for await (const { key } of store.list('events')) got.push(key);
  expect(got).toEqual(keys);
  expect(asked).toHaveLength(4);
});

it('removes what killed uploads left, those begun before a time only', async () => {
  const uploads = (from: number) =>
    [from, from + 1].map(
      (day) =>
        `<Upload><Key>site-1/a/${day}.mp4</Key><UploadId>u${day}</UploadId><Initiated>2026-11-${day}T00:00:00.000Z</Initiated></Upload>`,
    );
  answers = ({ method, query }) => {
    if (method === 'DELETE') return { status: 204 };
    const isSecond = query.get('key-marker') === 'site-1/a/11.mp4' && query.get('upload-id-marker') === 'u11';
    const page = isSecond
      ? `<IsTruncated>false</IsTruncated>${uploads(12).join('')}`
      : `<IsTruncated>true</IsTruncated><NextKeyMarker>site-1/a/11.mp4</NextKeyMarker><NextUploadIdMarker>u11</NextUploadIdMarker>${uploads(10).join('')}`;
    return { body: `<ListMultipartUploadsResult>${page}</ListMultipartUploadsResult>` };
  };
  const before = Date.UTC(2026, 10, 13);
  expect(await store.removeUnfinished('a', before, AbortSignal.timeout(10_000))).toBe(3);
  expect(asked.filter(({ method }) => method === 'DELETE').map(({ query }) => query.get('uploadId'))).toEqual(
    [...['u10', 'u11', 'u12']],
  );
  expect(asked[0]?.query.get('prefix')).toBe('site-1/a/');
});

it('does not mind a server that lists no uploads', async () => {
  answers = () => ({ status: 501, body: '<Error><Code>NotImplemented</Code></Error>' });
  expect(await store.removeUnfinished('', Date.now(), AbortSignal.timeout(10_000))).toBe(0);
});

it('tries again what an overloaded server refuses', async () => {
  const busy: Answer = { status: 503, body: '<Error><Code>SlowDown</Code></Error>' };
  answers = () => (asked.length < 3 ? busy : { headers: { etag: `"${MD5_OF_X}"` } });
  expect(await store.put('a.bin', Buffer.from('x'))).toMatchObject({ bytes: 1 });
  answers = () => busy;
  await expect(store.put('a.bin', Buffer.from('x'))).rejects.toThrow(NotReadyError);
  await expect(store.put('a.bin', Buffer.from('x'))).rejects.toThrow(
    /^storage .* cannot be reached: .*SlowDown/,
  );
});

const MD5_OF_X = '9dd4e461268c8034f5c8564e155c67a6';

it.each([
  [507, 'XMinioStorageFull'],
  [403, 'QuotaExceeded'],
  [400, 'XMinioAdminBucketQuotaExceeded'],
])('knows a full storage by %d %s', async (status, code) => {
  answers = () => ({ status, body: `<Error><Code>${code}</Code></Error>` });
  await expect(store.put('a.bin', Buffer.from('x'))).rejects.toMatchObject({
    code: 'ENOSPC',
    message: expect.stringMatching(/^storage full: /) as string,
  });
});

it('does not believe a server that has other bytes than it was sent', async () => {
  answers = () => ({ headers: { etag: '"00000000000000000000000000000000"' } });
  await expect(store.put('a.bin', Buffer.from('x'))).rejects.toThrow(/other bytes than were sent/);
  // The tag of a sealed object is no MD5.
  answers = () => ({
    headers: { etag: '"00000000000000000000000000000000"', 'x-amz-server-side-encryption': 'aws:kms' },
  });
  await store.put('a.bin', Buffer.from('x'));
});

it('says what a file is, and whose it becomes', async () => {
  answers = () => ({ headers: { etag: `"${MD5_OF_X}"` } });
  await store.put('a/b.mp4', Buffer.from('x'));
  expect(asked[0]).toMatchObject({
    method: 'PUT',
    path: '/bucket/site-1/a/b.mp4',
    headers: {
      'content-type': 'video/mp4',
      'x-amz-acl': 'bucket-owner-full-control',
      'content-md5': Buffer.from(MD5_OF_X, 'hex').toString('base64'),
    },
  });
});

it('says so when something else than S3 answers', async () => {
  answers = () => ({ headers: { 'content-type': 'text/html' }, body: '<html><body>Log in</body>' });
  await expect(store.list('')[Symbol.asyncIterator]().next()).rejects.toThrow(/^storage .* answered/);
});
