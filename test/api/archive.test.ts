import { newReport, reckon } from '../../src/domain/archive/report.js';
import type { Role } from '../../src/ports.js';
import { startTestApi, type TestApi } from '../support/api.js';
import { openIncident } from '../support/api-incidents.js';

const AT = 1_795_251_600_000;
const iso = (at: number): string => new Date(at).toISOString();
const HOLD = { camera: 'gate-1', from: iso(AT), to: iso(AT + 60_000), reason: 'police file 12' };

let api: TestApi;
let now = AT;
beforeAll(async () => {
  api = await startTestApi({ now: () => now });
});
afterAll(() => api.stop());

type Answer = { status: number; body: Record<string, unknown> & { error: { field?: string; code: string } } };
async function ask(
  path: string,
  options: { as?: Role; method?: string; json?: unknown } = {},
): Promise<Answer> {
  const answer = await api.fetch(`/api/v1/${path}`, { as: 'admin', ...options });
  return { status: answer.status, body: (await answer.json()) as Answer['body'] };
}
const post = (path: string, json: unknown, as: Role = 'operator') => ask(path, { as, method: 'POST', json });
const trail = async (subject: string) =>
  (await api.deps.ports.audit.list({ subject, limit: 9 })).map(({ action, actor }) => [action, actor]);

describe('holds', () => {
  it('are added by operators, listed, and released by admins; all of it is in the trail', async () => {
    const added = await post('holds', HOLD);
    expect([added.status, added.body]).toEqual([
      201,
      expect.objectContaining({ ...HOLD, by: 'key:o', createdAt: iso(AT), isNew: true }),
    ]);
    const id = String(added.body['id']);
    // The same again is the same hold.
    expect((await post('holds', HOLD)).body).toMatchObject({ id, isNew: false });
    expect((await ask('holds?active=true&camera=gate-1')).body['holds']).toMatchObject([{ id }]);
    expect((await ask(`holds?from=${iso(AT + 60_000)}&to=${iso(AT + 70_000)}`)).body['holds']).toEqual([]);
    expect((await ask(`holds/${id}`, { as: 'operator', method: 'DELETE' })).status).toBe(403);
    now = AT + 5000;
    const released = await ask(`holds/${id}`, { method: 'DELETE' });
    expect(released.body).toMatchObject({ id, releasedBy: 'key:a', releasedAt: iso(AT + 5000) });
    now = AT + 6000;
    expect((await ask(`holds/${id}`, { method: 'DELETE' })).status).toBe(409);
    expect(await trail(`hold/${id}`)).toEqual([
      ['hold.release', 'key:a'],
      ['hold.add', 'key:o'],
    ]);
    // Wanted again it is another one.
    expect((await post('holds', HOLD)).body).toMatchObject({ isNew: true });
  });

  it.each([
    [{ ...HOLD, camera: 'nope' }, 422, 'camera'],
    [{ ...HOLD, to: HOLD.from }, 422, 'to'],
    [{ ...HOLD, to: iso(AT + 400 * 86_400_000) }, 422, 'to'],
    [{ ...HOLD, from: 'yesterday' }, 400, 'from'],
    [{ ...HOLD, reason: ' ' }, 400, 'reason'],
    [{ ...HOLD, by: 'me' }, 400, 'by'],
  ])('%j: %i, naming the field', async (json, status, field) => {
    const answer = await post('holds', json);
    expect([answer.status, answer.body.error.field]).toEqual([status, field]);
  });

  it('of an incident are of its stretch, a minute more on both sides', async () => {
    await openIncident(api, 'a', { cameraId: 'gate-1', at: AT, summary: 'person in yard', now: AT });
    await openIncident(api, 'b', { cameraId: 'system', at: AT, now: AT });
    const found = await api.deps.ports.incidents.list({ limit: 9 });
    const number = (cameraId: string) => found.find((one) => one.cameraId === cameraId)?.number ?? 0;
    expect((await post(`incidents/${number('gate-1')}/hold`, {})).body).toMatchObject({
      ...{ camera: 'gate-1', from: iso(AT - 60_000), to: iso(AT + 60_000), incident: number('gate-1') },
      reason: `incident #${number('gate-1')}: person in yard`,
    });
    expect((await post(`incidents/${number('gate-1')}/hold`, {})).status).toBe(200);
    expect((await post(`incidents/${number('system')}/hold`, {})).status).toBe(422);
    expect((await post('incidents/999/hold', {})).status).toBe(404);
  });
});

describe('the archive', () => {
  it.each([
    ['run', { dryRun: true, camera: 'gate-1' }, { action: 'move', dryRun: true, cameraId: 'gate-1' }],
    [
      'restore',
      { camera: 'gate-1', from: iso(AT), to: iso(AT + 9000), days: 3 },
      { action: 'restore', cameraId: 'gate-1', from: AT, to: AT + 9000, keepDays: 3 },
    ],
    ['scrub', { maxGb: 2 }, { action: 'scrub', maxBytes: 2e9 }],
  ])('%s becomes a job, and is in the trail', async (path, json, payload) => {
    const { status, body } = await post(`archive/${path}`, json);
    expect([status, body['queue']]).toEqual([202, 'archive']);
    const id = String(body['id']);
    expect(await api.inspector.job('archive', id)).toMatchObject({ payload, origin: 'key:o' });
    expect(await trail(`archive/${id}`)).toEqual([[`archive.${payload.action}`, 'key:o']]);
  });

  it('is not restored backwards', async () => {
    const wanted = { camera: 'gate-1', from: iso(AT), to: iso(AT) };
    expect((await post('archive/restore', wanted)).body.error).toMatchObject({ field: 'to' });
  });

  it('reports as JSON and as a page', async () => {
    const space = { freeBytes: 1, totalBytes: 2 };
    const about = {
      id: 'move-1-alpha',
      action: 'move',
      startedAt: AT,
      isDryRun: false,
      node: 'alpha',
    } as const;
    const moved = { kind: 'moved', copyBytes: 5, isEncoded: false } as const;
    const report = reckon(newReport(about, space), { cameraId: 'gate-1', bytes: 5 }, moved);
    await api.deps.ports.archiveReports.put({ ...report, oldestKept: { 'gate-1': AT } });
    expect((await ask('archive/reports', { as: 'viewer' })).body['reports']).toMatchObject([
      { id: 'move-1-alpha', startedAt: iso(AT), moved: { count: 1, bytes: 5 } },
    ]);
    expect((await ask('archive/reports/move-1-alpha')).body).toMatchObject({
      ...{ oldestKept: { 'gate-1': iso(AT) }, byCamera: { 'gate-1': { moved: { count: 1 } } } },
    });
    const page = await api.fetch('/api/v1/archive/reports/move-1-alpha/report.html?language=en', {
      as: 'viewer',
    });
    expect([page.status, page.headers.get('content-type')]).toEqual([
      200,
      expect.stringMatching('text/html'),
    ]);
    expect(await page.text()).toContain('Archive of recordings');
    expect((await ask('archive/reports/nope')).status).toBe(404);
  });
});
