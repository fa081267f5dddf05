import type { Alert } from '../../../ports/alerting.js';
import type { Change } from './change.js';
import { spanWith } from './may-join.js';
import { isMoreSevere, type Row } from './rows.js';

/** The incident with one more alert: its span, its severity, its count. @returns how it is now */
export function extend(
  { db, now }: Change,
  incident: Row,
  { at, severity }: Pick<Alert, 'at' | 'severity'>,
): Promise<Row> {
  return db
    .updateTable('incident')
    .set({
      ...spanWith(incident, at),
      alerts: incident.alerts + 1,
      ...(isMoreSevere(severity, incident.severity) && { severity }),
      changed_at: now,
    })
    .where('id', '=', incident.id)
    .returningAll()
    .executeTakeFirstOrThrow();
}
