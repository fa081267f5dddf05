import sharp from 'sharp';
import { startTestApi, type TestApi } from '../support/api.js';

let api: TestApi;
let jpeg: Buffer;
beforeAll(async () => {
  api = await startTestApi();
  jpeg = await plain('jpeg');
});
afterAll(() => api.stop());

async function plain(format: 'jpeg' | 'png' | 'webp' | 'gif', width = 64): Promise<Buffer> {
  return sharp({ create: { width, height: 48, channels: 3, background: '#369' } })
    .toFormat(format)
    .toBuffer();
}
const send = (body: Buffer, type: string, as: 'operator' | 'viewer' = 'operator'): Promise<Response> =>
  fetch(`${api.url}/api/v1/pictures`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${api.keys[as]}`, 'Content-Type': type },
    body: new Uint8Array(body),
  });
const errorOf = async (answer: Response): Promise<string> =>
  ((await answer.json()) as { error: { message: string } }).error.message;

it.each(['jpeg', 'png', 'webp'] as const)('takes a %s and gives its key', async (format) => {
  const bytes = await plain(format);
  const answer = await send(bytes, `image/${format}`);
  expect(answer.status).toBe(201);
  const { key, ...about } = (await answer.json()) as { key: string };
  expect(about).toEqual({ format, width: 64, height: 48, bytes: bytes.length });
  expect(key).toMatch(/^uploads\/\d{4}-\d{2}-\d{2}\/[0-9a-f]{32}$/);
  expect((await api.deps.ports.snapshots.get(key))?.equals(bytes)).toBe(true);
  const [entry] = await api.deps.ports.audit.list({ subject: key, limit: 1 });
  expect(entry).toMatchObject({ action: 'picture.upload', actor: 'key:o' });
});

it('the same picture has the same key, and its job is one job', async () => {
  const keys = await Promise.all([send(jpeg, 'image/jpeg'), send(jpeg, 'image/jpeg')]);
  const [first, second] = (await Promise.all(keys.map((answer) => answer.json()))) as { key: string }[];
  expect(second).toEqual(first);
  const enqueue = () =>
    api.fetch('/api/v1/jobs/license-plate', {
      as: 'operator',
      method: 'POST',
      json: { picture: first!.key },
    });
  const jobs = [await enqueue(), await enqueue()];
  expect(jobs.map(({ status }) => status)).toEqual([202, 202]);
  const [one, other] = (await Promise.all(jobs.map((job) => job.json()))) as {
    id: string;
    created: boolean;
  }[];
  expect([one!.created, other!.created, other!.id]).toEqual([true, false, one!.id]);
});

it.each<[what: string, body: () => Buffer | Promise<Buffer>, type: string, status: number, message: RegExp]>([
  ['nothing', () => Buffer.alloc(0), 'image/jpeg', 400, /empty/],
  ['what is no picture', () => Buffer.from('hello, I am a picture'), 'image/jpeg', 400, /not a picture/],
  ['a GIF under another name', () => plain('gif'), 'image/png', 415, /format gif/],
  ['JSON', () => Buffer.from('{}'), 'application/json', 415, /Content-Type image\/jpeg/],
  ['a picture that is too wide', () => plain('png', 17_000), 'image/png', 400, /16384/],
  ['too many bytes', () => Buffer.concat([jpeg, Buffer.alloc(20 * 1024 ** 2)]), 'image/jpeg', 413, /larger/],
])('refuses %s', async (_what, body, type, status, message) => {
  const answer = await send(await body(), type);
  expect(answer.status).toBe(status);
  expect(await errorOf(answer)).toMatch(message);
});

it('a viewer hands nothing in', async () => {
  expect((await send(jpeg, 'image/jpeg', 'viewer')).status).toBe(403);
});

it.each([
  ['a look, which is the system’s', { kind: 'look', cameraId: 'gate-1', trackId: 1, bornAt: 1, at: 1 }],
  [
    'a finish',
    { kind: 'finish', cameraId: 'gate-1', trackId: 1, bornAt: 1, at: 1, why: 'gone', looks: 0, until: 1 },
  ],
  ['a path elsewhere', { picture: 'uploads/../../etc/passwd' }],
  ['a picture of somebody else', { picture: 'events/gate-1/2026-11-21/x.jpg' }],
  ['nothing', {}],
])('the license-plate queue refuses %s', async (_what, json) => {
  const answer = await api.fetch('/api/v1/jobs/license-plate', { as: 'operator', method: 'POST', json });
  expect(answer.status).toBe(400);
  expect(await errorOf(answer)).toMatch(/^payload.*: must be .*POST \/api\/v1\/pictures/);
});

it('takes the newest picture of a camera by its id', async () => {
  const json = { camera: 'gate-1' };
  const answer = await api.fetch('/api/v1/jobs/license-plate', { as: 'operator', method: 'POST', json });
  expect(answer.status).toBe(202);
});

it('is in the documentation', async () => {
  const { paths } = (await (await api.fetch('/api/v1/openapi.json', { as: 'viewer' })).json()) as {
    paths: Record<string, { post: { requestBody: { content: object } } }>;
  };
  expect(Object.keys(paths['/api/v1/pictures']!.post.requestBody.content)).toEqual([
    'image/jpeg',
    'image/png',
    'image/webp',
  ]);
  const job = JSON.stringify(paths['/api/v1/jobs/license-plate']!.post.requestBody);
  expect(job).toContain('uploads');
  expect(job).not.toContain('bornAt');
});
