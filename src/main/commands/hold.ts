import { addHold, publicHold, releaseHold } from '../../api/hold-changes.js';
import { CameraId } from '../../domain/ids.js';
import { parseMoment } from '../../domain/parse-moment.js';
import { InputError } from '../../errors.js';
import { createAuditLog } from '../../io/sql/audit-log.js';
import { createHolds } from '../../io/sql/holds.js';
import type { Hold } from '../../ports/recordings.js';
import { EXIT_OK } from '../exit-codes.js';
import { moment } from '../moment.js';
import { table } from '../view.js';
import { type DatabaseOptions, siteTimeZone, withDatabase } from '../with-database.js';

/** For the audit trail. */
const ACTOR = 'command line';
const MOST_LISTED = 500;

export interface AddOptions extends DatabaseOptions {
  readonly camera: string;
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

/** `camqueue hold add`: nothing deletes, moves or encodes what it holds. */
export async function add(options: AddOptions, now = Date.now): Promise<number> {
  return withDatabase(options, async (database, config) => {
    const timeZone = siteTimeZone(config);
    const camera = CameraId.safeParse(options.camera);
    if (!camera.success) throw new InputError(`--camera: ${options.camera} is no id of a camera`);
    const reason = options.reason.trim();
    if (reason === '') throw new InputError('--reason: say why, for example --reason "police file 12/2026"');
    const [from, to] = [momentOf('--from', options.from, timeZone), momentOf('--to', options.to, timeZone)];
    const stores = { holds: createHolds(database), audit: createAuditLog(database) };
    const wanted = { cameraId: camera.data, from, to, reason };
    const { hold, isNew } = await addHold(stores, wanted, ACTOR, now());
    console.log(
      options.json === true
        ? JSON.stringify({ ...publicHold(hold), isNew })
        : `${isNew ? 'held' : 'held already'}: ${hold.id}`,
    );
    return EXIT_OK;
  });
}

/** `camqueue hold release <id>` */
export async function release(id: string, options: DatabaseOptions, now = Date.now): Promise<number> {
  return withDatabase(options, async (database) => {
    const stores = { holds: createHolds(database), audit: createAuditLog(database) };
    const released = await releaseHold(stores, id, ACTOR, now());
    console.log(
      options.json === true
        ? JSON.stringify(publicHold(released))
        : `released: what ${id} held goes its way again`,
    );
    return EXIT_OK;
  });
}

/** `camqueue hold list` */
export async function list(
  options: DatabaseOptions & { readonly camera?: string; readonly all?: boolean },
): Promise<number> {
  return withDatabase(options, async (database, config) => {
    const found = await createHolds(database).list({
      ...(options.camera !== undefined && { cameraId: options.camera }),
      ...(options.all !== true && { active: true }),
      limit: MOST_LISTED,
    });
    if (options.json === true) found.forEach((hold) => console.log(JSON.stringify(publicHold(hold))));
    else if (found.length === 0)
      console.log('No holds: camqueue hold add --camera gate-1 --from … --to … --reason "…"');
    else draw(found, siteTimeZone(config)).forEach((line) => console.log(line));
    return EXIT_OK;
  });
}

function draw(found: readonly Hold[], timeZone: string): string[] {
  const rows = found.map(({ id, cameraId, from, to, by, reason, releasedAt }) => [
    ...[id, cameraId, moment(from, timeZone), moment(to, timeZone)],
    ...[releasedAt === undefined ? 'holds' : 'released', by, reason],
  ]);
  return table([['ID', 'CAMERA', 'FROM', 'TO', 'STATE', 'BY', 'REASON'], ...rows]);
}

function momentOf(field: string, text: string, timeZone: string): number {
  const at = parseMoment(text, timeZone);
  if (at === undefined)
    throw new InputError(
      `${field}: "${text}" is no time; write 2026-11-22T08:00, or with a zone 2026-11-22T01:00Z`,
    );
  return at;
}
