import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Redis } from 'ioredis';
import { createMetrics, exposeMetrics } from '../../src/io/metrics.js';
import { collectMetrics, publishMetrics } from '../../src/io/redis-metrics.js';
import { exposition } from '../support/exposition.js';
import { startTestRedis } from '../support/redis.js';

describe('exposition of several processes', () => {
  it('names each metric once and keeps every process’s samples', async () => {
    const one = createMetrics({ process: 'worker-1' });
    const two = createMetrics({ process: 'worker-2' });
    one.jobEnded('motion', 'done', 40, 3);
    one.jobEnded('motion', 'done', 2000, 3);
    two.jobEnded('motion', 'done', 10, 100);
    two.jobEnded('alert', 'failed', 10, 100);
    two.inference('nanodet', 25);
    one.analysed('gate-1', 280);
    const text = await exposeMetrics([
      await one.json(),
      await two.json(),
      [
        {
          name: 'camqueue_queue_jobs',
          help: 'jobs',
          type: 'gauge',
          values: [{ value: 7, labels: { queue: 'motion', state: 'waiting' } }],
        },
      ],
    ]);
    const { families, sum } = exposition(text);
    for (const [name, { help, type }] of families)
      expect({ name, help, type }).toEqual({ name, help: 1, type: 1 });
    expect(sum('camqueue_jobs_total', { queue: 'motion', outcome: 'done' })).toBe(3);
    expect(sum('camqueue_jobs_total', { process: 'worker-2' })).toBe(2);
    expect(sum('camqueue_job_duration_seconds_sum', { queue: 'motion' })).toBeCloseTo(2.05);
    expect(sum('camqueue_job_duration_seconds_bucket', { queue: 'motion', le: '0.05' })).toBe(2);
    expect(sum('camqueue_job_duration_seconds_bucket', { queue: 'motion', le: '+Inf' })).toBe(3);
    expect(sum('camqueue_job_wait_seconds_sum', { queue: 'alert' })).toBeCloseTo(0.1);
    expect(sum('camqueue_inference_seconds_count', { network: 'nanodet' })).toBe(1);
    expect(sum('camqueue_frame_latency_seconds_bucket', { camera: 'gate-1', le: '0.3' })).toBe(1);
    expect(sum('camqueue_frame_latency_seconds_bucket', { camera: 'gate-1', le: '0.2' })).toBe(0);
    expect(sum('camqueue_queue_jobs', { state: 'waiting' })).toBe(7);
    expect(sum('process_resident_memory_bytes', { process: 'worker-1' })).toBeGreaterThan(1e6);
  });

  it('counts processor time once, however often it is read', async () => {
    const metrics = createMetrics({ process: 'p' });
    await metrics.text();
    await metrics.json();
    const { user, system } = process.cpuUsage();
    const read = exposition(await metrics.text()).sum('process_cpu_seconds_total', {});
    expect(read).toBeGreaterThanOrEqual((user + system) / 1e6);
    expect(read).toBeLessThan((user + system) / 1e6 + 1);
  });
});

describe('metrics shared through Redis', () => {
  let server: Awaited<ReturnType<typeof startTestRedis>>;
  let redis: Redis;
  beforeAll(async () => {
    server = await startTestRedis();
    redis = new Redis(server.address.path, { disconnectTimeout: 50 });
    redis.on('error', () => undefined);
  });
  afterAll(async () => {
    await redis.quit();
    await server.stop();
  });

  it('collects what every live process published, and not what a dead one did', async () => {
    const prefix = `test-${randomUUID()}`;
    const alive = createMetrics({ process: 'alive' });
    const dead = createMetrics({ process: 'dead' });
    alive.jobEnded('motion', 'done', 10, 1);
    dead.jobEnded('motion', 'done', 10, 1);
    const published = await publishMetrics({ redis, prefix, process: 'alive', metrics: alive });
    const killed = await publishMetrics({
      redis,
      prefix,
      process: 'dead',
      metrics: dead,
      everyMs: 3_600_000,
    });
    const collected = async () => exposition(await exposeMetrics(await collectMetrics({ redis, prefix })));
    expect((await collected()).sum('camqueue_jobs_total', {})).toBe(2);

    // What the time to live does to the key of a process that was killed.
    expect(await redis.pttl(`{${prefix}}:metrics:dead`)).toBeGreaterThan(0);
    await redis.del(`{${prefix}}:metrics:dead`);
    expect((await collected()).sum('camqueue_jobs_total', {})).toBe(1);
    expect(await redis.smembers(`{${prefix}}:metrics`)).toEqual(['alive']);

    await published.stop();
    await killed.stop();
    expect(await collectMetrics({ redis, prefix })).toEqual([]);
    expect(await redis.keys(`*${prefix}*`)).toEqual([]);
  });

  it('publishes again and again', async () => {
    const prefix = `test-${randomUUID()}`;
    const metrics = createMetrics({ process: 'p' });
    const published = await publishMetrics({ redis, prefix, process: 'p', metrics, everyMs: 5 });
    metrics.jobEnded('motion', 'done', 10, 1);
    const seen = async () =>
      exposition(await exposeMetrics(await collectMetrics({ redis, prefix }))).sum('camqueue_jobs_total', {});
    while ((await seen()) === 0);
    await published.stop();
  });

  it('survives an outage, says so once, and goes on after it', async () => {
    const prefix = `test-${randomUUID()}`;
    const warnings: string[] = [];
    const cut = new Redis(server.address.path, {
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      retryStrategy: () => 20,
    });
    cut.on('error', () => undefined);
    await once(cut, 'ready');
    let triesInTheDark = 0;
    let onThirdTry = (): void => undefined;
    const thirdTry = new Promise<void>((resolve) => (onThirdTry = resolve));
    const metrics = createMetrics({ process: 'p' });
    const published = await publishMetrics({
      redis: cut,
      prefix,
      process: 'p',
      metrics: {
        json: async () => {
          if (cut.status !== 'ready' && ++triesInTheDark === 3) onThirdTry();
          return metrics.json();
        },
      },
      log: { warn: (_fields, message) => warnings.push(message) },
      everyMs: 5,
    });
    try {
      await server.kill();
      await thirdTry;
      await server.restart();
      while (cut.status !== 'ready') await once(cut, 'ready');
      while ((await collectMetrics({ redis: cut, prefix })).length === 0);
      expect(warnings).toEqual(['metrics not published; trying again']);
    } finally {
      await published.stop();
      await cut.quit();
    }
  });
});
