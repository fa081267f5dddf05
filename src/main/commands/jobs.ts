import { queueNames } from '../../../jobs/registry.js';
import type { JobState, JobView } from '../../../queues/types.js';
import { createLog } from '../../log.js';
import { EXIT_FAILED, EXIT_OK } from '../exit-codes.js';
import { loadConfig } from '../installation.js';
import { table } from '../view.js';
import { openWorld, type World } from '../world.js';

interface JobsOptions {
  readonly data?: string;
  readonly json?: boolean;
}

/** `camqueue jobs`: jobs by state of every queue. */
export async function depth(options: JobsOptions): Promise<number> {
  return withWorld(options, async (world) => {
    const rows = await Promise.all(
      queueNames.map(async (queue) => ({
        queue,
        ...(await world.inspector().counts(queue)),
        oldestWaitingMs: await world.inspector().oldestWaitingMs(queue),
      })),
    );
    if (options.json === true) rows.forEach((row) => console.log(JSON.stringify(row)));
    else {
      const header = ['QUEUE', 'WAITING', 'ACTIVE', 'DELAYED', 'COMPLETED', 'FAILED', 'OLDEST'];
      const body = rows.map((row) => [
        row.queue,
        ...[row.waiting, row.active, row.delayed, row.completed, row.failed].map(String),
        row.oldestWaitingMs === 0 ? '-' : `${(row.oldestWaitingMs / 1000).toFixed(1)} s`,
      ]);
      table([header, ...body]).forEach((line) => console.log(line));
    }
    return EXIT_OK;
  });
}

/** `camqueue jobs list <queue>`: the newest jobs in one state. */
export async function list(
  queue: string,
  options: JobsOptions & { state: JobState; limit: number },
): Promise<number> {
  return withWorld(options, async (world) => {
    const jobs = await world.inspector().list(queue, options.state, options.limit);
    jobs.forEach((job) => console.log(options.json === true ? JSON.stringify(job) : line(job)));
    if (jobs.length === 0 && options.json !== true) console.log(`no ${options.state} jobs in ${queue}`);
    return EXIT_OK;
  });
}

/** `camqueue jobs show <queue> <id>`: everything about one job. */
export async function show(queue: string, id: string, options: JobsOptions): Promise<number> {
  return withWorld(options, async (world) => {
    const job = await world.inspector().job(queue, id);
    if (!job) return missing(queue, id);
    console.log(JSON.stringify(job, null, options.json === true ? 0 : 2));
    return EXIT_OK;
  });
}

/** `camqueue jobs cancel <queue> <id>`: removes a waiting job, stops a running one. */
export async function cancel(queue: string, id: string, options: JobsOptions): Promise<number> {
  return change(queue, id, options, 'cancelled', (world) => world.inspector().cancel(queue, id));
}

/** `camqueue jobs retry <queue> <id>`: puts a failed job back. */
export async function retry(queue: string, id: string, options: JobsOptions): Promise<number> {
  return change(queue, id, options, 'put back', (world) => world.inspector().retry(queue, id));
}

async function change(
  queue: string,
  id: string,
  options: JobsOptions,
  done: string,
  act: (world: World) => Promise<boolean>,
): Promise<number> {
  return withWorld(options, async (world) => {
    const changed = await act(world);
    if (options.json === true) console.log(JSON.stringify({ queue, id, changed }));
    else if (changed) console.log(`${queue} ${id}: ${done}`);
    else return missing(queue, id);
    return changed ? EXIT_OK : EXIT_FAILED;
  });
}

function missing(queue: string, id: string): number {
  process.stderr.write(`camqueue: ${queue} has no such job, or not in a state for this: ${id}\n`);
  return EXIT_FAILED;
}

function line(job: JobView): string {
  return `${new Date(job.createdAt).toISOString()}  ${job.id}  ${job.outcome ?? job.state}${job.reason === undefined ? '' : `  ${job.reason}`}`;
}

async function withWorld(options: JobsOptions, work: (world: World) => Promise<number>): Promise<number> {
  const world = await openWorld(loadConfig({ DATA_DIR: options.data }), 'jobs', createLog('jobs', 'warn'));
  try {
    return await work(world);
  } finally {
    await world.close();
  }
}
