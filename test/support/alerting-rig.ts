import { fork, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { z } from 'zod';
import { alert } from '../../jobs/alert/job.js';
import { createInspector } from '../../queues/inspector.js';
import { createProducer } from '../../queues/producer.js';
import type { QueueInspector, RedisAddress } from '../../queues/types.js';
import type { CameraFile } from '../../src/domain/camera.js';
import { InputError } from '../../src/errors.js';
import { openDatabase } from '../../src/io/sql/open.js';
import type { Database } from '../../src/io/sql/schema.js';
import type { Address } from './databases.js';
import { startTestRedis, type TestRedis } from './redis.js';
import { silentLog } from './test-queue.js';
import { startWebhookSink, type WebhookSink } from './webhook-sink.js';

type GivenFile = z.input<typeof CameraFile>;
export type GivenAlert = z.input<(typeof alert)['payload']>;

const POLL_MS = 200;
const NOTHING = 'alerts 0, steps 0, messages 0';

/** What alert-worker-child.ts is told. */
export interface RigSettings {
  readonly folder: string;
  readonly address: RedisAddress;
  readonly prefix: string;
  readonly database: Address;
  readonly cameraFile: GivenFile;
  /** Of the one channel, messages a second. */
  readonly ratePerS: number;
}

/** From an alert enqueued to a message a provider took: Redis, database, worker processes and provider are real. */
export interface AlertingRig {
  readonly redis: TestRedis;
  readonly sink: WebhookSink;
  readonly database: Database;
  readonly inspector: QueueInspector;
  /** As a caller does that wants to be sure: again, under the same id, until Redis has confirmed it. */
  enqueue(alert: GivenAlert): Promise<void>;
  startWorker(): Promise<void>;
  /** kill -9 of the oldest worker. */
  killWorker(): Promise<void>;
  /** Waits until no step is due and no message waits. */
  untilDrained(withinMs: number): Promise<void>;
  close(): Promise<void>;
}

/** @param options.file the camera file, for the sink's address */
export async function openAlertingRig(options: {
  readonly database: Address;
  readonly ratePerS: number;
  readonly file: (sinkUrl: string) => GivenFile;
}): Promise<AlertingRig> {
  const folder = mkdtempSync(join(tmpdir(), 'camqueue-rig-'));
  const redis = await startTestRedis({ aof: true });
  const sink = await startWebhookSink();
  const database = await openDatabase(options.database);
  const settings: RigSettings = {
    folder,
    address: redis.address,
    prefix: `t-${randomUUID().slice(0, 8)}`,
    database: options.database,
    cameraFile: options.file(sink.url),
    ratePerS: options.ratePerS,
  };
  const path = join(folder, 'settings.json');
  writeFileSync(path, JSON.stringify(settings));
  const queues = { address: settings.address, prefix: settings.prefix, log: silentLog };
  const producer = createProducer(queues);
  const inspector = createInspector(queues);
  const workers: ChildProcess[] = [];
  const kill = async (child: ChildProcess): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  return {
    redis,
    sink,
    database,
    inspector,
    enqueue: (given) => untilConfirmed(() => producer.enqueue(alert, given)),
    startWorker: async () => {
      workers.push(await startWorker(path));
    },
    killWorker: async () => {
      const oldest = workers.shift();
      if (!oldest) throw new Error('no worker is running');
      await kill(oldest);
    },
    untilDrained: async (withinMs) => {
      const deadline = Date.now() + withinMs;
      for (;;) {
        const left = await whatIsLeft(database, inspector);
        if (left === NOTHING) return;
        if (Date.now() > deadline) throw new Error(`after ${withinMs} ms there are still ${left}`);
        await delay(POLL_MS);
      }
    },
    close: async () => {
      await Promise.all(workers.map(kill));
      await inspector.close();
      await producer.close();
      await database.close();
      await redis.stop();
      await sink.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startWorker(settings: string): Promise<ChildProcess> {
  const child = fork(join(__dirname, 'alert-worker-child.ts'), [settings], {
    execArgv: ['-r', join(__dirname, 'register-ts.cjs')],
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the worker ended (${String(code)}) before it was ready`);
  });
  await Promise.race([once(child, 'message'), ended]);
  ended.catch(() => undefined);
  return child;
}

async function untilConfirmed(enqueue: () => Promise<unknown>): Promise<void> {
  for (let left = 20; ; left -= 1) {
    try {
      await enqueue();
      return;
    } catch (error) {
      if (error instanceof InputError || left === 0) throw error;
    }
  }
}

async function whatIsLeft({ db }: Database, inspector: QueueInspector): Promise<string> {
  const counted = (query: { executeTakeFirstOrThrow(): Promise<{ count: number | string }> }) =>
    query.executeTakeFirstOrThrow().then(({ count }) => Number(count));
  const count = (table: 'incident_step' | 'delivery') =>
    db.selectFrom(table).select(({ fn }) => fn.countAll<number | string>().as('count'));
  const { waiting, active, delayed, prioritized } = await inspector.counts('alert');
  const ends = await inspector.counts('escalation');
  const steps = await counted(
    count('incident_step')
      .where('done_at', 'is', null)
      .where('due_at', '<', Date.now() + 60_000),
  );
  const messages = await counted(count('delivery').where('state', 'in', ['pending', 'sending']));
  const alerts = waiting + active + delayed + prioritized;
  return `alerts ${alerts}, steps ${steps + ends.waiting + ends.active + ends.delayed}, messages ${messages}`;
}
