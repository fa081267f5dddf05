import { writeFile } from 'node:fs/promises';
import sharp from 'sharp';
import { createSourceRule } from '../../src/api/allowed-source.js';
import type { Role } from '../../src/ports.js';
import { startTestApi, type TestApi } from '../support/api.js';
import { type RtspServer, startRtsp } from '../support/rtsp.js';

const CAMERA = { id: 'lane-1', source: 'rtsp://viewer:n3w-pw@10.0.2.1/main', fps: 4 };
let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ cameraHosts: ['10.0.0.0/8', '127.0.0.1', 'cam.example.org'] });
});
afterAll(() => api.stop());

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly body: Record<string, unknown> & { error?: { code: string; message: string; field?: string } };
}
async function send(method: string, path: string, json?: unknown, as: Role = 'admin'): Promise<Answer> {
  const answer = await api.fetch(`/api/v1/cameras${path}`, {
    method,
    as,
    ...(json !== undefined && { json }),
  });
  const text = await answer.text();
  return { status: answer.status, text, body: (text === '' ? {} : JSON.parse(text)) as Answer['body'] };
}
const trail = async (subject: string) =>
  (await api.deps.ports.audit.list({ subject, limit: 50 })).map(({ actor, action, detail }) => ({
    actor,
    action,
    detail,
  }));

describe('a camera added by API', () => {
  it('is there at once, with where it is from, and never shows its password', async () => {
    const added = await send('POST', '', CAMERA);
    expect(added).toMatchObject({
      status: 201,
      body: { id: 'lane-1', origin: 'api', enabled: true, source: 'rtsp://***@10.0.2.1/main' },
    });
    const one = await send('GET', '/lane-1', undefined, 'viewer');
    expect(one.body['settings']).toEqual({ ...CAMERA, source: 'rtsp://***@10.0.2.1/main' });
    const { cameras } = (await send('GET', '', undefined, 'viewer')).body as { cameras: object[] };
    expect(cameras).toMatchObject([
      { id: 'gate-1', origin: 'file' },
      { id: 'yard', origin: 'file' },
      { id: 'lane-1', origin: 'api' },
    ]);
    for (const { text } of [added, one]) expect(text).not.toContain('n3w-pw');
    expect(api.deps.ports.cameras.get('lane-1')).toMatchObject({ source: CAMERA.source, fps: 4 });
    expect(await send('POST', '', CAMERA)).toMatchObject({
      status: 409,
      body: { error: { code: 'camera-exists' } },
    });
  });

  it('is changed; a source sent as it is shown keeps its password', async () => {
    const { settings } = (await send('GET', '/lane-1')).body as { settings: object };
    const changed = await send('PUT', '/lane-1', { ...settings, name: 'Lane', fps: 6 });
    expect(changed).toMatchObject({ status: 200, body: { name: 'Lane' } });
    expect(api.deps.ports.cameras.get('lane-1')).toMatchObject({ source: CAMERA.source, fps: 6 });
  });

  it.each([
    ['hidden credentials of another host', { source: 'rtsp://***@10.6.6.6/main' }, 'hidden-source'],
    ['another id', { ...CAMERA, id: 'lane-2' }, 'invalid'],
  ])('is not changed by %s', async (_, given, code) => {
    expect(await send('PUT', '/lane-1', given)).toMatchObject({ status: 422, body: { error: { code } } });
    expect(api.deps.ports.cameras.get('lane-1').source).toBe(CAMERA.source);
  });

  it('is switched off and on by an operator, and stays off when it is changed', async () => {
    const off = await send('POST', '/lane-1/disable', undefined, 'operator');
    expect(off).toMatchObject({
      status: 200,
      body: { enabled: false, status: 'disabled', reason: 'switched off by key:o' },
    });
    await send('PUT', '/lane-1', { source: CAMERA.source });
    expect(api.deps.ports.cameras.get('lane-1')).toMatchObject({ enabled: false, fps: 5 });
    expect(await send('POST', '/lane-1/enable', undefined, 'operator')).toMatchObject({
      status: 200,
      body: { enabled: true },
    });
    await send('PUT', '/lane-1', { source: CAMERA.source, enabled: false });
    expect(api.deps.ports.cameras.get('lane-1').enabled).toBe(false);
  });

  it('is removed, and everything is in the audit trail without a secret', async () => {
    expect((await send('DELETE', '/lane-1')).status).toBe(204);
    for (const [method, path] of [
      ['GET', '/lane-1'],
      ['DELETE', '/lane-1'],
      ['POST', '/lane-1/enable'],
      ['POST', '/lane-1/test'],
    ] as const)
      expect((await send(method, path)).status).toBe(404);
    expect((await send('PUT', '/lane-1', CAMERA)).status).toBe(404);
    const entries = await trail('camera/lane-1');
    expect(entries.map(({ action }) => action).reverse()).toEqual([
      ...['camera.add', 'camera.change', 'camera.disable', 'camera.change', 'camera.enable'],
      ...['camera.change', 'camera.remove'],
    ]);
    expect(entries.at(-1)).toEqual({
      actor: 'key:a',
      action: 'camera.add',
      detail: { fields: ['fps', 'id', 'source'] },
    });
    expect(JSON.stringify(entries)).not.toContain('n3w-pw');
  });
});

describe('a camera of the file', () => {
  it('cannot be changed or removed here, and no other can take its id', async () => {
    for (const answer of [await send('PUT', '/gate-1', CAMERA), await send('DELETE', '/gate-1')]) {
      expect(answer).toMatchObject({ status: 409, body: { error: { code: 'in-camera-file' } } });
      expect(answer.body.error?.message).toBe(
        'camera gate-1 is in the camera file cameras.yaml; change it there',
      );
    }
    expect((await send('POST', '', { ...CAMERA, id: 'gate-1' })).status).toBe(409);
  });

  it('can be switched off and on, but not on against the file', async () => {
    expect((await send('POST', '/gate-1/disable', undefined, 'operator')).body).toMatchObject({
      enabled: false,
      reason: 'switched off by key:o',
    });
    expect((await send('POST', '/gate-1/enable', undefined, 'operator')).body).toMatchObject({
      enabled: true,
    });
    const refused = await send('POST', '/yard/enable', undefined, 'operator');
    expect(refused).toMatchObject({ status: 409, body: { error: { code: 'off-in-file' } } });
    expect(refused.body.error?.message).toMatch(
      /switched off in the camera file cameras.yaml .*change it there/,
    );
  });
});

describe('what is wrong is said field by field', () => {
  it.each([
    ['two mistakes', { id: 'x', fps: 0 }, 422, /camera x: source is missing[^]*camera x: fps is 0/],
    ['an unknown field', { ...CAMERA, fsp: 1 }, 422, /camera lane-1: unknown field "fsp"/],
    ['a reserved id', { ...CAMERA, id: 'system' }, 422, /id is "system": is reserved/],
    ['a list', [CAMERA], 400, /the body/],
    ['another’s secret', { id: 'x', source: 'rtsp://10.0.0.1/${SMTP_URL}' }, 422, /refers to SMTP_URL/],
    ['a hidden source', { id: 'x', source: 'rtsp://***@10.0.0.1/' }, 422, /holds "\*\*\*"/],
    ['a file', { id: 'x', source: '/etc/passwd' }, 422, /source is no stream/],
    ['a device', { id: 'x', source: '0' }, 422, /source is no stream/],
    ['a host outside', { id: 'x', source: 'http://169.254.169.254/latest' }, 422, /CAMERA_HOSTS/],
    ['a sub-stream outside', { ...CAMERA, detectSource: 'rtsp://8.8.8.8/' }, 422, /^detectSource names/],
  ])('%s', async (_, given, status, message) => {
    for (const path of ['', '/test']) {
      if (path === '/test' && /list|reserved/.test(_)) continue;
      const answer = await send('POST', path, given);
      expect(answer.status).toBe(path === '/test' && !('source' in given) ? 400 : status);
      if (answer.status === status) expect(answer.body.error?.message).toMatch(message);
      expect(answer.text).not.toContain('n3w-pw');
    }
    expect(api.deps.ports.cameras.all().map(({ id }) => id)).toEqual(['gate-1', 'yard']);
  });

  it('a body that is too large, or no JSON', async () => {
    expect((await send('POST', '', { ...CAMERA, name: 'x'.repeat(300_000) })).status).toBe(413);
    expect((await api.fetch('/api/v1/cameras', { method: 'POST', as: 'admin', body: 'x' })).status).toBe(415);
  });
});

it('a wrong camera file shows in the list until it is right', async () => {
  const problem = async () => (await send('GET', '')).body['problem'];
  expect(await problem()).toBeUndefined();
  await api.deps.cameraStore.put({
    id: 'yard',
    given: CAMERA,
    enabled: true,
    changedAt: 1,
    changedBy: 'key:a',
  });
  await api.deps.catalogue.refresh();
  expect(await problem()).toBe(
    'camera yard is in cameras.yaml and in the database; the one in cameras.yaml counts',
  );
  expect(await send('POST', '/yard/disable')).toMatchObject({
    status: 409,
    body: { error: { code: 'in-both' } },
  });
  // Removing takes away the one of the database; the file's stays.
  expect((await send('DELETE', '/yard')).status).toBe(204);
  expect(await problem()).toBeUndefined();
  expect(api.deps.ports.cameras.get('yard').source).toContain('10.0.0.6');
});

it('the file is followed by the API', async () => {
  const changed = new Promise<void>((resolve) => {
    const end = api.deps.catalogue.onChange(() => (end(), resolve()));
  });
  await writeFile(
    api.cameraFile,
    'cameras: [ { id: gate-1, source: "rtsp://viewer:s3cret-pw@10.0.0.5/main" }, { id: yard, source: "rtsp://10.0.0.7/" } ]',
  );
  await changed;
  expect((await send('GET', '/yard')).body).toMatchObject({ source: 'rtsp://10.0.0.7/', enabled: true });
});

describe('testing a source', () => {
  let server: RtspServer;
  beforeAll(async () => {
    server = await startRtsp([{ path: '/open' }, { path: '/locked', user: 'viewer', password: 'n3w-pw' }]);
  });
  afterAll(() => server?.stop());

  it('a camera answers with what it sends and a picture, whether it is kept or not', async () => {
    const tested = await send(
      'POST',
      '/test',
      { source: server.url('/locked', 'viewer:n3w-pw') },
      'operator',
    );
    expect(tested).toMatchObject({ status: 200, body: { codec: 'h264', width: 768, height: 576 } });
    const [head, jpeg] = String(tested.body['snapshot']).split(',');
    expect(head).toBe('data:image/jpeg;base64');
    expect(await sharp(Buffer.from(jpeg ?? '', 'base64')).metadata()).toMatchObject({
      format: 'jpeg',
      width: 768,
    });
    expect((await send('POST', '', { id: 'real', source: server.url('/open') })).status).toBe(201);
    expect(await send('POST', '/real/test', undefined, 'operator')).toMatchObject({
      status: 200,
      body: { codec: 'h264', width: 768 },
    });
    await send('DELETE', '/real');
  });

  it.each([
    ['a wrong password', () => server.url('/locked', 'viewer:wr0ng-pw'), 'unauthorised'],
    ['a wrong path', () => server.url('/nowhere'), 'missing'],
    ['nobody there', () => 'rtsp://viewer:n3w-pw@127.0.0.1:1/main', 'refused'],
  ])('%s answers with the fault, never with the password', async (_, source, code) => {
    const answer = await send('POST', '/test', { source: source() }, 'operator');
    expect(answer).toMatchObject({ status: 422, body: { error: { code, field: 'source' } } });
    expect(answer.text).not.toMatch(/n3w-pw|wr0ng-pw/);
    expect(api.deps.ports.cameras.all()).toHaveLength(2);
  });
});

describe('which hosts a source may name', () => {
  const local = createSourceRule();
  const rule = createSourceRule(
    ['cam.example.org', '*.lan', '198.51.100.7', '203.0.113.0/24', 'fd00::/8'],
    () => new Set(['camera-in-file']),
  );
  it.each([
    'rtsp://10.1.2.3/',
    'rtsp://u:p%40@192.168.1.9:554/x?y=1',
    'http://172.31.0.1/mjpg',
    'rtsp://[fd12::1]:554/',
  ])('%s by default', (source) => {
    expect(local(source)).toBeUndefined();
  });
  it.each([
    'rtsp://127.0.0.1/',
    'http://169.254.169.254/latest',
    'http://localhost/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://2130706433/',
    'http://127.1/',
    'http://0x7f.1/',
    'http://010.0.0.1/',
    'rtsp://172.32.0.1/',
    'rtsp://8.8.8.8/',
    'rtsp://camera/',
    String.raw`http://10.0.0.5\@evil.example/`,
    'http://10.0.0.5@evil.example/',
    'http://10.0.0.5#@evil.example/',
    'http://10.0.0.5?@evil.example/',
    'http://a@10.0.0.5@evil.example/',
    'http://evil.example/@10.0.0.5',
    'http://10.0.0.%35.evil.example/',
    'http://10.0.0.5\t.evil.example/',
    'http://',
    'udp://@:5000',
    'file:///etc/passwd',
    'concat:/etc/passwd',
    '/etc/passwd',
    '../x.mp4',
    '0',
  ])('%s never by default', (source) => {
    expect(local(source)).toEqual(expect.any(String));
  });
  it.each([
    ['rtsp://cam.example.org/', true],
    ['rtsp://CAM.example.org:554/', true],
    ['rtsp://a.lan/', true],
    ['rtsp://camera-in-file/', true],
    ['rtsp://198.51.100.7/', true],
    ['rtsp://203.0.113.200/', true],
    ['rtsp://[fd00::7]/', true],
    ['rtsp://lan/', false],
    ['rtsp://evil-lan/', false],
    ['rtsp://cam.example.org.evil/', false],
    ['rtsp://10.0.0.1/', false],
  ])('%s with a list: %s', (source, isAllowed) => {
    expect(rule(source) === undefined).toBe(isAllowed);
  });
  it.each(['10.0.0.0/33', 'a b', 'x/8', '', '10.0.0.1/x'])('"%s" is no entry', (entry) => {
    expect(() => createSourceRule([entry])).toThrow(/CAMERA_HOSTS/);
  });
});
