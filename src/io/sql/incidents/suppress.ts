import type { Alert, StoredAlert } from '../../../ports/alerting.js';
import { appendAudit } from '../audit-log.js';
import { exclusively } from '../exclusively.js';
import { cleanText, type Database } from '../schema.js';
import { toAlert, toAlertRow } from './rows.js';

/** See `IncidentStore.suppress`. */
export function suppressAlert(
  database: Database,
  alert: Alert,
  reason: string,
  now: number,
): Promise<StoredAlert> {
  return exclusively(database, 'incidents', async (db) => {
    const became = { incident_id: null, effect: null, reason: cleanText(reason) };
    const stored = await db
      .insertInto('alert')
      .values(toAlertRow(alert, became, now))
      .onConflict((conflict) => conflict.column('id').doNothing())
      .returningAll()
      .executeTakeFirst();
    if (!stored)
      return toAlert(
        await db.selectFrom('alert').selectAll().where('id', '=', alert.id).executeTakeFirstOrThrow(),
      );
    const { cameraId: camera, kind, severity } = alert;
    await appendAudit(
      { db, dialect: database.dialect },
      {
        ...{ at: now, actor: 'job/alert', action: 'alert.suppressed', subject: `alert/${alert.id}` },
        detail: { camera, kind, severity, reason },
      },
    );
    return toAlert(stored);
  });
}
