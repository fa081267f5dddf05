import { publicAuditEntry } from '../../api/incident-view.js';
import { createAuditLog } from '../../io/sql/audit-log.js';
import type { AuditEntry } from '../../ports/audit.js';
import { EXIT_FAILED, EXIT_OK } from '../exit-codes.js';
import { stopSignal } from '../until-stopped.js';
import { moment } from '../moment.js';
import { table } from '../view.js';
import { type DatabaseOptions, siteTimeZone, withDatabase } from '../with-database.js';

export interface AuditOptions extends DatabaseOptions {
  readonly subject?: string;
  readonly actor?: string;
  readonly action?: string;
  /** Epoch ms. */
  readonly from?: number;
  readonly to?: number;
  readonly limit?: number;
}

/** `camqueue audit list`: who changed what and what was sent to whom, newest first. */
export async function list(options: AuditOptions): Promise<number> {
  const { subject, actor, action, from, to, limit = 50, json } = options;
  return withDatabase(options, async (database, config) => {
    const entries = await createAuditLog(database).list({
      ...(subject !== undefined && { subject }),
      ...(actor !== undefined && { actor }),
      ...(action !== undefined && { action }),
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
      limit,
    });
    if (json === true) entries.forEach((entry) => console.log(JSON.stringify(publicAuditEntry(entry))));
    else if (entries.length === 0) console.log('Nothing found.');
    else drawTrail(entries, siteTimeZone(config)).forEach((line) => console.log(line));
    return EXIT_OK;
  });
}

/** Newest as given; `detail` as JSON, cut off. */
function drawTrail(entries: readonly AuditEntry[], timeZone: string): string[] {
  const rows = entries.map(({ id, at, actor, action, subject, detail }) => [
    ...[String(id), moment(at, timeZone), actor, action, subject],
    Object.keys(detail).length === 0 ? '' : JSON.stringify(detail),
  ]);
  return table([['ENTRY', 'TIME', 'WHO', 'WHAT', 'SUBJECT', 'DETAIL'], ...rows]);
}

/** `camqueue audit verify`: exit code 1 when an entry was changed, removed or put in. */
export async function verify(options: DatabaseOptions, stop = stopSignal): Promise<number> {
  return withDatabase(options, async (database) => {
    const found = await createAuditLog(database).verify(stop());
    if (options.json === true) console.log(JSON.stringify(found));
    else if (found.isIntact)
      console.log(
        `${found.entries} entries, each as it was written. Head: ${found.head}\n` +
          'Write the head down elsewhere: a trail whose end was cut off, or that was written anew, has another.',
      );
    else console.log(`entry ${found.brokenId} does not fit the ${found.entries} before it: ${found.why}`);
    return found.isIntact ? EXIT_OK : EXIT_FAILED;
  });
}
