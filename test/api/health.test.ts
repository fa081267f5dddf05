import type { HealthReport } from '../../src/domain/health/report.js';
import { createHealthReports } from '../../src/io/sql/health-reports.js';
import { openDatabase } from '../../src/io/sql/open.js';
import type { Database } from '../../src/io/sql/schema.js';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestApi, type TestApi } from '../support/api.js';

const AT = 1_795_251_600_000;
let api: TestApi;
let folder: string;
let database: Database;
let now = AT;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'camqueue-health-'));
  database = await openDatabase({ dataDir: folder });
  api = await startTestApi({ reports: createHealthReports(database), now: () => now });
});
afterAll(async () => {
  await api.stop();
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

const report = (at: number): HealthReport => ({
  ...{ at, state: 'warn' },
  entries: [
    {
      ...{ subject: 'disk/data', state: 'warn', detail: '2100 MB free', since: at - 500, isAlerted: false },
      measures: { freeMb: 2100 },
    },
  ],
});

it('says that no check has run, gives the newest report, and does not believe an old one', async () => {
  expect((await api.fetch('/api/v1/health')).status).toBe(401);
  const none = await api.fetch('/api/v1/health', { as: 'viewer' });
  expect([none.status, await none.json()]).toMatchObject([404, { error: { code: 'no-report' } }]);

  const reports = createHealthReports(database);
  for (const at of [AT, AT + 60_000]) await reports.add(report(at));
  now = AT + 61_000;
  const newest = (await (await api.fetch('/api/v1/health', { as: 'viewer' })).json()) as object;
  expect(newest).toEqual({
    ...{ at: new Date(AT + 60_000).toISOString(), state: 'warn', isStale: false, ageS: 1 },
    entries: [
      {
        ...{ subject: 'disk/data', state: 'warn', detail: '2100 MB free', isAlerted: false },
        ...{ since: new Date(AT + 59_500).toISOString(), measures: { freeMb: 2100 } },
      },
    ],
  });
  now = AT + 60_000 + 180_001;
  expect(await (await api.fetch('/api/v1/health', { as: 'viewer' })).json()).toMatchObject({
    ...{ state: 'fail', isStale: true },
  });
});

it('lists reports of a span, newest first', async () => {
  const list = async (query: string): Promise<string[]> => {
    const answer = await api.fetch(`/api/v1/health/reports?${query}`, { as: 'viewer' });
    const { reports } = (await answer.json()) as { reports: { at: string; isStale: boolean }[] };
    expect(reports.some(({ isStale }) => isStale)).toBe(false);
    return reports.map(({ at }) => at);
  };
  const iso = (at: number): string => new Date(at).toISOString();
  now = AT + 600_000;
  expect(await list('')).toEqual([iso(AT + 60_000), iso(AT)]);
  expect(await list(`from=${iso(AT)}&to=${iso(AT + 60_000)}`)).toEqual([iso(AT)]);
  expect(await list('limit=1')).toEqual([iso(AT + 60_000)]);
  const bad = await api.fetch('/api/v1/health/reports?from=yesterday', { as: 'viewer' });
  expect([bad.status, await bad.json()]).toMatchObject([400, { error: { field: 'from' } }]);
});

it('is in the description of the API, and cameras that are up in the metrics', async () => {
  const { paths } = (await (await api.fetch('/api/v1/openapi.json', { as: 'viewer' })).json()) as {
    paths: Record<string, object>;
  };
  expect(Object.keys(paths)).toEqual(expect.arrayContaining(['/api/v1/health', '/api/v1/health/reports']));
  await api.deps.ports.states.putSource('gate-1', {
    status: 'ok',
    since: now,
    pass: 1,
    beatAt: now,
    lastFrameAt: now,
  });
  const text = await (await api.fetch('/metrics', { as: 'viewer' })).text();
  expect(text).toContain('camqueue_camera_up{camera="gate-1"} 1');
  expect(text).toContain('camqueue_camera_up{camera="yard"} 0');
});
