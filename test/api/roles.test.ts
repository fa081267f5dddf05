import { apiRoutes } from '../../src/api/app.js';
import type { Role } from '../../src/ports.js';
import { startTestApi, type TestApi } from '../support/api.js';

/**
 * Who may do what, written down a second time on purpose: a route added without a line here, or with another role,
 * fails. Numbers are what the role's request is answered with (nothing exists yet, hence the 404s).
 */
const OPEN = { stranger: 200, viewer: 200, operator: 200, admin: 200 };
const ADMIN_BODY = { stranger: 401, viewer: 403, operator: 403, admin: 415 };
const OPERATOR_BODY = { stranger: 401, viewer: 403, operator: 415, admin: 415 };
const OPERATOR = { stranger: 401, viewer: 403, operator: 200, admin: 200 };
const ADMIN = { stranger: 401, viewer: 403, operator: 403, admin: 200 };
const OPERATOR_NONE = { stranger: 401, viewer: 403, operator: 404, admin: 404 };
const VIEWER_NONE = { stranger: 401, viewer: 404, operator: 404, admin: 404 };
const VIEWER = { stranger: 401, viewer: 200, operator: 200, admin: 200 };
const ROUTES: readonly [method: string, path: string, url: string, answers: typeof OPEN][] = [
  [
    'post',
    '/api/v1/jobs/:queue',
    '/api/v1/jobs/alert',
    { stranger: 401, viewer: 403, operator: 415, admin: 415 },
  ],
  ['get', '/api/v1/jobs/:queue', '/api/v1/jobs/alert', VIEWER],
  [
    'get',
    '/api/v1/jobs/:queue/:id',
    '/api/v1/jobs/alert/x',
    { stranger: 401, viewer: 404, operator: 404, admin: 404 },
  ],
  [
    'delete',
    '/api/v1/jobs/:queue/:id',
    '/api/v1/jobs/alert/x',
    { stranger: 401, viewer: 403, operator: 404, admin: 404 },
  ],
  [
    'post',
    '/api/v1/jobs/:queue/:id/retry',
    '/api/v1/jobs/alert/x/retry',
    { stranger: 401, viewer: 403, operator: 404, admin: 404 },
  ],
  ['get', '/api/v1/cameras', '/api/v1/cameras', VIEWER],
  ['get', '/api/v1/cameras/:id', '/api/v1/cameras/gate-1', VIEWER],
  [
    'get',
    '/api/v1/cameras/:id/latest.jpg',
    '/api/v1/cameras/gate-1/latest.jpg',
    { stranger: 401, viewer: 404, operator: 404, admin: 404 },
  ],
  ['get', '/api/v1/cameras/:id/live', '/api/v1/cameras/gate-1/live', VIEWER_NONE],
  ['get', '/api/v1/cameras/:id/live.mjpeg', '/api/v1/cameras/gate-1/live.mjpeg', VIEWER_NONE],
  ['post', '/api/v1/cameras', '/api/v1/cameras', ADMIN_BODY],
  ['put', '/api/v1/cameras/:id', '/api/v1/cameras/gate-1', ADMIN_BODY],
  [
    'delete',
    '/api/v1/cameras/:id',
    '/api/v1/cameras/gate-1',
    { stranger: 401, viewer: 403, operator: 403, admin: 409 },
  ],
  [
    'post',
    '/api/v1/cameras/:id/enable',
    '/api/v1/cameras/yard/enable',
    { stranger: 401, viewer: 403, operator: 409, admin: 409 },
  ],
  [
    'post',
    '/api/v1/cameras/:id/disable',
    '/api/v1/cameras/yard/disable',
    { stranger: 401, viewer: 403, operator: 200, admin: 200 },
  ],
  [
    'post',
    '/api/v1/cameras/test',
    '/api/v1/cameras/test',
    { stranger: 401, viewer: 403, operator: 415, admin: 415 },
  ],
  [
    'post',
    '/api/v1/cameras/:id/test',
    '/api/v1/cameras/nope/test',
    { stranger: 401, viewer: 403, operator: 404, admin: 404 },
  ],
  ['get', '/api/v1/cameras/:id/calibration', '/api/v1/cameras/nope/calibration', VIEWER_NONE],
  ['get', '/api/v1/cameras/:id/calibration.jpg', '/api/v1/cameras/nope/calibration.jpg', VIEWER_NONE],
  ['get', '/api/v1/cameras/:id/coverage', '/api/v1/cameras/gate-1/coverage', VIEWER],
  ['get', '/api/v1/cameras/:id/coverage.svg', '/api/v1/cameras/gate-1/coverage.svg', VIEWER],
  ['post', '/api/v1/pictures', '/api/v1/pictures', { stranger: 401, viewer: 403, operator: 415, admin: 415 }],
  ['get', '/api/v1/events', '/api/v1/events', VIEWER],
  ['get', '/api/v1/evidence', '/api/v1/evidence', VIEWER],
  ['get', '/api/v1/evidence/keys', '/api/v1/evidence/keys', VIEWER],
  ['get', '/api/v1/evidence/:id', '/api/v1/evidence/x', OPERATOR_NONE],
  ['get', '/api/v1/evidence/:id/package.zip', '/api/v1/evidence/x/package.zip', OPERATOR_NONE],
  ['post', '/api/v1/exports', '/api/v1/exports', OPERATOR_BODY],
  ['get', '/api/v1/exports', '/api/v1/exports', VIEWER],
  ['get', '/api/v1/exports/:id', '/api/v1/exports/x', VIEWER_NONE],
  ['delete', '/api/v1/exports/:id', '/api/v1/exports/x', OPERATOR_NONE],
  ['get', '/api/v1/exports/:id/clip', '/api/v1/exports/x/clip', VIEWER_NONE],
  ['get', '/api/v1/exports/:id/poster.jpg', '/api/v1/exports/x/poster.jpg', VIEWER_NONE],
  ['get', '/api/v1/exports/:id/sprite.jpg', '/api/v1/exports/x/sprite.jpg', VIEWER_NONE],
  ['get', '/api/v1/exports/:id/manifest.json', '/api/v1/exports/x/manifest.json', VIEWER_NONE],
  ['post', '/api/v1/exports/:id/link', '/api/v1/exports/x/link', OPERATOR_BODY],
  ['get', '/d/:token', '/d/x', { stranger: 404, viewer: 404, operator: 404, admin: 404 }],
  ['post', '/api/v1/incidents/:number/clip', '/api/v1/incidents/1/clip', OPERATOR_NONE],
  ['get', '/api/v1/cameras/:id/recordings', '/api/v1/cameras/gate-1/recordings', VIEWER],
  ['get', '/api/v1/recordings/usage', '/api/v1/recordings/usage', VIEWER],
  ['get', '/api/v1/recordings/:segment/video', '/api/v1/recordings/x/video', VIEWER_NONE],
  ['get', '/api/v1/counts', '/api/v1/counts', VIEWER],
  ['get', '/api/v1/crossings', '/api/v1/crossings', VIEWER],
  ['get', '/api/v1/crossings/:id', '/api/v1/crossings/x', VIEWER_NONE],
  ['get', '/api/v1/crossings/:id/trace.svg', '/api/v1/crossings/x/trace.svg', VIEWER_NONE],
  ['get', '/api/v1/trips', '/api/v1/trips?camera=gate-1', VIEWER],
  ['get', '/api/v1/areas', '/api/v1/areas', VIEWER],
  ['get', '/api/v1/areas/:id', '/api/v1/areas/x', VIEWER_NONE],
  ['post', '/api/v1/areas/:id/corrections', '/api/v1/areas/x/corrections', OPERATOR_BODY],
  ['post', '/api/v1/areas/:id/reset', '/api/v1/areas/x/reset', OPERATOR_BODY],
  [
    'get',
    '/api/v1/events/:id/snapshot.jpg',
    '/api/v1/events/x/snapshot.jpg',
    { stranger: 401, viewer: 404, operator: 404, admin: 404 },
  ],
  ['get', '/api/v1/alerts', '/api/v1/alerts', VIEWER],
  ['get', '/api/v1/incidents', '/api/v1/incidents', VIEWER],
  ['get', '/api/v1/incidents/counts', '/api/v1/incidents/counts', VIEWER],
  ['get', '/api/v1/incidents/:number', '/api/v1/incidents/1', VIEWER_NONE],
  ['get', '/api/v1/incidents/:number/snapshot.jpg', '/api/v1/incidents/1/snapshot.jpg', VIEWER_NONE],
  ['post', '/api/v1/incidents/:number/acknowledge', '/api/v1/incidents/1/acknowledge', OPERATOR_NONE],
  ['post', '/api/v1/incidents/:number/resolve', '/api/v1/incidents/1/resolve', OPERATOR_NONE],
  ['post', '/api/v1/incidents/:number/verdict', '/api/v1/incidents/1/verdict', OPERATOR_BODY],
  ['post', '/api/v1/incidents/:number/notes', '/api/v1/incidents/1/notes', OPERATOR_BODY],
  ['get', '/api/v1/deliveries', '/api/v1/deliveries', VIEWER],
  ['get', '/api/v1/channels', '/api/v1/channels', ADMIN],
  ['post', '/api/v1/channels/:channel/test', '/api/v1/channels/log/test', ADMIN_BODY],
  ['get', '/api/v1/flow', '/api/v1/flow?camera=gate-1', VIEWER],
  ['get', '/api/v1/flow.csv', '/api/v1/flow.csv?camera=gate-1', VIEWER],
  [
    'get',
    '/api/v1/flow/report.html',
    '/api/v1/flow/report.html?camera=gate-1&from=2026-01-01T00:00:00Z',
    VIEWER_NONE,
  ],
  ['post', '/api/v1/flow', '/api/v1/flow', OPERATOR_BODY],
  ['get', '/api/v1/archive/reports', '/api/v1/archive/reports', VIEWER],
  ['get', '/api/v1/archive/reports/:id', '/api/v1/archive/reports/x', VIEWER_NONE],
  ['get', '/api/v1/archive/reports/:id/report.html', '/api/v1/archive/reports/x/report.html', VIEWER_NONE],
  ['post', '/api/v1/archive/run', '/api/v1/archive/run', OPERATOR_BODY],
  ['post', '/api/v1/archive/restore', '/api/v1/archive/restore', OPERATOR_BODY],
  ['post', '/api/v1/archive/scrub', '/api/v1/archive/scrub', OPERATOR_BODY],
  ['get', '/api/v1/holds', '/api/v1/holds', VIEWER],
  ['post', '/api/v1/holds', '/api/v1/holds', OPERATOR_BODY],
  [
    'delete',
    '/api/v1/holds/:id',
    '/api/v1/holds/x',
    { stranger: 401, viewer: 403, operator: 403, admin: 404 },
  ],
  ['post', '/api/v1/incidents/:number/hold', '/api/v1/incidents/1/hold', OPERATOR_BODY],
  ['get', '/api/v1/maintenance', '/api/v1/maintenance', VIEWER],
  ['post', '/api/v1/maintenance', '/api/v1/maintenance', OPERATOR_BODY],
  ['delete', '/api/v1/maintenance/:id', '/api/v1/maintenance/1', OPERATOR_NONE],
  ['get', '/api/v1/recipients', '/api/v1/recipients', OPERATOR],
  ['put', '/api/v1/push-tokens', '/api/v1/push-tokens', OPERATOR_BODY],
  ['get', '/api/v1/push-tokens', '/api/v1/push-tokens', ADMIN],
  [
    'delete',
    '/api/v1/push-tokens/:id',
    '/api/v1/push-tokens/x',
    { stranger: 401, viewer: 403, operator: 403, admin: 404 },
  ],
  ['get', '/api/v1/audit', '/api/v1/audit', ADMIN],
  ['get', '/api/v1/audit/verify', '/api/v1/audit/verify', ADMIN],
  ['get', '/api/v1/queues', '/api/v1/queues', VIEWER],
  ['get', '/api/v1/health', '/api/v1/health', { stranger: 401, viewer: 404, operator: 404, admin: 404 }],
  ['get', '/api/v1/health/reports', '/api/v1/health/reports', VIEWER],
  ['get', '/api/v1/passages', '/api/v1/passages', VIEWER],
  [
    'post',
    '/api/v1/passages/search',
    '/api/v1/passages/search',
    { stranger: 401, viewer: 415, operator: 415, admin: 415 },
  ],
  ['get', '/api/v1/passages/:id', '/api/v1/passages/x', VIEWER_NONE],
  ['get', '/api/v1/passages/:id/crop.jpg', '/api/v1/passages/x/crop.jpg', VIEWER_NONE],
  ['get', '/api/v1/passages/:id/scene.jpg', '/api/v1/passages/x/scene.jpg', VIEWER_NONE],
  ['post', '/api/v1/passages/:id/review', '/api/v1/passages/x/review', OPERATOR_BODY],
  ['get', '/api/v1/plate-lists', '/api/v1/plate-lists', VIEWER],
  ['get', '/api/v1/plate-lists/:id', '/api/v1/plate-lists/x', VIEWER_NONE],
  ['put', '/api/v1/plate-lists/:id', '/api/v1/plate-lists/x', ADMIN_BODY],
  [
    'delete',
    '/api/v1/plate-lists/:id',
    '/api/v1/plate-lists/x',
    { stranger: 401, viewer: 403, operator: 403, admin: 404 },
  ],
  ['get', '/api/v1/plate-lists/:id/entries', '/api/v1/plate-lists/x/entries', OPERATOR_NONE],
  ['post', '/api/v1/plate-lists/:id/entries', '/api/v1/plate-lists/x/entries', OPERATOR_BODY],
  ['delete', '/api/v1/plate-lists/:id/entries/:entry', '/api/v1/plate-lists/x/entries/1', OPERATOR_NONE],
  ['get', '/api/v1/plate-lists/:id/entries.csv', '/api/v1/plate-lists/x/entries.csv', OPERATOR_NONE],
  ['post', '/api/v1/plate-lists/:id/import', '/api/v1/plate-lists/x/import', OPERATOR_BODY],
  ['get', '/healthz', '/healthz', OPEN],
  ['get', '/readyz', '/readyz', OPEN],
  ['get', '/metrics', '/metrics', VIEWER],
  ['get', '/api/v1/openapi.json', '/api/v1/openapi.json', VIEWER],
];
/** Mounted beside the API's own routes. */
const PAGES: typeof ROUTES = [
  ['get', '/', '/', { stranger: 401, viewer: 303, operator: 303, admin: 303 }],
  ['get', '/cameras', '/cameras', VIEWER],
  ['get', '/live', '/live', VIEWER],
  ['get', '/live/:id', '/live/gate-1', VIEWER],
  ['get', '/recordings', '/recordings', VIEWER],
  ['get', '/recordings/:camera', '/recordings/gate-1', VIEWER],
  ['get', '/incidents', '/incidents', VIEWER],
  ['get', '/incidents/:number', '/incidents/42', VIEWER],
  ['get', '/plates', '/plates', VIEWER],
  ['get', '/counting', '/counting', VIEWER],
  ['get', '/flow', '/flow?date=2026-01-01', VIEWER],
  ['get', '/admin/queues', '/admin/queues/', VIEWER],
  ['get', '/admin/queues', '/admin/queues/api/queues', VIEWER],
  [
    'put',
    '/admin/queues',
    '/admin/queues/api/queues/alert/pause',
    { stranger: 401, viewer: 405, operator: 200, admin: 200 },
  ],
  [
    'put',
    '/admin/queues',
    '/admin/queues/api/queues/alert/obliterate',
    { stranger: 401, viewer: 405, operator: 403, admin: 200 },
  ],
  [
    'post',
    '/admin/queues',
    '/admin/queues/api/queues/alert/add',
    { stranger: 401, viewer: 403, operator: 403, admin: 403 },
  ],
  ['get', '/login', '/login', { stranger: 200, viewer: 303, operator: 303, admin: 303 }],
  ['get', '/assets', '/assets/pages.css', OPEN],
  ['get', '/nowhere', '/nowhere', { stranger: 404, viewer: 404, operator: 404, admin: 404 }],
];

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

it('the table holds every route', () => {
  const mounted = apiRoutes(api.deps).map(({ method, path }) => `${method} ${path}`);
  expect(ROUTES.map(([method, path]) => `${method} ${path}`).sort()).toEqual(mounted.sort());
});

describe.each([...ROUTES, ...PAGES])('%s %s (%s)', (method, _path, url, answers) => {
  it.each(Object.entries(answers))('answers a %s with %i', async (who, status) => {
    const as = who === 'stranger' ? {} : { as: who as Role };
    const answer = await api.fetch(url, { method: method.toUpperCase(), ...as });
    expect(answer.status).toBe(status);
    if (status === 401) expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
    if (status >= 400 && !url.startsWith('/admin')) {
      expect(await answer.json()).toEqual({
        error: expect.objectContaining({
          code: expect.any(String) as string,
          message: expect.any(String) as string,
        }) as object,
      });
    } else await answer.arrayBuffer();
  });
});

describe('keys', () => {
  it.each([
    ['unknown', () => 'cq_nobody_' + '0'.repeat(48)],
    ['with another secret', () => api.keys.admin.slice(0, -48) + '0'.repeat(48)],
    ['of another form', () => 'hello'],
  ])('%s: 401', async (_what, key) => {
    const answer = await api.fetch('/api/v1/queues', { headers: { 'X-Api-Key': key() } });
    expect([answer.status, ((await answer.json()) as { error: { code: string } }).error.code]).toEqual([
      401,
      'bad-key',
    ]);
  });

  it('may come as X-Api-Key', async () => {
    expect((await api.fetch('/api/v1/queues', { headers: { 'X-Api-Key': api.keys.viewer } })).status).toBe(
      200,
    );
  });

  it('that are disabled stay outside', async () => {
    const { createKey } = await import('../../src/api/accounts.js');
    const key = await createKey(api.principals, { name: 'left', role: 'admin' }, 1);
    const ask = async (): Promise<number> =>
      (await api.fetch('/api/v1/audit', { headers: { 'X-Api-Key': key } })).status;
    expect(await ask()).toBe(200);
    await api.principals.disable('key', 'left', 2);
    expect(await ask()).toBe(401);
  });
});
