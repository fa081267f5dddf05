import type { Severity } from './alerting/config.js';
import type { Camera } from './camera.js';
import type { CameraEvent } from './events.js';

/** What people are to be told about an event; `undefined` when nobody asked to be told. */
export interface Alarm {
  readonly kind: string;
  /** The zone. */
  readonly subject: string;
  readonly severity: Severity;
  readonly summary: string;
}

/**
 * Only entering a restricted zone raises an alert here; crossings are counted, not alerted. That everybody has left ends
 * nothing: somebody has to look.
 */
export function alarmOf(event: CameraEvent, camera: Pick<Camera, 'id' | 'name'>): Alarm | undefined {
  if (event.type !== 'zone' || event.phase !== 'enter' || event.zoneKind !== 'restricted') return undefined;
  return {
    kind: 'intrusion',
    subject: event.zone,
    severity: 'warning',
    summary: `${event.class ?? 'something'} in ${event.zone} (${camera.name ?? camera.id})`,
  };
}
