import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { stringify } from 'yaml';
import { collectMetrics } from '../../io/redis-metrics.js';
import { createLog } from '../../log.js';
import type { MetricFamily } from '../../ports.js';
import { loadConfig } from '../installation.js';
import { openWorld, type World } from '../world.js';
import { createChildren, type Children } from './children.js';

/** An installation of its own in a temporary folder, with nothing running yet but its Redis. */
export interface Stage {
  readonly world: World;
  readonly children: Children;
  /** Aborted when the benchmark is to end. */
  readonly signal: AbortSignal;
  /** Starts workers and resolves when they take jobs. @param queues of each process */
  workers(...queues: readonly (readonly string[])[]): Promise<void>;
  /** Metrics of all workers, each as it last published them. */
  metrics(): Promise<MetricFamily[][]>;
  /** Waits, unless a child dies or the benchmark is to end. */
  wait(ms: number): Promise<void>;
  /** Waits until it holds. @throws Error naming `what` after `withinMs` */
  until(what: string, withinMs: number, holds: () => Promise<boolean>): Promise<void>;
}

/** An outside Redis or database would be measured, and filled, instead of ours. Empty counts as not set. */
const OWN = { REDIS_URL: '', FRAME_REDIS_URL: '', DATABASE_URL: '', QUEUE_PREFIX: 'bench', RING_MB: '' };
const READY_MS = 60_000;
const POLL_MS = 20;

/**
 * Opens a stage with these cameras, works on it, and takes all of it away again, however the work ends.
 * @param more what else the camera file holds, and settings of the environment
 */
export async function onStage<T>(
  cameras: readonly object[],
  signal: AbortSignal,
  work: (stage: Stage) => Promise<T>,
  more: { readonly file?: object; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'camqueue-bench-'));
  try {
    const paths = { DATA_DIR: join(folder, 'data'), CAMERAS_FILE: join(folder, 'cameras.yaml') };
    await mkdir(paths.DATA_DIR);
    await writeFile(paths.CAMERAS_FILE, stringify({ ...more.file, cameras }));
    const world = await openWorld(
      loadConfig({ ...OWN, ...paths, ...more.env }),
      'bench',
      createLog('bench', 'error'),
    );
    const env = { ...process.env, ...OWN, ...paths, ...more.env, LOG_LEVEL: 'warn' };
    const children = createChildren(env, folder);
    try {
      // The tables are made once, before several processes want them.
      await world.ports(['events']);
      return await work(stageOf(world, children, signal));
    } finally {
      await children.stop();
      await world.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function stageOf(world: World, children: Children, signal: AbortSignal): Stage {
  const metrics = async (): Promise<MetricFamily[][]> =>
    collectMetrics({ redis: await world.jobsRedis(), prefix: world.config.QUEUE_PREFIX });
  const wait = (ms: number): Promise<void> =>
    Promise.race([setTimeout(ms, undefined, { signal }), children.died]);
  const until: Stage['until'] = async (what, withinMs, holds) => {
    const deadline = Date.now() + withinMs;
    while (!(await holds())) {
      if (Date.now() > deadline) throw new Error(`${what} did not happen within ${withinMs} ms`);
      await wait(POLL_MS);
    }
  };
  return {
    world,
    children,
    signal,
    metrics,
    wait,
    until,
    async workers(...queues) {
      queues.forEach((names, i) => children.start(`${names.join('-')}-${i + 1}`, 'worker', ...names));
      // A worker shares its metrics once it has loaded its networks and taken its place at the queues.
      await until(
        'the start of the workers',
        READY_MS,
        async () => (await metrics()).length >= queues.length,
      );
    },
  };
}
