import { createTask } from 'node-cron';
import { done } from '../../jobs/define.js';
import { createProducer } from '../../queues/producer.js';
import { lastSlot, startSchedules } from '../../queues/schedules.js';
import { InputError } from '../../src/errors.js';
import { startTestRedis, type TestRedis } from '../support/redis.js';
import { openBench, silentLog, testContract, testEntry, type Bench } from '../support/test-queue.js';

const work = testContract({ name: 'work' });
let redis: TestRedis;
let bench: Bench;
beforeAll(async () => {
  redis = await startTestRedis();
});
afterAll(() => redis.stop());
beforeEach(() => {
  bench = openBench(redis.address);
});
afterEach(() => bench.close());

const every = (cron: string, catchUp: boolean) => ({
  name: 'check',
  contract: work,
  cron,
  timeZone: 'Asia/Ho_Chi_Minh',
  payload: (slotAt: number) => ({ cameraId: 'all', n: slotAt }),
  catchUp,
});

it('a slot runs once however many replicas run', async () => {
  const slots: number[] = [];
  let notify: () => void = () => undefined;
  await bench.consume(
    testEntry(work, async ({ n = 0 }) => {
      slots.push(n);
      notify();
      return done();
    }),
  );
  const second = createProducer({ address: redis.address, prefix: bench.prefix, log: silentLog });
  const schedules = [every('* * * * * *', false)];
  const replicas = [bench.producer, second, bench.producer].map((producer) =>
    startSchedules({ schedules, producer, log: silentLog }),
  );
  await new Promise<void>((resolve) => (notify = () => slots.length >= 3 && resolve()));
  await Promise.all(replicas.map((replica) => replica.stop()));
  await second.close();
  const seen = [...slots].sort((a, b) => a - b);
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen.every((slot) => slot % 1000 === 0)).toBe(true);
  expect(await bench.inspector.job('work', `work-check-${seen[0]}`)).toMatchObject({
    origin: 'schedule/check',
  });
});

it('catches up the last missed slot at start, once, and only where asked', async () => {
  const schedules = [every('0 2 * * *', true), { ...every('0 2 * * *', false), name: 'other' }];
  for (let start = 0; start < 2; start++)
    await startSchedules({ schedules, producer: bench.producer, log: silentLog }).stop();
  const [job, ...rest] = await bench.inspector.list('work', 'waiting', 10);
  expect(rest).toEqual([]);
  const slotAt = (job?.payload as { n: number }).n;
  expect(job?.id).toBe(`work-check-${slotAt}`);
  // Two in the morning in Vietnam is 19:00 UTC.
  expect(new Date(slotAt).toISOString()).toMatch(/T19:00:00\.000Z$/);
  expect(Date.now() - slotAt).toBeLessThan(86_400_000);
});

it.each([
  { cron: '0 2 * * *', now: '2026-11-21T02:00:00.000Z', last: '2026-11-21T02:00:00.000Z' },
  { cron: '0 2 * * *', now: '2026-11-21T01:59:59.999Z', last: '2026-11-20T02:00:00.000Z' },
  { cron: '*/15 * * * *', now: '2026-11-21T10:29:30.000Z', last: '2026-11-21T10:15:00.000Z' },
  { cron: '*/10 * * * * *', now: '2026-11-21T10:29:39.500Z', last: '2026-11-21T10:29:30.000Z' },
  // A week ago: whether it ran is forgotten.
  { cron: '0 2 * * sat', now: '2026-11-20T12:00:00.000Z', last: undefined },
])('the last slot of "$cron" at $now is $last', ({ cron, now, last }) => {
  const task = createTask(cron, () => undefined, { timezone: 'Etc/UTC' });
  const slot = lastSlot(task, { cron, contract: work }, Date.parse(now));
  expect(slot === undefined ? undefined : new Date(slot).toISOString()).toBe(last);
  void task.destroy();
});

it('refuses an expression that is none', () => {
  const start = () =>
    startSchedules({ schedules: [every('every day', false)], producer: bench.producer, log: silentLog });
  expect(start).toThrow(
    new InputError('schedule check: "every day" is no cron expression; for example "0 2 * * *"'),
  );
});
