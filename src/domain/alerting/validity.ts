import type { Camera } from '../camera.js';
import type { CameraStatus } from '../events.js';
import { troubleOf } from '../health/follow.js';
import type { HealthReport } from '../health/report.js';
import { SYSTEM } from '../ids.js';
import { isWithin, parseSchedule } from '../schedule.js';

/** Alerts about a camera itself, not about what it sees: whenever they happen, somebody must hear of them. */
const ABOUT_THE_CAMERA: ReadonlySet<string> = new Set(['camera-down', 'tamper']);

/** In these a camera that was down is so no more. */
const NOT_DOWN: ReadonlySet<CameraStatus> = new Set<CameraStatus>(['ok', 'disabled', 'finished']);

interface Given {
  /** `system`: about no camera. */
  readonly cameraId: string;
  readonly kind: string;
  readonly subject?: string | undefined;
  /** Capture time, epoch ms. */
  readonly at: number;
}

interface Circumstances {
  /** Absent: the alert is about the system. */
  readonly camera: Pick<Camera, 'alerts' | 'zones'> | undefined;
  /** Of the site. */
  readonly timeZone: string;
  /** That cover the alert. */
  readonly maintenances: readonly { readonly by: string; readonly reason?: string }[];
  /** How the camera's source is now. */
  readonly source?: { readonly status: CameraStatus; readonly since: number } | undefined;
  /** The newest. */
  readonly health?: HealthReport | undefined;
}

/**
 * Whether it is about a state that lasts and of which nobody tells again: a camera that is down, a full disk. Maintenance
 * does not undo it, so it waits for the end of that.
 */
export function isState({ cameraId, kind }: Pick<Given, 'cameraId' | 'kind'>): boolean {
  return cameraId === SYSTEM || kind === 'camera-down';
}

/** Why nobody is told of an alert; `undefined`: it counts. */
export function reasonToSuppress(alert: Given, circumstances: Circumstances): string | undefined {
  const { camera, timeZone, maintenances } = circumstances;
  const [work] = maintenances;
  if (work) return wordsFor(work);
  if (isState(alert)) return overByNow(alert, circumstances);
  if (!camera || ABOUT_THE_CAMERA.has(alert.kind)) return undefined;
  if (!isArmed(camera.alerts.schedule, alert.at, timeZone))
    return `outside the hours in which the camera's alerts count (${camera.alerts.schedule})`;
  const zone = camera.zones.find(({ id }) => id === alert.subject);
  if (zone && !isArmed(zone.schedule, alert.at, timeZone))
    return `outside the hours in which the zone ${zone.id} is armed (${zone.schedule})`;
  return undefined;
}

/** For people. */
export function wordsFor({ by, reason }: Circumstances['maintenances'][number]): string {
  return `maintenance by ${by}${reason === undefined ? '' : `: ${reason}`}`;
}

function isArmed(text: string | undefined, at: number, timeZone: string): boolean {
  if (text === undefined) return true;
  const schedule = parseSchedule(text);
  // The camera file was checked; what cannot be read must not silence anything.
  return 'error' in schedule || isWithin(schedule, at, timeZone);
}

/** An alert that is handled late: the workers were stopped, or there was maintenance. */
function overByNow({ cameraId, kind, at }: Given, { source, health }: Circumstances): string | undefined {
  const since = (time: number): string => `since ${new Date(time).toISOString()}`;
  if (cameraId !== SYSTEM) {
    const isUp = source !== undefined && NOT_DOWN.has(source.status) && source.since > at;
    return isUp ? `over by now: the camera is ${source.status} ${since(source.since)}` : undefined;
  }
  const entry = health?.entries.find((one) => {
    const trouble = troubleOf(one);
    return trouble?.cameraId === SYSTEM && trouble.kind === kind;
  });
  return entry?.state === 'ok' && entry.since > at
    ? `over by now: ${entry.subject} is ok ${since(entry.since)}`
    : undefined;
}
