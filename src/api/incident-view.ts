import { shownSubject, STORM, type Incident, type IncidentNote } from '../domain/alerting/incident.js';
import type { Camera } from '../domain/camera.js';
import type { AuditEntry } from '../ports/audit.js';
import type { Delivery, StoredAlert } from '../ports/alerting.js';
import { iso } from './fields.js';

/**
 * An incident as it leaves the system: times as ISO 8601, its picture as an address.
 * @param cameras for the camera's name; one that is no longer there has its id for a name
 * @param storm number of the storm it was gathered in
 */
export function publicIncident(incident: Incident, cameras: readonly Camera[], storm?: number): object {
  const { id, number, cameraId, kind, severity, state, summary, eventId, snapshot } = incident;
  const { acknowledged, ended, verdict } = incident;
  const subject = shownSubject(incident);
  return {
    number,
    id,
    camera: cameraId,
    cameraName: cameras.find((camera) => camera.id === cameraId)?.name ?? cameraId,
    kind,
    ...(subject !== undefined && { subject }),
    severity,
    state,
    summary,
    firstAt: iso(incident.firstAt),
    lastAt: iso(incident.lastAt),
    openedAt: iso(incident.openedAt),
    changedAt: iso(incident.changedAt),
    alerts: incident.alerts,
    isStorm: kind === STORM,
    isFlapping: incident.isFlapping,
    ...(storm !== undefined && { storm }),
    ...(eventId !== undefined && { eventId }),
    ...(snapshot !== undefined && { snapshot: `/api/v1/incidents/${number}/snapshot.jpg` }),
    ...(acknowledged && { acknowledged: { by: acknowledged.by, at: iso(acknowledged.at) } }),
    ...(ended && { ended: { by: ended.by, at: iso(ended.at) } }),
    ...(verdict && { verdict: { ...verdict, at: iso(verdict.at) } }),
  };
}

/** What is planned, with the time each step is due; whether it has told somebody is seen from the deliveries. */
export function publicPlan({ plan, openedAt }: Incident): object {
  const steps = plan.steps.map(({ afterS, to, channels, mode }, step) => ({
    ...{ step, afterS, dueAt: iso(openedAt + afterS * 1000), to },
    ...(channels && { channels }),
    mode,
  }));
  return { policy: plan.policy, steps };
}

export function publicAlert(alert: StoredAlert): object {
  return { ...alert, at: iso(alert.at), createdAt: iso(alert.createdAt) };
}

export function publicNote({ id, at, by, text }: IncidentNote): object {
  return { id, at: iso(at), by, text };
}

/** A message to somebody: whom it went to by id, never by address. */
export function publicDelivery(delivery: Delivery): object {
  const { notBefore, createdAt, updatedAt, sentAt, ...rest } = delivery;
  return {
    ...rest,
    ...(notBefore !== undefined && { notBefore: iso(notBefore) }),
    createdAt: iso(createdAt),
    updatedAt: iso(updatedAt),
    ...(sentAt !== undefined && { sentAt: iso(sentAt) }),
  };
}

export function publicAuditEntry({ at, ...entry }: AuditEntry): object {
  return { ...entry, at: iso(at) };
}
