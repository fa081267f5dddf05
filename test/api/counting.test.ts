import { startTestApi, type TestApi } from '../support/api.js';
import { COUNTED_CAMERAS, crossing, useCameras } from '../support/counted-cameras.js';

/** Noon of the site. */
const NOON = Date.parse('2026-11-21T05:00:00Z');
let api: TestApi;

beforeAll(async () => {
  api = await startTestApi({ now: () => NOON });
  await useCameras(api, COUNTED_CAMERAS);
  const at = (secondsBefore: number) => NOON - secondsBefore * 1000;
  await api.deps.ports.events.add([
    crossing({ cameraId: 'gate-1', line: 'lane', at: at(13 * 3600), trackId: 1 }),
    crossing({ cameraId: 'gate-1', line: 'lane', at: at(60), trackId: 2, name: 'vào bãi', speedKmh: 12 }),
    crossing({ cameraId: 'gate-1', line: 'lane', at: at(50), trackId: 3, class: 'person' }),
    crossing({ cameraId: 'gate-1', line: 'lane', at: at(50), trackId: 4 }),
    crossing({ cameraId: 'gate-1', line: 'lane', at: at(40), trackId: 4, direction: 'out' }),
    crossing({ cameraId: 'gate-2', line: 'ramp', at: at(30), trackId: 1, direction: 'out' }),
    crossing({ cameraId: 'gone', line: 'old', at: at(20), trackId: 9, class: 'bus' }),
  ]);
});
afterAll(() => api?.stop());

const get = async <T>(path: string): Promise<T> => {
  const answer = await api.fetch(path, { as: 'viewer' });
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
};
interface Counted {
  counts: { camera: string; line: string; in: number; out: number; byClass: object; names: object }[];
  total: object;
  from: string;
  to: string;
}

test('counts of the site’s day by line, direction and class; also of lines nothing crossed, and of cameras that are gone', async () => {
  const { counts, total, from, to } = await get<Counted>('/api/v1/counts');
  expect([from, to]).toEqual(['2026-11-20T17:00:00.000Z', '2026-11-21T17:00:00.000Z']);
  expect(counts.map((one) => [one.camera, one.line, one.in, one.out])).toEqual([
    ['gate-1', 'lane', 3, 1],
    ['gate-2', 'ramp', 0, 1],
    ['hall', 'door', 0, 0],
    ['gone', 'old', 1, 0],
  ]);
  expect(counts[0]).toMatchObject({
    names: { in: 'vào bãi', out: 'ra khỏi bãi' },
    byClass: { car: { in: 2, out: 1 }, person: { in: 1, out: 0 } },
  });
  expect(total).toEqual({ in: 4, out: 2, net: 2 });
  const earlier = await get<Counted>(
    '/api/v1/counts?camera=gate-1&from=2026-11-20T00:00:00Z&to=2026-11-20T17:00:00Z',
  );
  expect(earlier.total).toEqual({ in: 1, out: 0, net: 1 });
});

test.each([
  ['/api/v1/counts?from=2026-11-21T04:00:00Z&to=2026-11-21T03:00:00Z', 400, /to: must be after from/],
  ['/api/v1/counts?from=2026-11-21T06:00:00Z', 400, /from: 2026-11-21T06:00:00.000Z is still to come/],
  ['/api/v1/counts?from=today', 400, /from: is no time/],
  ['/api/v1/counts?camera=nobody', 404, /no camera "nobody"/],
  ['/api/v1/trips?camera=nobody', 404, /no camera "nobody"/],
  ['/api/v1/trips', 400, /camera/],
  ['/api/v1/crossings?from=2026-11-21T04:00:00Z&to=2026-11-21T04:00:00Z', 400, /to: must be after from/],
  ['/api/v1/crossings?after=x', 400, /no place in the answer/],
  ['/api/v1/crossings/nothing', 404, /no crossing "nothing"/],
  ['/api/v1/crossings/nothing/trace.svg', 404, /no crossing "nothing"/],
  ['/api/v1/areas/nowhere', 404, /no area "nowhere"/],
])('says what is wrong: %s', async (path, status, message) => {
  const answer = await api.fetch(path, { as: 'viewer' });
  expect(answer.status).toBe(status);
  expect(((await answer.json()) as { error: { message: string } }).error.message).toMatch(message);
});

test('each count, a page at a time, with what it was filtered for', async () => {
  interface Page {
    crossings: { id: string; trackId: number; cameraId: string; trace: number[][]; drawn: string }[];
    next?: string;
  }
  const seen: string[] = [];
  let next: string | undefined;
  do {
    const page: Page = await get<Page>(
      `/api/v1/crossings?limit=2${next === undefined ? '' : `&after=${next}`}`,
    );
    seen.push(...page.crossings.map(({ cameraId, trackId }) => `${cameraId}#${trackId}`));
    next = page.next;
  } while (next !== undefined);
  expect(seen).toEqual(['gone#9', 'gate-2#1', 'gate-1#4', 'gate-1#4', 'gate-1#3', 'gate-1#2', 'gate-1#1']);
  const filtered = async (query: string): Promise<number[]> =>
    (await get<Page>(`/api/v1/crossings?${query}`)).crossings.map(({ trackId }) => trackId);
  expect(await filtered('camera=gate-1&direction=out')).toEqual([4]);
  expect(await filtered('line=lane&class=person')).toEqual([3]);
  expect(await filtered('line=lane&from=2026-11-20T00:00:00Z&to=2026-11-20T17:00:00Z')).toEqual([1]);
});

test('each count can be looked at: the way it came and the line, over its picture', async () => {
  const one = crossing({ cameraId: 'gate-1', line: 'lane', at: NOON - 5, trackId: 77, class: '<b>"car"' });
  const jpeg = await api.deps.ports.pictures.jpeg(
    { width: 64, height: 40, format: 'rgb24', data: new Uint8Array(64 * 40 * 3).fill(90) },
    {},
  );
  await api.deps.ports.snapshots.put('events/x/77.jpg', jpeg);
  await api.deps.ports.events.add([{ ...one, snapshot: 'events/x/77.jpg' }]);
  expect(await get(`/api/v1/crossings/${one.id}`)).toMatchObject({
    trackId: 77,
    trace: one.trace,
    direction: 'in',
  });
  const answer = await api.fetch(`/api/v1/crossings/${one.id}/trace.svg`, { as: 'viewer' });
  expect(answer.headers.get('content-type')).toMatch('image/svg+xml');
  const svg = await answer.text();
  expect(svg).toContain(`data:image/jpeg;base64,${jpeg.toString('base64')}`);
  expect(svg.match(/<circle/g)).toHaveLength(8);
  expect(svg).toContain('&lt;b&gt;&quot;car&quot; in over lane');
  expect(svg).not.toContain('NaN');
});

test('trips from line to line of one camera', async () => {
  const { trips } = await get<{ trips: object[] }>('/api/v1/trips?camera=gate-1');
  expect(trips).toEqual([
    {
      ...{ from: 'lane', fromDirection: 'in', to: 'lane', toDirection: 'out' },
      ...{ total: 1, byClass: { car: 1 } },
    },
  ]);
});

test('areas: counted by all their gates, corrected by an operator, reset, all of it in the audit trail', async () => {
  interface View {
    id: string;
    inside: number;
    [field: string]: unknown;
  }
  const { areas } = await get<{ areas: View[] }>('/api/v1/areas');
  // Of cars alone; the ramp leads in by its `out`.
  expect(areas.map(({ id, inside }) => [id, inside])).toEqual([
    ['park', 3],
    ['hall', 0],
  ]);
  expect(areas[0]).toMatchObject({
    capacity: 120,
    free: 117,
    isOver: false,
    problems: [],
    threshold: { clearAt: 90 },
  });
  const post = (path: string, json: unknown) => api.fetch(path, { as: 'operator', method: 'POST', json });
  const corrected = await post('/api/v1/areas/park/corrections', { inside: 101, note: 'by hand' });
  expect(corrected.status).toBe(201);
  expect(await corrected.json()).toMatchObject({
    ...{ inside: 101, isOver: true, in: 0, out: 0 },
    marks: [{ kind: 'correction', value: 101, counted: 3, difference: 98, by: 'key:o', note: 'by hand' }],
  });
  // It was not rung before: the job that tells people is waiting.
  expect(await api.inspector.counts('occupancy')).toMatchObject({ waiting: 1 });
  expect(await (await post('/api/v1/areas/park/reset', {})).json()).toMatchObject({
    inside: 0,
    isOver: false,
  });
  const trail = await api.deps.ports.audit.list({ subject: 'area/park', limit: 9 });
  expect(
    trail.map(({ actor, action, detail }) => [actor, action, detail['before'], detail['after']]),
  ).toEqual([
    ['key:o', 'area.reset', 101, 0],
    ['key:o', 'area.correct', 3, 101],
  ]);
  for (const inside of [-1, 1.5, '3', undefined])
    expect((await post('/api/v1/areas/park/corrections', { inside })).status).toBe(400);
  expect((await post('/api/v1/areas/nowhere/corrections', { inside: 1 })).status).toBe(404);
});
