import { readdir, readFile, readlink, rm } from 'node:fs/promises';
import { get } from 'node:http';
import { mkdtemp, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Segment } from '../../src/ports.js';
import { startTestApi, type TestApi } from '../support/api.js';
import { addRecording, makeFootage } from '../support/recorded.js';
import { makeNumbered } from '../support/recordings.js';

const T0 = Date.UTC(2026, 2, 3, 10, 0, 0);
const MINUTE = 60_000;

let api: TestApi;
let folder: string;
let short: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'camqueue-recordings-'));
  short = join(folder, 'short.mp4');
  await Promise.all([makeNumbered(short, 1, { seconds: 2 }), (async () => (api = await startTestApi()))()]);
});
afterAll(async () => {
  await api?.stop();
  await rm(folder, { recursive: true, force: true });
});

let cameras = 0;
/** Each test has a camera of its own: recordings of cameras that are gone can be had as well. */
const nextCamera = (): string => `cam-${(cameras += 1)}`;
const iso = (at: number): string => new Date(at).toISOString();
const add = (given: Partial<Segment> & { startAt: number }, footage = short) =>
  addRecording(api, footage, { endAt: given.startAt + 2000, ...given });
const video = (id: string, headers: Record<string, string> = {}): Promise<Response> =>
  api.fetch(`/api/v1/recordings/${id}/video`, { as: 'viewer', headers });
const bytesOf = async (answer: Response): Promise<Buffer> => Buffer.from(await answer.arrayBuffer());
const codeOf = async (answer: Response): Promise<[number, string, string]> => {
  const { error } = (await answer.json()) as { error: { code: string; message: string } };
  return [answer.status, error.code, error.message];
};
interface Listed {
  recordings: { id: string; from: string; video?: string; away?: string }[];
  next?: string;
}
const list = async (cameraId: string, query: Record<string, string> = {}): Promise<Listed> => {
  const span = { from: iso(T0), to: iso(T0 + 60 * MINUTE), ...query };
  const answer = await api.fetch(
    `/api/v1/cameras/${cameraId}/recordings?${new URLSearchParams(span).toString()}`,
    {
      as: 'viewer',
    },
  );
  if (answer.status !== 200) throw new Error(await answer.text());
  return (await answer.json()) as Listed;
};

describe('the list', () => {
  it('says where each recording is, how it is kept and whether it can be played here', async () => {
    const cameraId = nextCamera();
    const { segment, bytes } = await add({ cameraId, startAt: T0 });
    await add({ cameraId, startAt: T0 + MINUTE, node: 'beta' });
    await add({ cameraId, startAt: T0 + 2 * MINUTE });
    await api.deps.ports.recordings.moved(`${cameraId}-${T0 + 2 * MINUTE}`, {
      ...{ key: 'recordings/x.mp4', bytes: 99, sha256: 'f'.repeat(64), codec: 'hvc1.1', movedAt: T0 },
    });
    const damaged = await add({ cameraId, startAt: T0 + 3 * MINUTE });
    await api.deps.ports.recordings.damaged(damaged.segment.id, T0 + 4 * MINUTE);
    const { ports } = api.deps;
    await ports.holds.add({
      ...{ id: cameraId, cameraId, from: T0, to: T0 + 1, reason: 'theft', by: 'person:lan', createdAt: T0 },
    });
    const { recordings } = await list(cameraId);
    expect(recordings).toEqual([
      {
        ...{ id: segment.id, from: iso(T0), to: iso(T0 + 2000), bytes: bytes.length, codec: segment.codec },
        ...{ width: 320, height: 240, why: 'always', state: 'closed', tier: 'hot', machine: 'this-node' },
        ...{ sha256: segment.sha256, protected: true, video: `/api/v1/recordings/${segment.id}/video` },
      },
      expect.objectContaining({
        machine: 'beta',
        away: expect.stringMatching(/on the machine beta/) as string,
      }),
      expect.objectContaining({
        tier: 'cold',
        bytes: 99,
        codec: 'hvc1.1',
        video: expect.any(String) as string,
      }),
      expect.objectContaining({
        damaged: iso(T0 + 4 * MINUTE),
        away: expect.stringMatching(/damaged/) as string,
      }),
    ]);
    expect(recordings.map(({ video: href }) => href !== undefined)).toEqual([true, false, true, false]);
  });

  it('comes page by page, each recording once', async () => {
    const cameraId = nextCamera();
    // Each lasts into the next: overlaps are no reason to lose or to repeat one.
    const starts = [0, 1, 1.5, 2, 3, 4, 5].map((minute) => T0 + minute * MINUTE);
    for (const startAt of starts) await add({ cameraId, startAt, endAt: startAt + 2 * MINUTE, node: 'beta' });
    const seen: string[] = [];
    let after: string | undefined;
    for (let pages = 0; pages < 10; pages++) {
      const page = await list(cameraId, { limit: '3', ...(after !== undefined && { after }) });
      seen.push(...page.recordings.map(({ from }) => from));
      after = page.next;
      if (after === undefined) break;
    }
    expect(seen).toEqual(starts.map(iso));
  });

  it('has those that only touch the stretch, and no others', async () => {
    const cameraId = nextCamera();
    for (const minute of [0, 1, 2, 3])
      await add({ cameraId, startAt: T0 + minute * MINUTE, endAt: T0 + (minute + 1) * MINUTE, node: 'b' });
    const { recordings } = await list(cameraId, { from: iso(T0 + 1.5 * MINUTE), to: iso(T0 + 2.5 * MINUTE) });
    expect(recordings.map(({ from }) => from)).toEqual([iso(T0 + MINUTE), iso(T0 + 2 * MINUTE)]);
  });

  it.each([
    ['a stretch that is none', 'gate-1', 'from=2026-03-03T11:00:00Z&to=2026-03-03T10:00:00Z', 400, 'invalid'],
    ['a time that is none', 'gate-1', 'from=yesterday', 400, 'invalid'],
    ['a page that is none', 'gate-1', 'after=../../etc', 400, 'invalid'],
    ['a camera that never was', 'nobody', '', 404, 'no-such-camera'],
    ['a name that is none', '..%2F..%2Fetc', '', 400, 'invalid'],
  ])('%s is a clear answer', async (_what, cameraId, query, status, code) => {
    const answer = await api.fetch(`/api/v1/cameras/${cameraId}/recordings?${query}`, { as: 'viewer' });
    expect((await codeOf(answer)).slice(0, 2)).toEqual([status, code]);
  });

  it('is empty where nothing was recorded', async () => {
    expect(await list('gate-1')).toEqual({ camera: 'gate-1', recordings: [] });
  });
});

describe('a recording', () => {
  it('is sent as it is, whole or in ranges', async () => {
    const { segment, bytes } = await add({ cameraId: nextCamera(), startAt: T0 });
    const whole = await video(segment.id);
    expect([whole.status, whole.headers.get('content-type'), whole.headers.get('accept-ranges')]).toEqual([
      ...[200, 'video/mp4', 'bytes'],
    ]);
    expect((await bytesOf(whole)).equals(bytes)).toBe(true);
    const part = await video(segment.id, { Range: 'bytes=100-199' });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 100-199/${bytes.length}`]);
    expect((await bytesOf(part)).equals(bytes.subarray(100, 200))).toBe(true);
    const end = await video(segment.id, { Range: 'bytes=-50' });
    expect((await bytesOf(end)).equals(bytes.subarray(-50))).toBe(true);
    const etag = whole.headers.get('etag') ?? '';
    expect((await video(segment.id, { 'If-None-Match': etag })).status).toBe(304);
    expect((await codeOf(await video(segment.id, { Range: 'bytes=99999999-' }))).slice(0, 2)).toEqual([
      ...[416, 'no-such-range'],
    ]);
  });

  it('that is being written ends where the index says that it is whole', async () => {
    const { segment, bytes } = await add({ cameraId: nextCamera(), startAt: T0, state: 'open' });
    await api.deps.ports.recordings.grow(segment.id, T0 + 1000, 1234);
    // The writer is further, in the middle of a fragment.
    const file = await open(api.deps.ports.recordingFiles.localPath(segment.path), 'a');
    await file.write(Buffer.alloc(500, 7));
    await file.close();
    const answer = await video(segment.id);
    expect([answer.status, answer.headers.get('etag')]).toEqual([200, null]);
    expect((await bytesOf(answer)).equals(bytes.subarray(0, 1234))).toBe(true);
  });

  it('in cold storage comes from there, in ranges too', async () => {
    const { segment } = await add({ cameraId: nextCamera(), startAt: T0 });
    const copy = Buffer.from('encoded anew, smaller');
    const { sha256 } = await api.deps.ports.cold.store.put('recordings/small.mp4', copy);
    await api.deps.ports.recordings.moved(segment.id, {
      ...{ key: 'recordings/small.mp4', bytes: copy.length, sha256, codec: 'hvc1.1', movedAt: T0 },
    });
    await rm(api.deps.ports.recordingFiles.localPath(segment.path));
    expect((await bytesOf(await video(segment.id))).equals(copy)).toBe(true);
    const part = await video(segment.id, { Range: 'bytes=0-6' });
    expect((await bytesOf(part)).toString()).toBe('encoded');
  });

  it.each<[string, (cameraId: string) => Promise<string>, number, string, RegExp]>([
    ['that never was', async () => 'gate-1-1', 404, 'no-such-recording', /no such recording/],
    ['whose name leads elsewhere', async () => '..%2F..%2Fetc%2Fpasswd', 404, 'no-such-recording', /no such/],
    [
      ...([
        'on another machine',
        async (cameraId: string) => (await add({ cameraId, startAt: T0, node: 'beta' })).segment.id,
      ] as const),
      ...([409, 'elsewhere', /on the machine beta, this is this-node; open it there, or export it/] as const),
    ],
    [
      'that is damaged',
      async (cameraId) => {
        const { segment } = await add({ cameraId, startAt: T0 });
        await api.deps.ports.recordings.damaged(segment.id, T0);
        return segment.id;
      },
      ...([409, 'damaged', /not what was recorded/] as const),
    ],
    [
      'whose file is gone',
      async (cameraId) => {
        const { segment } = await add({ cameraId, startAt: T0 });
        await rm(api.deps.ports.recordingFiles.localPath(segment.path));
        return segment.id;
      },
      ...([410, 'gone', /the file of this recording is not there any more/] as const),
    ],
    [
      'with a path in the database that leads out of the folder',
      async (cameraId) => {
        const { segment } = await add({ cameraId, startAt: T0 });
        const outside = { ...segment, id: `${cameraId}-2`, startAt: T0 + 1, path: '../../../etc/passwd' };
        await api.deps.ports.recordings.open(outside);
        return outside.id;
      },
      ...([500, 'internal', /it is in the log/] as const),
    ],
  ])('%s is a clear answer', async (_what, make, status, code, message) => {
    const answer = await codeOf(await video(await make(nextCamera())));
    expect(answer).toEqual([status, code, expect.stringMatching(message)]);
  });

  it('is for those who may look, and for nobody else', async () => {
    const { segment } = await add({ cameraId: nextCamera(), startAt: T0 });
    expect((await api.fetch(`/api/v1/recordings/${segment.id}/video`)).status).toBe(401);
  });

  it('ends the answer where its file is shorter than it was', async () => {
    const { segment } = await add({ cameraId: nextCamera(), startAt: T0, bytes: 10_000_000 });
    await expect(video(segment.id).then(bytesOf)).rejects.toThrow();
    expect(await openFiles(segment)).toBe(0);
  });
});

/** How often this process has the file open. */
async function openFiles({ path }: Pick<Segment, 'path'>): Promise<number> {
  const file = api.deps.ports.recordingFiles.localPath(path);
  const links = await Promise.all(
    (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
  );
  return links.filter((link) => link === file).length;
}

describe('readers that are slow or go', () => {
  it('take no more memory than a few pieces, and leave nothing open', async () => {
    const long = join(folder, 'long.mp4');
    await makeFootage(long, { seconds: 2 });
    const { segment } = await add({ cameraId: nextCamera(), startAt: T0, bytes: 64e6 }, long);
    const path = api.deps.ports.recordingFiles.localPath(segment.path);
    const file = await open(path, 'r+');
    await file.truncate(64e6);
    await file.close();
    const headers = { Authorization: `Bearer ${api.keys.viewer}` };
    global.gc?.();
    const before = process.memoryUsage().arrayBuffers;
    const slow = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const request = get(`${api.url}/api/v1/recordings/${segment.id}/video`, { headers, agent: false });
        // Nobody reads what comes.
        const answer = await new Promise<NodeJS.ReadableStream>((resolve, reject) =>
          request.on('response', resolve).on('error', reject),
        );
        return { request, answer };
      }),
    );
    while ((await openFiles(segment)) < 8) await delay(10);
    await delay(300);
    // 8 readers of 64 MB: what is held are socket buffers and pieces of 64 KiB.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(24e6);
    for (const { request } of slow) request.on('error', () => undefined).destroy();
    while ((await openFiles(segment)) > 0) await delay(10);
    expect((await readFile(path)).length).toBe(64e6);
  });
});

describe('room', () => {
  it('is told by camera, on disk and in cold storage, with the oldest kept', async () => {
    const cameraId = nextCamera();
    await add({ cameraId, startAt: T0, bytes: 1000 });
    await add({ cameraId, startAt: T0 + MINUTE, bytes: 500 });
    await api.deps.ports.recordings.moved(`${cameraId}-${T0}`, {
      ...{ key: 'recordings/y.mp4', bytes: 99, sha256: 'f'.repeat(64), codec: 'hvc1.1', movedAt: T0 },
    });
    const answer = await api.fetch('/api/v1/recordings/usage', { as: 'viewer' });
    const usage = (await answer.json()) as { cameras: { camera: string }[] };
    expect(usage.cameras.find(({ camera }) => camera === cameraId)).toEqual({
      ...{ camera: cameraId, oldest: iso(T0) },
      ...{ hot: { count: 1, bytes: 500 }, cold: { count: 1, bytes: 1000 } },
    });
    expect(usage).toEqual(
      expect.objectContaining({
        machine: 'this-node',
        disk: { freeBytes: expect.any(Number) as number, totalBytes: expect.any(Number) as number },
        coldStorage: { isThere: true },
      }),
    );
  });
});
