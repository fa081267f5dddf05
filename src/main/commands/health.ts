import type { Config } from '../../config.js';
import { follow } from '../../domain/health/follow.js';
import { AHEAD_MS, type HealthEntry, type HealthReport, publicReport } from '../../domain/health/report.js';
import { redactUrls } from '../../domain/redact.js';
import { messageOf } from '../../errors.js';
import { createHealthReports } from '../../io/sql/health-reports.js';
import { openDatabase } from '../../io/sql/open.js';
import { createLog } from '../../log.js';
import type { HealthOptions } from '../cli.js';
import { EXIT_FAILED, EXIT_OK } from '../exit-codes.js';
import { drawReport } from '../health/draw-report.js';
import { loadConfig } from '../installation.js';
import { stopSignal } from '../until-stopped.js';
import { openWorld } from '../world.js';

/**
 * `camqueue health`: prints the newest report, or with `--now` looks at everything (nothing is stored, nobody is
 * told). Exit code 1 when something has failed or the report is too old to be believed.
 */
export async function health(options: HealthOptions, stop = stopSignal): Promise<number> {
  const config = loadConfig({ DATA_DIR: options.data, CAMERAS_FILE: options.cameras });
  const report = options.now === true ? await look(config, stop) : await newest(config);
  if (!report) {
    const problem =
      'no health check has run yet: is the scheduler running, and a worker of health-check? "camqueue health --now" looks now';
    console.log(options.json === true ? JSON.stringify({ state: 'fail', problem, entries: [] }) : problem);
    return EXIT_FAILED;
  }
  const shown = publicReport(report, Date.now());
  if (options.json === true) console.log(JSON.stringify(shown));
  else {
    const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
    const colour = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
    drawReport(shown, { timeZone, colour }).forEach((line) => console.log(line));
  }
  return shown.state === 'fail' ? EXIT_FAILED : EXIT_OK;
}

/** From the database alone: it must work when Redis does not. */
async function newest(config: Config): Promise<HealthReport | undefined> {
  const database = await openDatabase({ databaseUrl: config.DATABASE_URL, dataDir: config.DATA_DIR });
  try {
    return await createHealthReports(database).latest(Date.now() + AHEAD_MS);
  } finally {
    await database.close();
  }
}

/** This look tells nobody. */
function wasTold({ subject }: HealthEntry, previous: HealthReport | undefined): boolean {
  return previous?.entries.some((entry) => entry.subject === subject && entry.isAlerted) ?? false;
}

/** What cannot even be opened is what is wrong. */
async function look(config: Config, stop: () => AbortSignal): Promise<HealthReport> {
  const at = Date.now();
  try {
    const world = await openWorld(config, 'health', createLog('health', 'fatal'));
    try {
      const { cameras, probes, reports } = await world.ports(['cameras', 'probes', 'reports']);
      const findings = await probes.look(stop());
      const previous = await reports.latest(at);
      const { report } = follow(previous, findings, { at, now: Date.now() }, cameras.all());
      return {
        ...report,
        entries: report.entries.map((entry) => ({ ...entry, isAlerted: wasTold(entry, previous) })),
      };
    } finally {
      await world.close();
    }
  } catch (error) {
    const detail = redactUrls(messageOf(error));
    const entry = {
      subject: 'probe/installation',
      state: 'fail',
      detail,
      since: at,
      isAlerted: false,
    } as const;
    return { at, state: 'fail', entries: [{ ...entry, measures: {} }] };
  }
}
