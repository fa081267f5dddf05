import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { ReadStream } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportClip } from '../../jobs/export-clip/job.js';
import type { Needs } from '../../jobs/export-clip/source.js';
import { registry } from '../../jobs/registry.js';
import { startConsumer, type Consumer } from '../../queues/consumer.js';
import { createApi } from '../../src/api/app.js';
import { startApi, type RunningApi } from '../../src/api/server.js';
import type { ExportResult } from '../../src/ports/exports.js';
import type { Ports, Role } from '../../src/ports.js';
import { PUBLIC_URL, startTestApi, type TestApi } from '../support/api.js';
import { exportPorts } from '../support/export-world.js';
import { FIRST_AT, makeRecordings, type TestRecordings } from '../support/recordings.js';
import { silentLog } from '../support/test-queue.js';

jest.setTimeout(60_000);

let api: TestApi;
let folder: string;
let made: TestRecordings;
let ports: Pick<Ports, Needs>;
let running: RunningApi;
let consumer: Consumer;
let now = FIRST_AT + 86_400_000;

beforeAll(async () => {
  api = await startTestApi();
  folder = await mkdtemp(join(tmpdir(), 'camqueue-export-'));
  made = await makeRecordings(folder, [{ seconds: 4 }, { seconds: 2, startAt: FIRST_AT + 10_000 }]);
  ports = exportPorts(folder, made.database);
  const { cameras: _, ...own } = ports;
  const app = createApi({
    ...api.deps,
    ...{ recordings: made.index, gaps: ports.gaps, ports: { ...api.deps.ports, ...own }, now: () => now },
  });
  running = await startApi({ host: '127.0.0.1', port: 0, app });
  consumer = await startConsumer({
    ...{ entry: registry['export-clip'], ports, address: api.redis.address, prefix: api.metricsAt.prefix },
    ...{ producer: api.producer, log: silentLog, metrics: { jobEnded: () => undefined }, graceMs: 0 },
  });
});
afterAll(async () => {
  await consumer.close();
  await running.close();
  await api.stop();
  await made.close();
  await rm(folder, { recursive: true, force: true });
});

interface Asked {
  readonly as?: Role;
  readonly method?: string;
  readonly json?: unknown;
  readonly headers?: Record<string, string>;
}
const ask = (path: string, { as, method = 'GET', json, headers = {} }: Asked = {}): Promise<Response> =>
  fetch(`http://127.0.0.1:${running.port}${path}`, {
    method,
    redirect: 'manual',
    headers: {
      ...(as && { Authorization: `Bearer ${api.keys[as]}` }),
      ...(json !== undefined && { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(json !== undefined && { body: JSON.stringify(json) }),
  });
const second = (s: number): string => new Date(FIRST_AT + s * 1000).toISOString();
const body = (from: number, to: number, more: object = {}) => ({
  ...{ cameraId: 'gate-1', from: second(from), to: second(to) },
  ...more,
});
const post = (json: unknown, query = '') =>
  ask(`/api/v1/exports${query}`, { as: 'operator', method: 'POST', json });
const json = async <T>(answer: Response): Promise<T> => (await answer.json()) as T;

interface View {
  readonly id: string;
  readonly state: string;
  readonly reason?: string;
  readonly result?: { clip: string; sha256: string; bytes: number; poster: string; manifest: string };
}

async function madeOf(from: number, to: number, more: object = {}): Promise<View> {
  const answer = await post(body(from, to, more));
  const { id } = await json<View>(answer);
  await api.inspector.waitFor(exportClip.name, id, AbortSignal.timeout(50_000));
  return json<View>(await ask(`/api/v1/exports/${id}`, { as: 'viewer' }));
}

it.each<[string, object, number, string, RegExp]>([
  ['an unknown format', body(0, 2, { format: 'webm' }), 400, 'format', /^format: Invalid option/],
  ['an unknown field', body(0, 2, { watermarks: true }), 400, 'watermarks', /^watermarks: Unrecognized key/],
  ['no time', body(0, 2, { to: 'noon' }), 400, 'to', /^to: is no time; write ISO 8601 with a zone/],
  ['a time without a zone', body(0, 2, { to: '2026-03-03T17:00:02' }), 400, 'to', /^to: is no time/],
  ['a path for a camera', body(0, 2, { cameraId: '../x' }), 400, 'cameraId', /^cameraId: must be 1-64 of/],
  ['an unknown camera', body(0, 2, { cameraId: 'door' }), 404, 'cameraId', /^there is no camera "door"/],
  ['an end before the beginning', body(2, 1), 400, 'from', /must be before to/],
  ['more than a day', body(-90_000, 2), 400, 'to', /^to: 1 d 1 h are asked for/],
  ['the future', body(86_000, 86_400 + 60), 400, 'to', /is still to come/],
  ['what was not recorded', body(5, 9), 400, 'from', /has no recording from .* the first after it begins/],
  ['what is partly missing', body(2, 11), 400, 'from', /^from: not all of it was recorded: .*--partial/],
])('refuses %s at once', async (_what, sent, status, field, message) => {
  const answer = await post(sent);
  const { error } = await json<{ error: { field: string; message: string } }>(answer);
  expect([answer.status, error.field]).toEqual([status, field]);
  expect(error.message).toMatch(message);
});

it('says what it would be without beginning it', async () => {
  const answer = await post(body(2, 11, { partial: true }), '?dryRun=1');
  expect([answer.status, await answer.json()]).toEqual([
    200,
    expect.objectContaining({
      how: 'copy',
      bytes: expect.any(Number) as number,
      coveredMs: 3000,
      gaps: [{ from: second(4), to: second(10), cause: expect.any(String) as string }],
      space: { workFreeBytes: expect.any(Number) as number, storageFreeBytes: expect.any(Number) as number },
    }),
  ]);
  const all = await json<{ exports: unknown[] }>(await ask('/api/v1/exports', { as: 'viewer' }));
  expect(all.exports).toEqual([]);
});

describe('a clip', () => {
  let view: View;
  let bytes: Buffer;
  beforeAll(async () => {
    view = await madeOf(1, 3, { reason: 'a bag' });
    const row = await ports.exports.get(view.id);
    bytes = await readFile(ports.storage.localPath(row!.result!.key)!);
  });

  it('is done, has its files, and is the same when it is asked for again', async () => {
    expect(view).toMatchObject({ state: 'done', result: { bytes: bytes.length } });
    const again = await post(body(1, 3));
    expect([again.status, (await json<View>(again)).result]).toEqual([202, view.result]);
    const { poster, manifest } = view.result!;
    const picture = await ask(poster, { as: 'viewer' });
    expect(picture.headers.get('content-type')).toBe('image/jpeg');
    expect(Buffer.from(await picture.arrayBuffer()).subarray(0, 2)).toEqual(Buffer.from([0xff, 0xd8]));
    expect(await json(await ask(manifest, { as: 'viewer' }))).toMatchObject({
      requested: { by: 'key:o', reason: 'a bag' },
    });
    expect(
      (await api.deps.ports.audit.list({ subject: `export/${view.id}`, limit: 9 })).at(-1),
    ).toMatchObject({
      ...{ action: 'export.request', actor: 'key:o' },
    });
  });

  it('comes whole, with a name that says what it is; HEAD says the same', async () => {
    const whole = await ask(view.result!.clip, { as: 'viewer' });
    expect(
      createHash('sha256')
        .update(Buffer.from(await whole.arrayBuffer()))
        .digest('hex'),
    ).toBe(view.result!.sha256);
    const head = await ask(view.result!.clip, { as: 'viewer', method: 'HEAD' });
    for (const { status, headers } of [whole, head])
      expect([status, headers.get('content-length'), headers.get('content-type')]).toEqual([
        ...[200, String(bytes.length), 'video/mp4'],
      ]);
    expect(head.headers.get('content-disposition')).toBe(
      'attachment; filename=gate-1_2026-03-03_17-00-01_+0700.mp4',
    );
    expect((await head.arrayBuffer()).byteLength).toBe(0);
  });

  it.each<[string, number, (all: Buffer) => Buffer]>([
    ['bytes=0-', 206, (all) => all],
    ['bytes=0-0', 206, (all) => all.subarray(0, 1)],
    ['bytes=10-19', 206, (all) => all.subarray(10, 20)],
    ['bytes=-5', 206, (all) => all.subarray(-5)],
    ['bytes=10-99999999', 206, (all) => all.subarray(10)],
    ['bytes=0-4,5-9', 206, (all) => all.subarray(0, 10)],
    // Several that do not make one: all of it is a right answer.
    ['bytes=0-4,20-29', 200, (all) => all],
    ['lines=1-2', 200, (all) => all],
    ['nonsense', 200, (all) => all],
  ])('range %s', async (range, status, expected) => {
    const answer = await ask(view.result!.clip, { as: 'viewer', headers: { Range: range } });
    const got = Buffer.from(await answer.arrayBuffer());
    expect([answer.status, got.equals(expected(bytes))]).toEqual([status, true]);
    expect(answer.headers.get('content-length')).toBe(String(expected(bytes).length));
    expect(answer.headers.has('content-range')).toBe(status === 206);
  });

  it.each(['bytes=99999999-', 'bytes=5-2', 'bytes=-0'])('range %s is none', async (range) => {
    const answer = await ask(view.result!.clip, { as: 'viewer', headers: { Range: range } });
    expect([answer.status, answer.headers.get('content-range')]).toEqual([416, `bytes */${bytes.length}`]);
    expect((await json<{ error: { code: string } }>(answer)).error.code).toBe('no-such-range');
  });

  it('gives a part only of what it was', async () => {
    const etag = (await ask(view.result!.clip, { as: 'viewer', method: 'HEAD' })).headers.get('etag')!;
    const part = (condition: string) =>
      ask(view.result!.clip, { as: 'viewer', headers: { Range: 'bytes=0-3', 'If-Range': condition } });
    expect((await part(etag)).status).toBe(206);
    expect((await part('"other"')).status).toBe(200);
    expect((await part('Tue, 03 Mar 2026 10:00:00 GMT')).status).toBe(200);
    const known = await ask(view.result!.clip, { as: 'viewer', headers: { 'If-None-Match': etag } });
    expect(known.status).toBe(304);
  });

  it('is behind a link without a login, until the link ends', async () => {
    const link = await ask(`/api/v1/exports/${view.id}/link`, {
      ...{ as: 'operator', method: 'POST', json: { expiresInS: 60 } },
    });
    const { path, url, expiresAt } = await json<{ path: string; url: string; expiresAt: string }>(link);
    expect([link.status, url, Date.parse(expiresAt)]).toEqual([201, PUBLIC_URL + path, now + 60_000]);
    const got = await ask(path, { headers: { Range: 'bytes=-4' } });
    expect([got.status, Buffer.from(await got.arrayBuffer())]).toEqual([206, bytes.subarray(-4)]);
    expect(got.headers.get('referrer-policy')).toBe('no-referrer');
    const [entry] = await api.deps.ports.audit.list({ action: 'export.link', limit: 1 });
    expect(entry).toMatchObject({ actor: 'key:o', subject: `export/${view.id}`, detail: { file: 'clip' } });

    const [id = '', file = '', seconds = '', mark = ''] = path.slice('/d/'.length).split('.');
    const later = (parseInt(seconds, 36) + 3600).toString(36);
    for (const forged of [
      `/d/${id}.${file}.${later}.${mark}`,
      `/d/${id}.e.${seconds}.${mark}`,
      `/d/${id}x.${file}.${seconds}.${mark}`,
      `/d/${id}.${file}.${seconds}.${mark.slice(0, -1)}${mark.endsWith('A') ? 'B' : 'A'}`,
      `/d/${id}.${file}.${seconds}.${mark.slice(0, 16)}`,
      '/d/..%2f..%2fcamqueue.sqlite',
    ])
      expect((await ask(forged)).status).toBe(404);
    now += 60_000;
    const late = await ask(path);
    expect([late.status, (await json<{ error: { code: string } }>(late)).error.code]).toEqual([
      ...[410, 'link-expired'],
    ]);
  });

  it.each([{ expiresInS: 59 }, { expiresInS: 31 * 86_400 }, { file: 'manifest' }])(
    'no link for %j',
    async (sent) => {
      const answer = await ask(`/api/v1/exports/${view.id}/link`, {
        as: 'operator',
        method: 'POST',
        json: sent,
      });
      expect(answer.status).toBe(400);
    },
  );

  it('whoever goes away in the middle leaves nothing open', async () => {
    const open: ReadStream[] = [];
    const storage: Ports['storage'] = {
      ...ports.storage,
      read: async (key, options) => {
        const stream = await ports.storage.read(key, options);
        if (stream) open.push(stream as ReadStream);
        return stream;
      },
    };
    const row = (await ports.exports.get(view.id))!;
    // More than any buffer between holds.
    const big = { ...row.result!, key: 'big/clip.mp4', bytes: 64 * 1024 ** 2 } satisfies ExportResult;
    await ports.storage.put(big.key, Buffer.alloc(big.bytes));
    const app = createApi({
      ...api.deps,
      ports: {
        ...api.deps.ports,
        storage,
        exports: { ...ports.exports, get: async () => ({ ...row, result: big }) },
      },
    });
    const server = await startApi({ host: '127.0.0.1', port: 0, app });
    try {
      const request = httpRequest({
        ...{ host: '127.0.0.1', port: server.port, path: view.result!.clip },
        headers: { Authorization: `Bearer ${api.keys.viewer}` },
      });
      request.end();
      const [response] = (await once(request, 'response')) as [NodeJS.ReadableStream & { destroy(): void }];
      await once(response, 'readable');
      // Nobody reads on: what is read ahead is what the buffers between hold, and then no more.
      for (
        let seen = -1;
        seen !== open[0]!.bytesRead;
        await new Promise((resolve) => setTimeout(resolve, 50))
      )
        seen = open[0]!.bytesRead;
      expect(open[0]!.bytesRead).toBeLessThan(big.bytes / 4);
      expect(open[0]!.destroyed).toBe(false);
      response.destroy();
      while (!open[0]!.destroyed) await new Promise((resolve) => setTimeout(resolve, 5));
    } finally {
      await server.close();
      await ports.storage.remove(big.key);
    }
  });

  it('is removed, and then is gone: 410, also behind its links', async () => {
    const link = await json<{ path: string }>(
      await ask(`/api/v1/exports/${view.id}/link`, { as: 'operator', method: 'POST', json: {} }),
    );
    expect((await ask(`/api/v1/exports/${view.id}`, { as: 'operator', method: 'DELETE' })).status).toBe(204);
    for (const path of [view.result!.clip, view.result!.poster, link.path])
      expect((await ask(path, { as: 'viewer' })).status).toBe(410);
    expect((await ask(`/api/v1/exports/${view.id}`, { as: 'operator', method: 'DELETE' })).status).toBe(409);
    // Made anew it is another: the old link stays dead.
    now += 1000;
    await madeOf(1, 3);
    expect((await ask(link.path)).status).toBe(404);
    expect((await ask(view.result!.clip, { as: 'viewer' })).status).toBe(200);
  });
});

it.each(['..', '%2e%2e%2fx', 'a%2fb', 'gate-1%00', "x'--"])('there is no export "%s"', async (id) => {
  const answer = await ask(`/api/v1/exports/${id}/clip`, { as: 'viewer' });
  expect([400, 404]).toContain(answer.status);
});

it('one whose job got lost is said to have failed, and begins anew when it is asked for again', async () => {
  const id = `gate-1-${FIRST_AT}-${FIRST_AT + 1000}-mp4`;
  const request = { cameraId: 'gate-1', from: FIRST_AT, to: FIRST_AT + 1000, format: 'mp4' as const };
  const wish = { ...request, watermark: false, overlay: false, blurFaces: false, evidence: false };
  await ports.exports.request({
    ...{ id, request: { ...wish, gaps: 'skip', partial: false }, requestedAt: now, requestedBy: 'key:o' },
  });
  const look = async () => json<View>(await ask(`/api/v1/exports/${id}`, { as: 'viewer' }));
  expect((await look()).state).toBe('waiting');
  now += 31_000;
  expect(await look()).toMatchObject({
    state: 'failed',
    reason: expect.stringContaining('job is gone') as string,
  });
  expect(await madeOf(0, 1)).toMatchObject({ state: 'done' });
});

it('one that waits is cancelled', async () => {
  await api.queues.queue(exportClip.name).pause();
  try {
    const { id } = await json<View>(await post(body(0, 2)));
    expect((await ask(`/api/v1/exports/${id}/clip`, { as: 'viewer' })).status).toBe(409);
    expect((await ask(`/api/v1/exports/${id}`, { as: 'operator', method: 'DELETE' })).status).toBe(204);
    expect(await json(await ask(`/api/v1/exports/${id}`, { as: 'viewer' }))).toMatchObject({
      ...{ state: 'cancelled', reason: 'cancelled by key:o' },
    });
    expect(await api.inspector.job(exportClip.name, id)).toBeUndefined();
  } finally {
    await api.queues.queue(exportClip.name).resume();
  }
});

it('evidence is removed by admins only, and is behind a link as a ZIP', async () => {
  const view = await madeOf(2, 3, { evidence: true });
  expect(view.state).toBe('done');
  const link = await json<{ path: string }>(
    await ask(`/api/v1/exports/${view.id}/link`, {
      as: 'operator',
      method: 'POST',
      json: { file: 'evidence' },
    }),
  );
  const zip = await ask(link.path, { headers: { Range: 'bytes=0-1' } });
  expect([zip.headers.get('content-type'), await zip.text()]).toEqual(['application/zip', 'PK']);
  expect(zip.headers.get('content-disposition')).toContain('_evidence.zip');
  expect((await ask(`/api/v1/exports/${view.id}`, { as: 'operator', method: 'DELETE' })).status).toBe(403);
  expect((await ask(`/api/v1/exports/${view.id}`, { as: 'admin', method: 'DELETE' })).status).toBe(204);
});

it('the list goes on where a page ended', async () => {
  const page = async (query: string) =>
    json<{ exports: View[]; next?: string }>(await ask(`/api/v1/exports?${query}`, { as: 'viewer' }));
  const all = (await page('camera=gate-1')).exports.map(({ id }) => id);
  const first = await page('limit=2');
  const rest = await page(`limit=100&after=${first.next ?? ''}`);
  expect([...first.exports, ...rest.exports].map(({ id }) => id)).toEqual(all);
  expect((await ask('/api/v1/exports?after=x', { as: 'viewer' })).status).toBe(400);
});

it('an incident has the clip of what it is about', async () => {
  const alert = { id: 'a-1', cameraId: 'gate-1', kind: 'intrusion', severity: 'warning' as const };
  const rules = {
    ...{ cooldownMs: 1000, maxIncidentMs: 3_600_000, expireMs: 86_400_000 },
    ...{ storm: { incidents: 0, withinMs: 1000 }, flapping: { incidents: 0, withinMs: 1000 } },
  };
  const { incident } = await api.deps.ports.incidents.accept(
    { ...alert, at: FIRST_AT + 2000, summary: 'x' },
    rules,
    { policy: 'none', steps: [] },
    now,
  );
  const answer = await ask(`/api/v1/incidents/${incident.number}/clip`, { as: 'operator', method: 'POST' });
  const view = await json<View & { request: object; incident: number }>(answer);
  expect([answer.status, view]).toMatchObject([
    202,
    {
      ...{ incident: incident.number },
      request: { from: second(-8), to: second(12), partial: true, reason: `incident #${incident.number}` },
    },
  ]);
  await api.inspector.waitFor(exportClip.name, view.id, AbortSignal.timeout(50_000));
  const details = await json<{ exports: View[] }>(
    await ask(`/api/v1/incidents/${incident.number}`, { as: 'viewer' }),
  );
  expect(details.exports).toMatchObject([{ id: view.id, state: 'done' }]);
});
