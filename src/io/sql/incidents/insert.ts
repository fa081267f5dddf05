import type { MergeRules, Plan } from '../../../domain/alerting/incident.js';
import type { Alert } from '../../../ports/alerting.js';
import { type AlertRow, cleanText } from '../schema.js';
import type { Change } from './change.js';
import { type Row, toAlertRow } from './rows.js';

/** A new incident, open, with the alert as its first. */
export function insertIncident(
  { db, now }: Change,
  alert: Alert & { readonly key: string },
  plan: Plan,
  rules: MergeRules,
  { stormId, isFlapping }: { readonly stormId: string | null; readonly isFlapping: boolean },
): Promise<Row> {
  return db
    .insertInto('incident')
    .values({
      id: alert.id,
      key: alert.key,
      camera_id: alert.cameraId,
      kind: alert.kind,
      subject: alert.subject ?? null,
      severity: alert.severity,
      state: 'open',
      first_at: alert.at,
      last_at: alert.at,
      opened_at: now,
      changed_at: now,
      expires_at: now + rules.expireMs,
      alerts: 1,
      summary: cleanText(alert.summary),
      event_id: alert.eventId ?? null,
      snapshot: alert.snapshot ?? null,
      plan: JSON.stringify(plan),
      storm_id: stormId,
      is_flapping: isFlapping ? 1 : 0,
      rest_ms: isFlapping ? rules.flapping.withinMs : null,
      acknowledged_by: null,
      acknowledged_at: null,
      ended_by: null,
      ended_at: null,
      verdict: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Stores the alert with what became of it. */
export async function insertAlert(
  { db, now }: Pick<Change, 'db' | 'now'>,
  alert: Alert,
  became: Pick<AlertRow, 'incident_id' | 'effect' | 'reason'>,
): Promise<AlertRow> {
  const row = toAlertRow(alert, became, now);
  await db.insertInto('alert').values(row).execute();
  return row;
}
