import { readFile, writeFile } from 'node:fs/promises';
import { registry } from '../../jobs/registry.js';
import { startConsumer, type Consumer } from '../../queues/consumer.js';
import { createMetrics } from '../../src/io/metrics.js';
import { startTestApi, type TestApi } from '../support/api.js';
import { dayReport, hourReport, SATURDAY } from '../support/flow-samples.js';
import { silentLog } from '../support/test-queue.js';

const HOUR_MS = 3_600_000;
const at = (hour: number): string => new Date(SATURDAY + hour * HOUR_MS).toISOString();
/** A Saturday afternoon. */
const NOW = SATURDAY + 16.5 * HOUR_MS;

let api: TestApi;
let consumer: Consumer | undefined;
beforeAll(async () => {
  api = await startTestApi({ now: () => NOW });
  const { flowReports } = api.deps.ports;
  for (const hour of [13, 14, 15]) await flowReports.put(hourReport({ from: SATURDAY + hour * HOUR_MS }));
  await flowReports.put(dayReport({ from: SATURDAY - 24 * HOUR_MS }));
});
afterAll(async () => {
  await consumer?.close();
  await api.stop();
});

const get = async (path: string) => {
  const answer = await api.fetch(path, { as: 'viewer' });
  return {
    status: answer.status,
    type: answer.headers.get('content-type'),
    text: await answer.text(),
    answer,
  };
};
const bodyOf = (text: string) => JSON.parse(text) as { reports: Record<string, unknown>[] };

it('lists reports with times as ISO 8601', async () => {
  const { status, text } = await get(`/api/v1/flow?camera=gate-1&from=${at(14)}&to=${at(16)}`);
  expect(status).toBe(200);
  const { reports } = bodyOf(text);
  expect(reports.map(({ from, to }) => [from, to])).toEqual([
    [at(14), at(15)],
    [at(15), at(16)],
  ]);
  expect(reports[0]).toMatchObject({ crossings: 12, computedAt: at(15.1), watched: 1 });
  expect((reports[0]?.['series'] as { at: string }[])[1]?.at).toBe(at(14.25));
  expect(bodyOf((await get('/api/v1/flow?camera=gate-1')).text).reports).toHaveLength(3);
  expect(bodyOf((await get('/api/v1/flow?camera=yard')).text).reports).toEqual([]);
});

it('gives them as CSV with a name', async () => {
  const { type, text, answer } = await get(`/api/v1/flow.csv?camera=gate-1&granularity=day`);
  expect(type).toBe('text/csv; charset=utf-8');
  expect(answer.headers.get('content-disposition')).toContain('flow-gate-1-day.csv');
  expect(text.split('\n')[1]).toMatch(/^window,gate-1,day,2026-11-20T00:00:00\+07:00,/);
});

it('shows the report of the window in which a time lies, or of several, under the strict policy', async () => {
  const page = await get(`/api/v1/flow/report.html?camera=gate-1&granularity=hour&from=${at(14.4)}`);
  expect(page.type).toBe('text/html; charset=utf-8');
  expect(page.text).toMatch(/<h1>Main gate · .*14:00–15:00<\/h1>/);
  expect(page.answer.headers.get('content-security-policy')).toContain("script-src 'self'");
  const several = await get(
    `/api/v1/flow/report.html?camera=gate-1&granularity=hour&from=${at(13)}&to=${at(16)}&language=en`,
  );
  expect(several.text).toMatch(/<h1>Main gate · .*13:00–16:00<\/h1>[^]*<b>36<\/b>/);
  expect(several.text).toContain('lang="en"');
});

it.each([
  ['/api/v1/flow?camera=attic', 404, /camera: there is no camera ."attic/],
  [`/api/v1/flow?camera=gate-1&from=${at(5)}&to=${at(5)}`, 400, /from: .* must be before to, .* empty/],
  ['/api/v1/flow?camera=gate-1&from=yesterday', 400, /from: is no time; write ISO 8601/],
  ['/api/v1/flow?camera=gate-1&granularity=month', 400, /granularity/],
  [
    `/api/v1/flow/report.html?camera=gate-1&granularity=hour&from=${at(3)}`,
    404,
    /no report by hour of ."gate-1/,
  ],
])('refuses %s with %s', async (path, status, said) => {
  const answer = await get(path);
  expect(answer.status).toBe(status);
  expect(answer.text).toMatch(said);
});

describe('asking for reports', () => {
  const post = async (json: object, query = '', as: 'viewer' | 'operator' = 'operator') => {
    const answer = await api.fetch(`/api/v1/flow${query}`, { as, method: 'POST', json });
    return { status: answer.status, body: (await answer.json()) as Record<string, never> };
  };
  const asked = { camera: 'gate-1', granularity: 'hour', from: at(9), to: at(11) };

  it.each([
    [{ ...asked, camera: 'attic' }, 422, 'camera', /there is no camera "attic"/],
    [{ ...asked, camera: 'yard' }, 422, 'camera', /"yard" has no lines: nothing is counted/],
    [{ ...asked, to: at(9) }, 400, 'from', /must be before to/],
    [{ ...asked, to: at(40) }, 422, 'to', /is in the future: the hour from .* has not begun/],
    [{ ...asked, from: at(9.2), to: at(9.8) }, 422, 'from', /no hour begins from .* in Asia\/Ho_Chi_Minh/],
    [{ ...asked, from: at(-2000) }, 422, 'to', /more than 1000 windows/],
    [{ ...asked, email: ['nobody'] }, 422, 'email', /there is no recipient "nobody"/],
    [{ ...asked, email: ['crew'] }, 422, 'email', /"crew" has no email/],
    [{ ...asked, email: ['guard'] }, 422, 'email', /no e-mail can be sent/],
    [{ ...asked, limit: 3 }, 400, 'limit', /limit/],
  ])('refuses %j', async (json, status, field, said) => {
    const answer = await post(json);
    expect(answer.status).toBe(status);
    expect(answer.body['error']).toMatchObject({ field, message: expect.stringMatching(said) as string });
  });

  it('is for operators, is enqueued, and stands in the audit trail', async () => {
    expect((await post(asked, '', 'viewer')).status).toBe(403);
    const { status, body } = await post(asked, '?wait=0.2');
    expect(status).toBe(202);
    const job = await api.inspector.job('traffic-flow', String(body['id']));
    const window = { from: SATURDAY + 9 * HOUR_MS, to: SATURDAY + 11 * HOUR_MS };
    expect(job).toMatchObject({ payload: { cameraId: 'gate-1', ...window }, origin: 'key:o' });
    const [entry] = await api.deps.ports.audit.list({ limit: 1 });
    expect(entry).toMatchObject({
      ...{ actor: 'key:o', action: 'flow.compute', subject: `traffic-flow/${String(body['id'])}` },
      detail: { camera: 'gate-1', granularity: 'hour', from: at(9), to: at(11) },
    });
  });

  it('waits for the reports when asked to', async () => {
    const { ports, gaps } = api.deps;
    consumer = await startConsumer({
      ...{ entry: registry['traffic-flow'], ports: { ...ports, gaps } as never },
      ...{ address: api.redis.address, prefix: api.metricsAt.prefix, producer: api.producer },
      ...{ log: silentLog, metrics: createMetrics({ process: 'w' }), graceMs: 1000 },
    });
    await ports.events.add([
      ...[1, 2, 3].map((n) => ({
        ...{
          type: 'crossing' as const,
          id: `x${n}`,
          cameraId: 'gate-1',
          at: SATURDAY + (8 + n / 10) * HOUR_MS,
        },
        ...{ line: 'door', direction: 'in' as const, trackId: n, class: 'car' },
      })),
    ]);
    const { status, body } = await post({ ...asked, from: at(8), to: at(9) }, '?wait=20');
    expect(status).toBe(200);
    expect(body['reports']).toMatchObject([{ from: at(8), crossings: 3, byClass: { car: 3 } }]);
  });
});

it('has a page that works without a script, also where nothing counts', async () => {
  const { cookie } = await api.login('viewer');
  const open = async (query: string): Promise<string> =>
    (await api.fetch(`/flow${query}`, { headers: { Cookie: cookie, Accept: 'text/html' } })).text();
  const hour = await open('?camera=gate-1&view=hour&date=2026-11-21&hour=14');
  expect(hour).toMatch(/<article class="flow">[^]*Main gate[^]*14:00–15:00/);
  expect(hour).toContain('view=hour&amp;date=2026-11-21&amp;hour=13');
  expect(hour).not.toContain('id="compute"');
  expect(await open('?date=2026-11-27')).toContain('chưa bắt đầu');
  expect(await open('?date=2026-11-11&camera=<script>')).toContain('Không có báo cáo');
  const cameras = await readFile(api.cameraFile, 'utf8');
  const changed = new Promise<void>((resolve) => {
    const off = api.deps.catalogue.onChange(() => (off(), resolve()));
  });
  await writeFile(api.cameraFile, cameras.replace(/ +lines:.*\n/, ''));
  await changed;
  expect(await open('')).toContain('Chưa có camera nào đếm');
});
