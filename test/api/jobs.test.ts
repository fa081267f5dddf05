import { randomUUID } from 'node:crypto';
import { entry } from '../../jobs/define.js';
import { registry } from '../../jobs/registry.js';
import { startConsumer } from '../../queues/consumer.js';
import { PermanentError } from '../../src/errors.js';
import { createMetrics } from '../../src/io/metrics.js';
import { startTestApi, type TestApi } from '../support/api.js';
import { silentLog } from '../support/test-queue.js';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const alertOf = (id: string, more = {}): object => ({
  id,
  cameraId: 'gate-1',
  kind: 'intrusion',
  at: 1795251600000,
  summary: 'person in yard',
  ...more,
});

interface Answer {
  status: number;
  body: {
    id: string;
    created: boolean;
    href: string;
    error: { code: string; message: string; field?: string };
    jobs: { id: string }[];
    origin: string;
    payload: object;
    state: string;
    createdAt: string;
  };
}
async function ask(path: string, options: Parameters<TestApi['fetch']>[1] = {}): Promise<Answer> {
  const answer = await api.fetch(path, { as: 'operator', ...options });
  return { status: answer.status, body: (await answer.json()) as Answer['body'] };
}
const enqueue = (
  queue: string,
  json: unknown,
  headers: Record<string, string> = {},
  query = '',
): Promise<Answer> => ask(`/api/v1/jobs/${queue}${query}`, { method: 'POST', json, headers });

describe('enqueue', () => {
  it('the same Idempotency-Key is the same job', async () => {
    const key = `order-${randomUUID()}`;
    const first = await enqueue('alert', alertOf('a'), { 'Idempotency-Key': key });
    expect(first).toEqual({
      status: 202,
      body: { id: key, queue: 'alert', created: true, href: `/api/v1/jobs/alert/${key}` },
    });
    const again = await enqueue('alert', alertOf('a'), { 'Idempotency-Key': key });
    expect(again.body).toEqual({ ...first.body, created: false });
    expect((await enqueue('alert', alertOf('a'), {}, `?id=${key}`)).body.created).toBe(false);
    expect((await api.inspector.list('alert', 'waiting', 50)).filter(({ id }) => id === key)).toHaveLength(1);
  });

  it('without a key the contract’s id counts', async () => {
    const id = randomUUID();
    expect((await enqueue('alert', alertOf(id))).body).toMatchObject({ id: `alert-${id}`, created: true });
    expect((await enqueue('alert', alertOf(id, { summary: 'another text' }))).body).toMatchObject({
      id: `alert-${id}`,
      created: false,
    });
  });

  it('the job can be read where href says, and says who asked', async () => {
    const { body } = await enqueue('alert', alertOf(`odd id ${'%'}`.replaceAll(' ', '.').replace('%', '_')));
    const job = await ask(body.href, { as: 'viewer' });
    expect(job).toMatchObject({
      status: 200,
      body: { id: body.id, state: 'waiting', origin: 'key:o', payload: { cameraId: 'gate-1' } },
    });
    expect(job.body.createdAt).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
  });

  it('each accepted request is in the audit trail', async () => {
    const id = randomUUID();
    await enqueue('alert', alertOf(id));
    await enqueue('alert', alertOf(id));
    expect(await api.deps.ports.audit.list({ subject: `alert/alert-${id}`, limit: 9 })).toMatchObject([
      { actor: 'key:o', action: 'job.enqueue', detail: { created: false } },
      { actor: 'key:o', action: 'job.enqueue', detail: { created: true } },
    ]);
  });

  it.each([
    ['a field that does not fit', 'alert', alertOf('x', { cameraId: 'No Camera' }), 400, 'payload.cameraId'],
    ['a missing field', 'alert', { id: 'x' }, 400, 'payload.cameraId'],
    ['a field nobody knows', 'motion', { cameraId: 'gate-1', camera: 1 }, 400, 'payload.camera'],
    ['an array', 'motion', [], 400, 'payload'],
    ['a queue for the system', 'notification', registry.notification.contract.example, 403, undefined],
    ['an unknown queue', 'nope', {}, 404, 'queue'],
    ['a name every object has', 'constructor', {}, 404, 'queue'],
  ])('refuses %s', async (_what, queue, json, status, field) => {
    const answer = await enqueue(queue, json);
    expect([answer.status, answer.body.error.field]).toEqual([status, field]);
  });

  it('names the queues there are', async () => {
    expect((await enqueue('nope', {})).body.error.message).toContain(
      'motion, license-plate, alert, escalation, notification',
    );
  });

  it.each([
    ['with a colon', 'a:b'],
    ['of digits', '12345'],
    ['reserved', 'meta'],
    ['too long', 'x'.repeat(301)],
  ])('refuses a key %s', async (_what, key) => {
    const answer = await enqueue('alert', alertOf('x'), { 'Idempotency-Key': key });
    expect([answer.status, answer.body.error.field]).toEqual([400, 'Idempotency-Key']);
  });

  it.each([
    [
      'too large a body',
      {
        body: JSON.stringify({ summary: 'x'.repeat(70_000) }),
        headers: { 'Content-Type': 'application/json' },
      },
      413,
    ],
    ['too large a payload', { json: alertOf('x', { summary: 'x'.repeat(20_000) }) }, 400],
    ['no JSON', { body: '{"a":', headers: { 'Content-Type': 'application/json' } }, 400],
    ['a form', { body: 'a=b', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }, 415],
    ['nothing', {}, 415],
    [
      'JSON said to be packed',
      { body: 'x', headers: { 'Content-Type': 'application/json', 'Content-Encoding': 'odd' } },
      415,
    ],
  ])('answers %s in JSON', async (_what, options, status) => {
    const answer = await ask('/api/v1/jobs/alert', { method: 'POST', ...options });
    expect([answer.status, typeof answer.body.error.message]).toEqual([status, 'string']);
  });
});

describe('look, cancel, retry', () => {
  it('lists jobs by state', async () => {
    const id = randomUUID();
    await enqueue('alert', alertOf(id));
    const { body } = await ask('/api/v1/jobs/alert?state=waiting&limit=200', { as: 'viewer' });
    expect(body.jobs.map((job) => job.id)).toContain(`alert-${id}`);
    expect((await ask('/api/v1/jobs/alert')).body.jobs).toEqual([]);
  });

  it.each([
    ['?state=nowhere', 'state'],
    ['?limit=0', 'limit'],
    ['?limit=x', 'limit'],
    ['?stat=failed', 'stat'],
  ])('refuses %s naming %s', async (query, field) => {
    const answer = await ask(`/api/v1/jobs/alert${query}`);
    expect([answer.status, answer.body.error.field]).toEqual([400, field]);
  });

  it('cancels a waiting job, once', async () => {
    const { body } = await enqueue('alert', alertOf(randomUUID()));
    expect((await ask(body.href, { method: 'DELETE' })).status).toBe(202);
    expect((await ask(body.href, { method: 'DELETE' })).status).toBe(404);
    const trail = await api.deps.ports.audit.list({ subject: `alert/${body.id}`, limit: 9 });
    expect(trail.map(({ action }) => action)).toEqual(['job.cancel', 'job.enqueue']);
  });

  it.each([['meta'], ['a:b'], ['1']])('an id like %s reads nothing of the queue’s own', async (id) => {
    expect((await ask(`/api/v1/jobs/alert/${encodeURIComponent(id)}`)).status).toBe(400);
  });

  it('a bad percent sign is the caller’s mistake', async () => {
    expect((await ask('/api/v1/jobs/alert/%E0%A4%A')).status).toBe(400);
  });

  it('credentials in a URL do not leave, whoever put them into a job', async () => {
    const { body } = await enqueue(
      'alert',
      alertOf(randomUUID(), { summary: 'see rtsp://viewer:s3cret-pw@10.0.0.5/main' }),
    );
    for (const path of [body.href, `/admin/queues/api/queues/alert/${body.id}`]) {
      const text = await (await api.fetch(path, { as: 'viewer' })).text();
      expect(text).toContain('see rtsp://***@10.0.0.5/main');
      expect(text).not.toContain('s3cret');
    }
  });

  it('retries a failed job, not another', async () => {
    let fail = true;
    const consumer = await startConsumer({
      entry: entry(registry.alert.contract, [], async () => ({
        handle: async () => {
          if (fail) throw new PermanentError('not today');
          return { outcome: 'done' as const, result: 1 };
        },
      })),
      ports: {},
      address: api.redis.address,
      prefix: api.metricsAt.prefix,
      producer: api.producer,
      log: silentLog,
      metrics: createMetrics({ process: 'w' }),
      graceMs: 1000,
    });
    try {
      const { body } = await enqueue('alert', alertOf(randomUUID()));
      const signal = AbortSignal.timeout(100_000);
      expect((await api.inspector.waitFor('alert', body.id, signal)).state).toBe('failed');
      expect((await ask(body.href, { method: 'DELETE' })).status).toBe(409);
      fail = false;
      expect((await ask(`${body.href}/retry`, { method: 'POST' })).status).toBe(202);
      expect((await api.inspector.waitFor('alert', body.id, signal)).state).toBe('completed');
      expect((await ask(`${body.href}/retry`, { method: 'POST' })).status).toBe(409);
    } finally {
      await consumer.close();
    }
  });
});
