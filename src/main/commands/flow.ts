import { writeFileSync } from 'node:fs';
import { askedWindows } from '../../../jobs/traffic-flow/asked-windows.js';
import { refresh } from '../../../jobs/traffic-flow/refresh.js';
import { publicReport } from '../../api/flow-view.js';
import { dayAround } from '../../domain/day-around.js';
import { flowPage } from '../../domain/flow/render/page.js';
import { flowRows } from '../../domain/flow/render/rows.js';
import type { FlowReport, Granularity } from '../../domain/flow/report.js';
import { InputError } from '../../errors.js';
import { csv } from '../../io/csv.js';
import { createLog } from '../../log.js';
import { EXIT_OK } from '../exit-codes.js';
import { drawFlow } from '../flow-view.js';
import { loadConfig } from '../installation.js';
import { stopSignal } from '../until-stopped.js';
import { openWorld } from '../world.js';

export interface FlowOptions {
  readonly cameras?: string;
  readonly data?: string;
  /** Epoch ms. */
  readonly from?: number;
  readonly to?: number;
  readonly granularity: Granularity;
  readonly json?: boolean;
  readonly csv?: boolean;
  /** File of a page that prints. */
  readonly html?: string;
}

/**
 * `camqueue flow <camera>`: the reports of a stretch of time. Stored ones are taken as they are unless crossings came
 * late; what is missing is computed and stored, as a `traffic-flow` job does it.
 */
export async function flow(cameraId: string, options: FlowOptions): Promise<number> {
  const config = loadConfig({ CAMERAS_FILE: options.cameras, DATA_DIR: options.data });
  const world = await openWorld(config, 'flow', createLog('flow', 'warn'));
  const stop = stopSignal();
  try {
    const ports = await world.ports(['cameras', 'events', 'flowReports', 'states', 'gaps']);
    const camera = ports.cameras.all().find(({ id }) => id === cameraId);
    if (!camera) throw new InputError(`there is no camera "${cameraId}"; camqueue cameras lists them`);
    const { site } = ports.cameras;
    const { timeZone } = site;
    const { granularity } = options;
    const to = options.to ?? Date.now();
    const from = options.from ?? dayAround(to - 1, timeZone).from;
    const windows = askedWindows(granularity, { from, to }, timeZone);
    const how = { ports, signal: stop, now: Date.now };
    const refreshed = await refresh(camera, { granularity, windows, onlyLate: true }, how);
    const reports = refreshed.map(({ report }) => report);
    if (options.html !== undefined)
      writeFileSync(options.html, flowPage(reports, { site, camera, language: site.language }));
    if (options.csv === true) process.stdout.write(csv.write(flowRows(reports, timeZone)));
    else linesOf(reports, options, timeZone).forEach((line) => console.log(line));
    return EXIT_OK;
  } finally {
    await world.close();
  }
}

function linesOf(reports: readonly FlowReport[], { json }: FlowOptions, timeZone: string): string[] {
  return json === true
    ? reports.map((report) => JSON.stringify(publicReport(report)))
    : drawFlow(reports, timeZone);
}
