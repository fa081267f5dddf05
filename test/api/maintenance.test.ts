import { startTestApi, type TestApi } from '../support/api.js';

const AT = 1_795_251_600_000;
const HOUR = 3_600_000;
const iso = (at: number): string => new Date(at).toISOString();
let api: TestApi;
let now = AT;
beforeAll(async () => {
  api = await startTestApi({ now: () => now });
});
afterAll(() => api.stop());
beforeEach(() => {
  now = AT;
});

const begin = async (json: object) => {
  const answer = await api.fetch('/api/v1/maintenance', { as: 'operator', method: 'POST', json });
  return {
    status: answer.status,
    body: (await answer.json()) as { id: number; error: { field?: string; message: string } },
  };
};
const list = async (query = '') => {
  const answer = await api.fetch(`/api/v1/maintenance${query}`, { as: 'viewer' });
  return ((await answer.json()) as { maintenance: { id: number }[] }).maintenance;
};
const end = async (id: number | string): Promise<number> =>
  (await api.fetch(`/api/v1/maintenance/${id}`, { as: 'operator', method: 'DELETE' })).status;

it('begins now, covers its camera, is ended once, and both are in the audit trail', async () => {
  const { status, body } = await begin({ camera: 'yard', to: iso(AT + HOUR), reason: ' ống kính ' });
  expect([status, body]).toEqual([
    201,
    {
      id: body.id,
      camera: 'yard',
      from: iso(AT),
      to: iso(AT + HOUR),
      reason: 'ống kính',
      by: 'key:o',
      isOn: true,
    },
  ]);
  const { maintenances, audit } = api.deps.ports;
  expect(await maintenances.at('yard', AT + 1)).toHaveLength(1);
  expect(await maintenances.at('gate-1', AT + 1)).toEqual([]);
  expect(await list('?current=true')).toEqual([body]);
  now = AT + 1000;
  expect(await end(body.id)).toBe(204);
  expect(await end(body.id)).toBe(404);
  expect(await list('?current=true')).toEqual([]);
  expect(await list()).toMatchObject([{ id: body.id, isOn: false, endedAt: iso(AT + 1000) }]);
  const trail = await audit.list({ subject: `maintenance/${body.id}`, limit: 9 });
  expect(trail.map(({ action, actor, detail }) => [action, actor, detail])).toEqual([
    ['maintenance.end', 'key:o', {}],
    [
      'maintenance.begin',
      'key:o',
      { cameraId: 'yard', reason: 'ống kính', from: iso(AT), to: iso(AT + HOUR) },
    ],
  ]);
});

it('of the whole site may lie ahead', async () => {
  const { body } = await begin({ from: iso(AT + HOUR), to: iso(AT + 2 * HOUR) });
  expect(body).toMatchObject({ from: iso(AT + HOUR), isOn: false });
  expect(body).not.toHaveProperty('camera');
  now = AT + HOUR;
  expect(await list('?current=true')).toMatchObject([{ id: body.id, isOn: true }]);
  expect(await api.deps.ports.maintenances.at('gate-1', now)).toHaveLength(1);
  expect(await end(body.id)).toBe(204);
});

it.each([
  [{}, 400, 'to'],
  [{ to: 'tomorrow' }, 400, 'to'],
  [{ to: iso(AT) }, 422, 'to'],
  [{ from: iso(AT - 2 * HOUR), to: iso(AT - HOUR) }, 422, 'to'],
  [{ to: iso(AT + 31 * 24 * HOUR) }, 422, 'to'],
  [{ camera: 'nope', to: iso(AT + HOUR) }, 422, 'camera'],
  [{ camera: 'A B', to: iso(AT + HOUR) }, 400, 'camera'],
  [{ to: iso(AT + HOUR), by: 'me' }, 400, 'by'],
])('%j: %i, naming the field', async (json, status, field) => {
  const answer = await begin(json);
  expect([answer.status, answer.body.error.field]).toEqual([status, field]);
});

it.each(['x', '0', '1.5', '99999'])('ending "%s" is refused', async (id) => {
  expect([400, 404]).toContain(await end(id));
});
