import type { Selectable } from 'kysely';
import type { Severity } from '../../../domain/alerting/config.js';
import type { Incident, IncidentNote, Plan } from '../../../domain/alerting/incident.js';
import type { Alert, StoredAlert } from '../../../ports/alerting.js';
import { type AlertRow, cleanText, type IncidentNoteRow, type IncidentRow } from '../schema.js';

export type Row = Selectable<IncidentRow>;

/** The key of every storm. No other key is without a "/". */
export const STORM_KEY = 'storm';

/** What alerts of one incident have in common. None of its parts can hold a "/". */
export function keyOf({ cameraId, kind, subject }: Pick<Alert, 'cameraId' | 'kind' | 'subject'>): string {
  return cleanText([cameraId, kind, ...(subject === undefined ? [] : [subject])].join('/'));
}

/** The storm that an incident set off. */
export function stormIdOf(incidentId: string): string {
  return `storm-${incidentId}`;
}

export function planOf({ plan }: Pick<Row, 'plan'>): Plan {
  return JSON.parse(plan) as Plan;
}

export function toIncident(row: Row): Incident {
  return {
    id: row.id,
    number: row.number,
    key: row.key,
    cameraId: row.camera_id,
    kind: row.kind,
    ...(row.subject !== null && { subject: row.subject }),
    severity: row.severity,
    state: row.state,
    firstAt: row.first_at,
    lastAt: row.last_at,
    openedAt: row.opened_at,
    changedAt: row.changed_at,
    alerts: row.alerts,
    summary: row.summary,
    ...(row.event_id !== null && { eventId: row.event_id }),
    ...(row.snapshot !== null && { snapshot: row.snapshot }),
    plan: planOf(row),
    ...(row.storm_id !== null && { stormId: row.storm_id }),
    isFlapping: row.is_flapping !== 0,
    ...whoAndWhen('acknowledged', row.acknowledged_by, row.acknowledged_at),
    ...whoAndWhen('ended', row.ended_by, row.ended_at),
    ...(row.verdict !== null && { verdict: JSON.parse(row.verdict) as NonNullable<Incident['verdict']> }),
  };
}

function whoAndWhen<Name extends 'acknowledged' | 'ended'>(
  name: Name,
  by: string | null,
  at: number | null,
): { readonly [name in Name]?: { by: string; at: number } } {
  return by === null || at === null
    ? {}
    : ({ [name]: { by, at } } as Record<Name, { by: string; at: number }>);
}

export function toAlert(row: AlertRow): StoredAlert {
  return {
    id: row.id,
    cameraId: row.camera_id,
    kind: row.kind,
    ...(row.subject !== null && { subject: row.subject }),
    severity: row.severity,
    at: row.at,
    summary: row.summary,
    ...(row.event_id !== null && { eventId: row.event_id }),
    ...(row.snapshot !== null && { snapshot: row.snapshot }),
    ...(row.incident_id === null
      ? { state: 'suppressed' as const }
      : { state: 'accepted' as const, incidentId: row.incident_id }),
    ...(row.reason !== null && { reason: row.reason }),
    createdAt: row.created_at,
  };
}

/** @param became its incident and what it did to it; or why it has none */
export function toAlertRow(
  alert: Alert,
  became: Pick<AlertRow, 'incident_id' | 'effect' | 'reason'>,
  now: number,
): AlertRow {
  return {
    id: alert.id,
    camera_id: alert.cameraId,
    kind: alert.kind,
    subject: alert.subject ?? null,
    severity: alert.severity,
    at: alert.at,
    summary: cleanText(alert.summary),
    event_id: alert.eventId ?? null,
    snapshot: alert.snapshot ?? null,
    ...became,
    created_at: now,
  };
}

export function toNote(row: Selectable<IncidentNoteRow>): IncidentNote {
  return { id: row.id, at: row.at, by: row.by, text: row.text };
}

const LEVELS: Record<Severity, number> = { info: 0, warning: 1, critical: 2 };

export function isMoreSevere(one: Severity, than: Severity): boolean {
  return LEVELS[one] > LEVELS[than];
}
