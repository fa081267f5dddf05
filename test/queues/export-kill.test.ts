import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportClip } from '../../jobs/export-clip/job.js';
import { createInspector } from '../../queues/inspector.js';
import { createProducer } from '../../queues/producer.js';
import type { JobView } from '../../queues/types.js';
import { createExportStore } from '../../src/io/sql/exports.js';
import { workDirOf } from '../support/export-world.js';
import { FIRST_AT, framesOf, makeRecordings, type TestRecordings } from '../support/recordings.js';
import { startTestRedis, type TestRedis } from '../support/redis.js';
import { silentLog } from '../support/test-queue.js';

jest.setTimeout(120_000);

const SECONDS = 40;
const REQUEST = { cameraId: 'gate-1', from: FIRST_AT, to: FIRST_AT + SECONDS * 1000, watermark: true };

let redis: TestRedis;
let folder: string;
let made: TestRecordings;
const prefix = 'kill';
const children: ChildProcess[] = [];
beforeAll(async () => {
  redis = await startTestRedis();
  folder = await mkdtemp(join(tmpdir(), 'camqueue-export-'));
  // Large enough that encoding them takes a while.
  made = await makeRecordings(
    folder,
    Array.from({ length: 4 }, () => ({ seconds: SECONDS / 4, size: [640, 480] as const })),
  );
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await made.close();
  await redis.stop();
  await rm(folder, { recursive: true, force: true });
});

async function startChild(): Promise<ChildProcess> {
  const child = fork(join(__dirname, '../support/export-child.ts'), [redis.address.path, prefix, folder], {
    execArgv: ['-r', join(__dirname, '../support/register-ts.cjs')],
  });
  children.push(child);
  await once(child, 'message');
  return child;
}

it('killed in the middle it is made by the next worker, once and whole; cancelled, it is gone', async () => {
  const shared = { address: redis.address, prefix, log: silentLog };
  const [producer, inspector] = [createProducer(shared), createInspector(shared)];
  const exports = createExportStore(made.database);
  const until = async (id: string, isIt: (job: JobView) => boolean): Promise<JobView> => {
    for (;;) {
      const job = await inspector.job(exportClip.name, id);
      if (job && isIt(job)) return job;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  try {
    const first = await startChild();
    const { id } = await producer.enqueue(exportClip, REQUEST);
    const seen = await until(id, ({ progress, leftMs }) => progress > 0.1 && leftMs !== undefined);
    expect(seen).toMatchObject({ state: 'active' });
    first.kill('SIGKILL');
    await once(first, 'exit');
    expect((await exports.get(id))?.state).toBe('running');
    expect(await readdir(workDirOf(folder))).toHaveLength(1);

    const second = await startChild();
    expect(await inspector.waitFor(exportClip.name, id, AbortSignal.timeout(100_000))).toMatchObject({
      ...{ state: 'completed', outcome: 'done', progress: 1 },
    });
    const row = (await exports.get(id))!;
    expect(row).toMatchObject({ state: 'done' });
    const clip = join(folder, 'storage', row.result!.key);
    expect(await framesOf(clip)).toEqual(Array.from({ length: SECONDS * 10 }, (_, i) => i + 1));
    expect(await readdir(workDirOf(folder))).toEqual([]);

    const other = await producer.enqueue(exportClip, { ...REQUEST, format: 'mkv' });
    await until(other.id, ({ progress }) => progress > 0.1);
    expect(await inspector.cancel(exportClip.name, other.id, 'person:lan')).toBe(true);
    expect(await exports.get(other.id)).toMatchObject({
      ...{ state: 'cancelled', reason: 'cancelled by person:lan' },
    });
    // What it left it removes right after; the worker lives on.
    while ((await readdir(workDirOf(folder))).length > 0) await new Promise((end) => setTimeout(end, 20));
    const place = join(folder, 'storage/exports/gate-1/2026-03-03', other.id);
    expect([existsSync(place), second.exitCode]).toEqual([false, null]);
  } finally {
    await producer.close();
    await inspector.close();
  }
});
