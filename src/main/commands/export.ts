import { exportClip } from '../../../jobs/export-clip/job.js';
import { registry } from '../../../jobs/registry.js';
import { startConsumer } from '../../../queues/consumer.js';
import { askForExport, estimateExport, type ExportDeps } from '../../api/export-request.js';
import { publicExport } from '../../api/export-view.js';
import { lookAtExport } from '../../api/exports.js';
import { CameraId } from '../../domain/ids.js';
import { ExportRequest, type ClipFormat } from '../../domain/export/request.js';
import { megabytes } from '../../domain/export/export-room.js';
import { parseMoment } from '../../domain/parse-moment.js';
import { InputError } from '../../errors.js';
import type { Export } from '../../ports/exports.js';
import { EXIT_FAILED, EXIT_OK } from '../exit-codes.js';
import { showProgress } from '../export-progress.js';
import { fetchExport, whereIs } from '../fetch-export.js';
import { stopSignal } from '../until-stopped.js';
import { withExports, type ExportsWorld } from '../with-exports.js';

export interface ExportOptions {
  readonly camera: string;
  readonly from?: string;
  readonly to?: string;
  /** ms */
  readonly last?: number;
  readonly format: ClipFormat;
  readonly watermark?: boolean;
  readonly overlay?: boolean;
  readonly blurFaces?: boolean;
  readonly evidence?: boolean;
  readonly gaps: 'skip' | 'black';
  readonly partial?: boolean;
  readonly reason?: string;
  readonly out?: string;
  readonly dryRun?: boolean;
  readonly cameras?: string;
  readonly data?: string;
  readonly json?: boolean;
}

/** For the audit trail, and the row. */
const ACTOR = 'command line';
const LOOK_MS = 250;

/**
 * `camqueue export`: enqueues, shows how far it is until it has ended, and takes the file where it is wanted. Where no
 * worker is running, this process is one for as long.
 */
export async function exportCommand(options: ExportOptions): Promise<number> {
  const signal = stopSignal();
  return withExports({ ...options, needs: registry['export-clip'].ports }, async (opened) => {
    const { deps } = opened;
    const request = requestOf(options, deps.ports.cameras.site.timeZone, Date.now());
    if (options.dryRun === true) return dryRun(deps, request, options);
    const asked = await askForExport(deps, request, { actor: ACTOR });
    const row = await followed(opened, asked, options, signal);
    if (row.state !== 'done') {
      if (options.json === true) console.log(JSON.stringify(publicExport({ row })));
      process.stderr.write(
        `camqueue: the export ${row.state === 'failed' ? 'failed' : `was ${row.state}`}${row.reason === undefined ? '' : `: ${row.reason}`}\n`,
      );
      return EXIT_FAILED;
    }
    return finished(opened, row, options);
  });
}

async function finished({ deps }: ExportsWorld, row: Export, options: ExportOptions): Promise<number> {
  const { storage, cameras } = deps.ports;
  const { result } = row;
  if (!result) throw new Error(`export ${row.id} is done and has no result`);
  const out =
    options.out === undefined
      ? undefined
      : await fetchExport(storage, row, { out: options.out, timeZone: cameras.site.timeZone });
  const manifest = whereIs(storage, result.manifest);
  if (options.json === true) {
    const more = { ...(out !== undefined && { out }), manifestFile: manifest };
    console.log(JSON.stringify({ ...publicExport({ row }), ...more }));
    return EXIT_OK;
  }
  console.log(`${out ?? whereIs(storage, result.key)}  ${megabytes(result.bytes)}, SHA-256 ${result.sha256}`);
  console.log(`manifest  ${manifest}`);
  if (result.gaps.length > 0)
    console.log(`${result.gaps.length} parts were not recorded: they are in the manifest`);
  if (result.evidence) console.log(`evidence  ${whereIs(storage, result.evidence.key)}`);
  return EXIT_OK;
}

/** Waits for its end; Ctrl-C cancels it. */
async function followed(
  opened: ExportsWorld,
  asked: Export,
  options: ExportOptions,
  signal: AbortSignal,
): Promise<Export> {
  const { world, deps } = opened;
  if (asked.state !== 'waiting' && asked.state !== 'running') return asked;
  const say = (text: string): void => void (options.json === true || process.stderr.write(`${text}\n`));
  const workers = await world.inspector().workers(exportClip.name);
  if (workers === 0) say('no worker for export-clip is running: this process does it');
  const consumer = workers === 0 ? await work(opened) : undefined;
  const bar = showProgress({ isQuiet: options.json === true });
  try {
    for (;;) {
      const row = (await deps.ports.exports.get(asked.id)) ?? asked;
      const now = await lookAtExport(deps, row);
      if (now.row.state !== 'waiting' && now.row.state !== 'running') return now.row;
      bar.show(now.row.state, now.progress ?? 0, now.leftMs);
      if (signal.aborted) {
        await world.inspector().cancel(exportClip.name, asked.id, ACTOR);
        return (
          (await deps.ports.exports.ended(asked.id, 'cancelled', `cancelled by ${ACTOR}`, Date.now())) ??
          asked
        );
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  } finally {
    bar.end();
    await consumer?.close();
  }
}

function work({ world, deps }: ExportsWorld) {
  return startConsumer({
    entry: registry['export-clip'],
    ports: deps.ports,
    address: world.addresses.jobs,
    prefix: world.config.QUEUE_PREFIX,
    producer: world.producer(),
    log: world.log,
    metrics: world.metrics,
    graceMs: 0,
  });
}

async function dryRun(deps: ExportDeps, request: ExportRequest, options: ExportOptions): Promise<number> {
  const estimate = (await estimateExport(deps, request)) as {
    bytes: number;
    how: string;
    workBytes: number;
    storedBytes: number;
    lack?: string;
    gaps: { from: string; to: string; cause: string }[];
    space: { workFreeBytes: number };
  };
  if (options.json === true) console.log(JSON.stringify(estimate));
  else {
    const how = estimate.how === 'copy' ? 'pictures are copied' : 'all pictures are encoded anew';
    console.log(`about ${megabytes(estimate.bytes)}: ${how}`);
    console.log(
      `room: ${megabytes(estimate.workBytes + estimate.storedBytes)} needed, ${megabytes(estimate.space.workFreeBytes)} free`,
    );
    for (const { from, to, cause } of estimate.gaps) console.log(`not recorded  ${from} to ${to}  ${cause}`);
    if (estimate.lack !== undefined) console.log(estimate.lack);
  }
  return estimate.lack === undefined ? EXIT_OK : EXIT_FAILED;
}

/** @throws InputError naming the option that is wrong */
function requestOf(options: ExportOptions, timeZone: string, now: number): ExportRequest {
  const { camera, format, gaps, reason, last } = options;
  if (!CameraId.safeParse(camera).success)
    throw new InputError(`--camera: "${camera}" is no id of a camera, for example gate-1`);
  const { from, to } = timesOf(options, timeZone, now);
  if (last !== undefined && (options.from !== undefined || options.to !== undefined))
    throw new InputError('--last goes without --from and --to');
  if (reason !== undefined && (reason.trim() === '' || reason.trim().length > 500))
    throw new InputError('--reason: 1 to 500 characters');
  return ExportRequest.parse({
    ...{ cameraId: camera, from, to, format, gaps },
    ...{ watermark: options.watermark === true, overlay: options.overlay === true },
    ...{ blurFaces: options.blurFaces === true, evidence: options.evidence === true },
    partial: options.partial === true,
    ...(reason !== undefined && { reason }),
  });
}

function timesOf(
  { from, to, last }: ExportOptions,
  timeZone: string,
  now: number,
): { from: number; to: number } {
  if (last !== undefined) return { from: now - last, to: now };
  if (from === undefined || to === undefined)
    throw new InputError('say which time: --from and --to, or --last 10m');
  const moment = (name: string, text: string): number => {
    const at = parseMoment(text, timeZone);
    if (at === undefined || at <= 0)
      throw new InputError(
        `--${name}: "${text}" is no time; write 2026-11-22T08:00 (${timeZone}) or with a zone, 2026-11-22T08:00:00Z`,
      );
    return at;
  };
  return { from: moment('from', from), to: moment('to', to) };
}
