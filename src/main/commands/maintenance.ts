import { existsSync } from 'node:fs';
import { iso } from '../../api/fields.js';
import { publicMaintenance, timesOf } from '../../api/maintenance.js';
import type { Config } from '../../config.js';
import { InputError } from '../../errors.js';
import { readCameraFile } from '../../io/camera-file.js';
import { createAuditLog } from '../../io/sql/audit-log.js';
import { createCameraStore } from '../../io/sql/camera-store.js';
import { createMaintenances } from '../../io/sql/maintenances.js';
import type { Database } from '../../io/sql/schema.js';
import type { Maintenance } from '../../ports/alerting.js';
import { EXIT_FAILED, EXIT_OK } from '../exit-codes.js';
import { moment } from '../moment.js';
import { table } from '../view.js';
import { type DatabaseOptions, siteTimeZone, withDatabase } from '../with-database.js';

/** For the audit trail. */
const ACTOR = 'command line';

export interface BeginOptions extends DatabaseOptions {
  /** Default: the whole site. */
  readonly camera?: string;
  /** How long, ms; or until when, epoch ms. */
  readonly for?: number;
  readonly until?: number;
  readonly reason?: string;
}

/** `camqueue maintenance begin`: alerts are kept from now on and tell nobody. */
export async function begin(options: BeginOptions, now = Date.now): Promise<number> {
  const { camera, reason } = options;
  if ((options.for === undefined) === (options.until === undefined))
    throw new InputError('say how long: --for 2h, or --until 2026-11-21T18:00:00+07:00');
  return withDatabase(options, async (database, config) => {
    if (camera !== undefined && !(await cameraIds(database, config)).includes(camera))
      throw new InputError(`--camera: there is no camera "${camera}"; camqueue cameras list shows them`);
    const at = now();
    const { from, to } = timesOf({ to: iso(options.until ?? at + (options.for ?? 0)) }, at);
    const about = {
      ...(camera !== undefined && { cameraId: camera }),
      ...(reason !== undefined && { reason }),
    };
    const begun = await createMaintenances(database).begin({ ...about, from, to, by: ACTOR });
    await createAuditLog(database).append({
      ...{ at, actor: ACTOR, action: 'maintenance.begin', subject: `maintenance/${begun.id}` },
      detail: { ...about, from: iso(from), to: iso(to) },
      onceKey: `maintenance.begin/${begun.id}`,
    });
    const until = moment(to, siteTimeZone(config));
    console.log(
      options.json === true
        ? JSON.stringify(publicMaintenance(begun, at))
        : `maintenance ${begun.id} of ${camera ?? 'the whole site'} until ${until}: alerts tell nobody`,
    );
    return EXIT_OK;
  });
}

/** `camqueue maintenance end <id>`: exit code 1 when there is none, or it is over. */
export async function end(id: number, options: DatabaseOptions, now = Date.now): Promise<number> {
  return withDatabase(options, async (database) => {
    const at = now();
    const ended = await createMaintenances(database).end(id, at);
    if (!ended) {
      const problem = `there is no maintenance ${id}, or it is over`;
      console.log(options.json === true ? JSON.stringify({ id, problem }) : problem);
      return EXIT_FAILED;
    }
    await createAuditLog(database).append({
      ...{ at, actor: ACTOR, action: 'maintenance.end', subject: `maintenance/${id}` },
      onceKey: `maintenance.end/${id}`,
    });
    console.log(
      options.json === true
        ? JSON.stringify(publicMaintenance(ended, at))
        : `maintenance ${id} is over: alerts tell people again`,
    );
    return EXIT_OK;
  });
}

/** `camqueue maintenance list`: what lasts or is to come; with `all` also what is over. */
export async function list(
  options: DatabaseOptions & { readonly all?: boolean },
  now = Date.now,
): Promise<number> {
  return withDatabase(options, async (database, config) => {
    const at = now();
    const found = await createMaintenances(database).list({
      ...(options.all !== true && { endsAfter: at }),
      limit: 200,
    });
    const shown = options.all === true ? found : found.filter(({ endedAt }) => endedAt === undefined);
    if (options.json === true)
      shown.forEach((one) => console.log(JSON.stringify(publicMaintenance(one, at))));
    else if (shown.length === 0)
      console.log('No maintenance: camqueue maintenance begin --camera gate-1 --for 2h');
    else draw(shown, at, siteTimeZone(config)).forEach((line) => console.log(line));
    return EXIT_OK;
  });
}

function draw(shown: readonly Maintenance[], now: number, timeZone: string): string[] {
  const rows = shown.map(({ id, cameraId, from, to, endedAt, by, reason = '' }) => [
    String(id),
    cameraId ?? 'whole site',
    endedAt !== undefined || to <= now ? 'over' : from <= now ? 'on' : 'to come',
    moment(from, timeZone),
    moment(endedAt ?? to, timeZone),
    by,
    reason,
  ]);
  return table([['ID', 'CAMERA', 'STATE', 'FROM', 'TO', 'BY', 'REASON'], ...rows]);
}

/** Those of the file and of the database. */
async function cameraIds(database: Database, { CAMERAS_FILE }: Config): Promise<string[]> {
  const inFile = existsSync(CAMERAS_FILE) ? readCameraFile(CAMERAS_FILE, process.env).cameras : [];
  // What they were given as stays sealed (the secret is in Redis); their ids are not.
  const stored = await createCameraStore(database, '').list();
  return [...inFile, ...stored].map(({ id }) => id);
}
