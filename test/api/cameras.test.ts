import sharp from 'sharp';
import type { SceneState } from '../../src/domain/scene.js';
import { NO_FRAMES } from '../../src/domain/frame.js';
import { createMetrics } from '../../src/io/metrics.js';
import { publishMetrics } from '../../src/io/redis-metrics.js';
import type { SourceState } from '../../src/ports.js';
import { startTestApi, type TestApi } from '../support/api.js';
import { exposition } from '../support/exposition.js';
import { NOBODY, RULES } from '../support/incidents.js';
import { CLEAR, play, render, walker } from '../support/scenes.js';

const AT = Date.parse('2026-11-21T08:30:00.250Z');
let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ now: () => AT + 1000 });
});
afterAll(() => api.stop());

const get = (path: string) => api.fetch(path, { as: 'viewer' });
const json = async (path: string) => (await (await get(path)).json()) as Record<string, unknown>;
const ok: SourceState = {
  status: 'ok',
  since: AT - 60_000,
  pass: 1,
  lastFrameAt: AT,
  fps: 5,
  width: 64,
  height: 48,
};

/** Somebody walks down over the line that spans the picture. */
function walkedOver(): SceneState {
  const story = {
    actors: [walker({ atMs: 0, x: 0.5, y: 0.3 }, { atMs: 8000, x: 0.5, y: 0.9 })],
    lengthMs: 8000,
  };
  const camera = api.deps.ports.cameras.get('gate-1');
  return play(render(story, { ...CLEAR, startAt: AT - 8000 }), { ...camera, timeZone: 'Asia/Ho_Chi_Minh' })
    .state;
}

it('before anything has run: every camera is there, with a reason and zeros', async () => {
  const { cameras } = (await json('/api/v1/cameras')) as { cameras: object[] };
  expect(cameras).toMatchObject([
    {
      id: 'gate-1',
      name: 'Main gate',
      source: 'rtsp://***@10.0.0.5/main',
      status: 'connecting',
      reason: 'no sampler has opened it yet',
      counts: NO_FRAMES,
      lines: [{ id: 'door', in: 0, out: 0 }],
      current: {},
    },
    { id: 'yard', name: 'yard', status: 'disabled' },
  ]);
  const picture = await get('/api/v1/cameras/gate-1/latest.jpg');
  expect([picture.status, await picture.json()]).toMatchObject([
    404,
    {
      error: {
        code: 'no-picture',
        message: 'camera gate-1 has given no picture yet: no sampler has opened it yet',
      },
    },
  ]);
});

it.each([
  ['/api/v1/cameras/nope', 404, 'id'],
  ['/api/v1/cameras/No%20Camera', 400, 'id'],
  ['/api/v1/cameras/gate-1/latest.jpg?overlay=yes', 400, 'overlay'],
])('%s: %i naming the field', async (path, status, field) => {
  const answer = await get(path);
  expect([answer.status, await answer.json()]).toMatchObject([status, { error: { field } }]);
});

describe('a camera that runs', () => {
  const picture = {
    width: 64,
    height: 48,
    format: 'rgb24' as const,
    data: new Uint8Array(64 * 48 * 3).fill(128),
  };
  beforeAll(async () => {
    const { states, frames } = api.deps.ports;
    await states.putSource('gate-1', ok);
    await frames.putLatest('gate-1', { at: AT, frame: 7, picture });
    const { epoch } = await states.begin('gate-1');
    const counts = { captured: 10, analysed: 4, gated: 3, dropped: 2, failed: 1 };
    await states.commit(
      'gate-1',
      epoch,
      { scene: walkedOver(), counts, cursor: { pass: 1, seq: 10, gated: 3, frame: 9, at: AT } },
      counts,
    );
  });

  it('shows status, accounting and counters', async () => {
    expect(await json('/api/v1/cameras/gate-1')).toMatchObject({
      status: 'ok',
      since: '2026-11-21T08:29:00.250Z',
      lastFrameAt: '2026-11-21T08:30:00.250Z',
      fps: 5,
      counts: { captured: 10, analysed: 4, gated: 3, dropped: 2, failed: 1 },
      lines: [{ id: 'door', in: 1, out: 0, byClass: { person: { in: 1, out: 0 } } }],
    });
  });

  it('shows its latest picture, and another one with the overlay', async () => {
    const plain = await get('/api/v1/cameras/gate-1/latest.jpg');
    expect(Object.fromEntries(plain.headers)).toMatchObject({
      'content-type': 'image/jpeg',
      'cache-control': 'no-store',
      'last-modified': 'Sat, 21 Nov 2026 08:30:00 GMT',
      'x-captured-at': '2026-11-21T08:30:00.250Z',
    });
    const bytes = Buffer.from(await plain.arrayBuffer());
    expect(await sharp(bytes).metadata()).toMatchObject({ format: 'jpeg', width: 64, height: 48 });
    const drawn = Buffer.from(await (await get('/api/v1/cameras/gate-1/latest.jpg?overlay=1')).arrayBuffer());
    const [{ channels: flat }, { channels: coloured }] = await Promise.all([
      sharp(bytes).stats(),
      sharp(drawn).stats(),
    ]);
    expect(Math.max(...flat.map(({ stdev }) => stdev))).toBeLessThan(2);
    expect(Math.max(...coloured.map(({ stdev }) => stdev))).toBeGreaterThan(5);
  });

  it('whose sampler fell silent is not called well; a file that was read is', async () => {
    const { states } = api.deps.ports;
    await states.putSource('gate-1', { ...ok, lastFrameAt: AT - 60_000 });
    expect(await json('/api/v1/cameras/gate-1')).toMatchObject({
      status: 'no_signal',
      reason: 'its sampler has fallen silent, 61 s ago; no frame is read',
    });
    await states.putSource('gate-1', {
      ...ok,
      status: 'finished',
      lastFrameAt: AT - 60_000,
      file: { fingerprint: 'f', startedAt: 1 },
    });
    expect(await json('/api/v1/cameras/gate-1')).toMatchObject({ status: 'finished' });
    await states.putSource('gate-1', {
      ...ok,
      status: 'retrying',
      retries: 3,
      nextTryAt: AT + 12_000,
      reason: 'cannot open rtsp://viewer:s3cret-pw@10.0.0.5/main',
    });
    expect(await json('/api/v1/cameras/gate-1')).toMatchObject({
      reason: 'cannot open rtsp://***@10.0.0.5/main',
      retries: 3,
      nextTryAt: new Date(AT + 12_000).toISOString(),
    });
    await states.putSource('gate-1', ok);
  });

  it('is in /metrics, with queues and the workers’ own numbers', async () => {
    const worker = createMetrics({ process: 'worker-1' });
    worker.jobEnded('motion', 'done', 20, 1);
    const published = await publishMetrics({ ...api.metricsAt, process: 'worker-1', metrics: worker });
    await api.producer.enqueue(api.deps.registry['motion']!.contract, { cameraId: 'gate-1' });
    const answer = await get('/metrics');
    await published.stop();
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    const { families, sum } = exposition(await answer.text());
    for (const [name, { help, type }] of families)
      expect({ name, help, type }).toEqual({ name, help: 1, type: 1 });
    expect(sum('camqueue_queue_jobs', { queue: 'motion', state: 'waiting' })).toBe(1);
    expect(sum('camqueue_queue_oldest_waiting_seconds', { queue: 'motion' })).toBeGreaterThan(0);
    expect(sum('camqueue_frames_total', { camera: 'gate-1' })).toBe(10);
    expect(sum('camqueue_frames_total', { camera: 'gate-1', outcome: 'gated' })).toBe(3);
    expect(sum('camqueue_camera_status', { camera: 'gate-1', status: 'ok' })).toBe(1);
    expect(sum('camqueue_camera_status', { camera: 'gate-1' })).toBe(1);
    expect(sum('camqueue_camera_status', { camera: 'yard', status: 'disabled' })).toBe(1);
    expect(sum('camqueue_jobs_total', { process: 'worker-1', outcome: 'done' })).toBe(1);
    expect(sum('process_resident_memory_bytes', { process: 'api' })).toBeGreaterThan(1e6);
  });
});

describe('events, alerts, audit', () => {
  beforeAll(async () => {
    const { events, incidents, snapshots, audit } = api.deps.ports;
    await snapshots.put('gate-1/e2.jpg', Buffer.from('a picture'));
    await events.add([
      { type: 'crossing', id: 'e1', cameraId: 'gate-1', at: AT, line: 'door', direction: 'in', trackId: 1 },
      {
        type: 'zone',
        id: 'e2',
        cameraId: 'gate-1',
        at: AT + 1000,
        zone: 'yard',
        zoneKind: 'restricted',
        phase: 'enter',
        snapshot: 'gate-1/e2.jpg',
      },
      { type: 'motion', id: 'e3', cameraId: 'yard', at: AT + 2000, phase: 'begin' },
    ]);
    const alert = { id: 'a1', cameraId: 'gate-1', kind: 'intrusion', severity: 'warning', at: AT } as const;
    await incidents.accept({ ...alert, summary: 'somebody' }, RULES, NOBODY, AT + 5);
    await audit.append({ at: AT, actor: 'key:x', action: 'test', subject: 'thing' });
  });

  it.each([
    ['', ['e3', 'e2', 'e1']],
    ['?camera=gate-1', ['e2', 'e1']],
    ['?type=crossing', ['e1']],
    ['?from=2026-11-21T08:30:01Z', ['e3', 'e2']],
    ['?to=2026-11-21T15:30:01%2B07:00', ['e1']],
    ['?limit=1', ['e3']],
  ])('events%s', async (query, ids) => {
    const { events } = (await json(`/api/v1/events${query}`)) as { events: { id: string; at: string }[] };
    expect(events.map(({ id }) => id)).toEqual(ids);
    if (query === '')
      expect(events[2]).toEqual({
        type: 'crossing',
        id: 'e1',
        cameraId: 'gate-1',
        at: '2026-11-21T08:30:00.250Z',
        line: 'door',
        direction: 'in',
        trackId: 1,
      });
  });

  it.each([
    ['events?camera=A b', 'camera'],
    ['events?type=nothing', 'type'],
    ['events?from=yesterday', 'from'],
    ['events?to=2026-11-21T08:30:00', 'to'],
    ['events?limit=1001', 'limit'],
    ['events?limit=1&limit=2', 'limit'],
    ['events?since=1', 'since'],
    ['alerts?limit=-1', 'limit'],
  ])('%s is refused naming %s', async (path, field) => {
    const answer = await get(`/api/v1/${path}`);
    expect([answer.status, await answer.json()]).toMatchObject([400, { error: { field } }]);
  });

  it('gives the picture of an event, or says why not', async () => {
    const picture = await get('/api/v1/events/e2/snapshot.jpg');
    expect([picture.status, picture.headers.get('content-type'), await picture.text()]).toEqual([
      200,
      'image/jpeg',
      'a picture',
    ]);
    expect([
      (await get('/api/v1/events/e1/snapshot.jpg')).status,
      (await get('/api/v1/events/nope/snapshot.jpg')).status,
    ]).toEqual([404, 404]);
  });

  it('lists alerts and the audit trail with ISO times', async () => {
    expect(await json('/api/v1/alerts?camera=gate-1')).toMatchObject({
      alerts: [
        {
          id: 'a1',
          state: 'accepted',
          incidentId: 'a1',
          at: '2026-11-21T08:30:00.250Z',
          createdAt: '2026-11-21T08:30:00.255Z',
        },
      ],
    });
    const audit = await api.fetch('/api/v1/audit?subject=thing', { as: 'admin' });
    expect(await audit.json()).toMatchObject({
      entries: [{ actor: 'key:x', action: 'test', at: '2026-11-21T08:30:00.250Z' }],
    });
  });
});

it('describes itself: every contract open to others, with an example, and every route', async () => {
  const { openapi, paths } = (await json('/api/v1/openapi.json')) as {
    openapi: string;
    paths: Record<string, Record<string, unknown>>;
  };
  expect(openapi).toBe('3.1.0');
  expect(paths['/api/v1/jobs/alert']?.['post']).toMatchObject({
    requestBody: {
      content: {
        'application/json': {
          schema: {
            properties: { cameraId: { type: 'string' }, severity: { enum: ['info', 'warning', 'critical'] } },
          },
          example: { kind: 'intrusion' },
        },
      },
    },
  });
  expect(paths['/api/v1/jobs/notification']).toBeUndefined();
  expect(paths['/api/v1/events']?.['get']).toMatchObject({
    parameters: [
      { name: 'camera', in: 'query' },
      { name: 'type' },
      { name: 'from' },
      { name: 'to' },
      { name: 'limit' },
    ],
  });
  expect(paths['/api/v1/jobs/{queue}/{id}']).toMatchObject({ get: {}, delete: {} });
});
