import type { z } from 'zod';
import { archive, archiveJobId } from '../../../jobs/archive/job.js';
import { move } from '../../../jobs/archive/move.js';
import type { Needs } from '../../../jobs/archive/needs.js';
import { registry } from '../../../jobs/registry.js';
import { startConsumer } from '../../../queues/consumer.js';
import type { JobView } from '../../../queues/types.js';
import { archiveReportLine, publicArchiveReport } from '../../api/archive-view.js';
import { archiveText } from '../../domain/archive/render-text.js';
import type { ArchiveReport } from '../../domain/archive/report.js';
import { parseMoment } from '../../domain/parse-moment.js';
import { InputError } from '../../errors.js';
import { createLog } from '../../log.js';
import type { Ports } from '../../ports.js';
import { EXIT_FAILED, EXIT_OK } from '../exit-codes.js';
import { showProgress } from '../export-progress.js';
import { loadConfig } from '../installation.js';
import { moment } from '../moment.js';
import { stopSignal } from '../until-stopped.js';
import { table } from '../view.js';
import { openWorld, type World } from '../world.js';

interface ArchiveOptions {
  readonly cameras?: string;
  readonly data?: string;
  readonly json?: boolean;
}

/** For the audit trail. */
const ACTOR = 'command line';
const LOOK_MS = 250;

type ArchivePorts = Pick<Ports, Needs>;
type Payload = z.input<(typeof archive)['payload']> & { readonly action: 'move' | 'restore' | 'scrub' };

/** `camqueue archive run`; a dry run needs no worker, and is of this machine's recordings. */
export async function run(
  options: ArchiveOptions & { readonly dryRun?: boolean; readonly camera?: string },
): Promise<number> {
  const camera = options.camera === undefined ? {} : { cameraId: options.camera };
  const signal = stopSignal();
  return withArchive(options, async (world, ports) => {
    if (options.dryRun !== true)
      return await follow(
        world,
        ports,
        { action: 'move', at: Date.now(), ...camera },
        { ...options, signal },
      );
    const ctx = {
      ...{ jobId: ACTOR, attempt: 1, isLastAttempt: true, signal, ports, now: Date.now, log: world.log },
      enqueue: async (): Promise<string> => {
        throw new Error('a dry run enqueues nothing');
      },
      progress: async () => undefined,
    };
    const { report, trouble } = await move(
      ctx,
      { dryRun: true, ...camera },
      { id: 'dry-run', isKept: false },
    );
    print(report, ports, options);
    return trouble === undefined ? EXIT_OK : EXIT_FAILED;
  });
}

/** `camqueue archive restore` */
export async function restore(
  options: ArchiveOptions & {
    readonly camera: string;
    readonly from: string;
    readonly to: string;
    readonly days: number;
  },
): Promise<number> {
  const signal = stopSignal();
  return withArchive(options, async (world, ports) => {
    const { timeZone } = ports.cameras.site;
    const [from, to] = [momentOf('--from', options.from, timeZone), momentOf('--to', options.to, timeZone)];
    const { camera: cameraId, days: keepDays } = options;
    return follow(world, ports, { action: 'restore', cameraId, from, to, keepDays }, { ...options, signal });
  });
}

/** `camqueue archive scrub`: exit code 1 when something is damaged. */
export async function scrub(options: ArchiveOptions & { readonly maxGb: number }): Promise<number> {
  const signal = stopSignal();
  return withArchive(options, (world, ports) =>
    follow(
      world,
      ports,
      { action: 'scrub', at: Date.now(), maxBytes: options.maxGb * 1e9 },
      { ...options, signal },
    ),
  );
}

/** `camqueue archive reports` */
export async function reports(
  options: ArchiveOptions & { readonly limit: number; readonly show?: string },
): Promise<number> {
  return withArchive(options, async (_world, ports) => {
    const { archiveReports, cameras } = ports;
    if (options.show !== undefined) {
      const report = await archiveReports.get(options.show);
      if (!report) throw new InputError(`--show: there is no report ${options.show}`);
      print(report, ports, options);
      return EXIT_OK;
    }
    const found = await archiveReports.list({ limit: options.limit });
    if (options.json === true) found.forEach((one) => console.log(JSON.stringify(archiveReportLine(one))));
    else if (found.length === 0) console.log('No reports: camqueue archive run');
    else
      table([
        ['ID', 'AT', 'MOVED', 'DELETED', 'RESTORED', 'CHECKED', 'HELD', 'FAILED'],
        ...found.map((one) => [
          ...[one.id, moment(one.startedAt, cameras.site.timeZone)],
          ...[one.moved, sum(one.deleted.hot.count, one.deleted.cold.count), one.restored, one.checked].map(
            ({ count }) => String(count),
          ),
          ...[String(one.protected.count), String(one.failedCount)],
        ]),
      ]).forEach((line) => console.log(line));
    return EXIT_OK;
  });
}

function sum(...counts: number[]): { count: number } {
  return { count: counts.reduce((total, count) => total + count, 0) };
}

/**
 * Enqueues, shows how far it is, and prints the reports; of recordings on several machines, all of them. Where no worker
 * is running, this process is one for as long. Ctrl-C cancels it.
 */
async function follow(
  world: World,
  ports: ArchivePorts,
  payload: Payload,
  options: ArchiveOptions & { readonly signal: AbortSignal },
): Promise<number> {
  const say = (text: string): void => void (options.json === true || process.stderr.write(`${text}\n`));
  const isAlone = (await world.inspector().workers(archive.name)) === 0;
  if (isAlone) say('no worker for archive is running: this process does it');
  const consumer = isAlone ? await work(world, ports) : undefined;
  try {
    const asked = await world.producer().enqueue(archive, payload, { origin: ACTOR, again: true });
    const { action, ...detail } = payload;
    await ports.audit.append({
      ...{
        at: Date.now(),
        actor: ACTOR,
        action: `archive.${action}`,
        subject: `archive/${asked.id}`,
        detail,
      },
    });
    const first = await ended(world, asked.id, options);
    const parsed = archive.payload.parse(payload);
    const nodes = (first.result as { nodes?: string[] } | null | undefined)?.nodes;
    if (!nodes || parsed.action === 'report') return await tell(first, ports, options);
    say(`recordings are on ${nodes.length} machines: ${nodes.join(', ')}`);
    const codes: number[] = [];
    for (const node of nodes)
      codes.push(await tell(await ended(world, archiveJobId({ ...parsed, node }), options), ports, options));
    return Math.max(...codes);
  } finally {
    await consumer?.close();
  }
}

async function ended(
  world: World,
  id: string,
  { json, signal }: ArchiveOptions & { readonly signal: AbortSignal },
): Promise<JobView> {
  const bar = showProgress({ isQuiet: json === true });
  let isCancelled = false;
  try {
    for (;;) {
      const job = await world.inspector().job(archive.name, id);
      if (!job) throw new Error(`the job ${id} is gone`);
      if (job.state === 'completed' || job.state === 'failed') return job;
      bar.show(job.state, job.progress, job.leftMs);
      if (signal.aborted && !isCancelled) {
        isCancelled = true;
        if (await world.inspector().cancel(archive.name, id, ACTOR)) continue;
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  } finally {
    bar.end();
  }
}

async function tell(job: JobView, ports: ArchivePorts, options: ArchiveOptions): Promise<number> {
  const id = (job.result as { report?: string } | null | undefined)?.report;
  const report = id === undefined ? undefined : await ports.archiveReports.get(id);
  if (report) print(report, ports, options);
  else if (options.json === true)
    console.log(JSON.stringify({ id: job.id, outcome: job.outcome ?? job.state, reason: job.reason }));
  if (!report || job.state === 'failed')
    process.stderr.write(
      `camqueue: ${job.outcome ?? job.state}${job.reason === undefined ? '' : `: ${job.reason}`}\n`,
    );
  return job.state === 'failed' || (report?.failedCount ?? 0) > 0 ? EXIT_FAILED : EXIT_OK;
}

function print(report: ArchiveReport, { cameras }: ArchivePorts, { json }: ArchiveOptions): void {
  const about = { site: cameras.site, language: 'en', cameras: cameras.all() } as const;
  if (json === true) console.log(JSON.stringify(publicArchiveReport(report)));
  else process.stdout.write(archiveText(report, about));
}

function work(world: World, ports: ArchivePorts) {
  return startConsumer({
    entry: registry.archive,
    ports,
    address: world.addresses.jobs,
    prefix: world.config.QUEUE_PREFIX,
    producer: world.producer(),
    log: world.log,
    metrics: world.metrics,
    graceMs: 0,
  });
}

async function withArchive(
  options: ArchiveOptions,
  todo: (world: World, ports: ArchivePorts) => Promise<number>,
): Promise<number> {
  const config = loadConfig({ CAMERAS_FILE: options.cameras, DATA_DIR: options.data });
  const world = await openWorld(config, 'archive', createLog('archive', 'error'));
  try {
    return await todo(world, await world.ports(registry.archive.ports as readonly Needs[]));
  } finally {
    await world.close();
  }
}

function momentOf(field: string, text: string, timeZone: string): number {
  const at = parseMoment(text, timeZone);
  if (at === undefined)
    throw new InputError(
      `${field}: "${text}" is no time; write 2026-11-22T08:00, or with a zone 2026-11-22T01:00Z`,
    );
  return at;
}
