import type { Severity } from './alerting/config.js';
import type { Camera } from './camera.js';
import type { CameraEvent } from './events.js';
import type { CongestionLevel } from './flow/minute.js';

/** What people are to be told about an event; `undefined` when nobody asked to be told. */
export interface Alarm {
  readonly kind: string;
  /** The zone, or `road`. */
  readonly subject: string;
  readonly severity: Severity;
  readonly summary: string;
  /** end: it is over, and its incident ends by itself. Default: begin. */
  readonly phase?: 'begin' | 'end';
}

type Watcher = Pick<Camera, 'id' | 'name'> & Partial<Pick<Camera, 'flow'>>;

/**
 * Entering a restricted zone, congestion, and too many in a zone raise alerts; crossings are counted, not alerted. That
 * everybody has left a restricted zone ends nothing: somebody has to look.
 */
export function alarmOf(event: CameraEvent, camera: Watcher): Alarm | undefined {
  const where = camera.name ?? camera.id;
  switch (event.type) {
    case 'zone':
      if (event.phase !== 'enter' || event.zoneKind !== 'restricted') return undefined;
      return {
        kind: 'intrusion',
        subject: event.zone,
        severity: 'warning',
        summary: `${event.class ?? 'something'} in ${event.zone} (${where})`,
      };
    case 'congestion': {
      const { phase, level } = event;
      const subject = camera.flow?.zone ?? 'road';
      return {
        ...{ kind: 'congestion', subject, severity: 'warning', phase },
        summary: `${phase === 'begin' ? LEVEL_WORDS[level] : 'traffic flows again'} on ${subject} (${where})`,
      };
    }
    case 'threshold': {
      const { phase, count, limit, zone } = event;
      const than = phase === 'begin' ? `more than ${limit}` : `no more than ${limit} any longer`;
      return {
        ...{ kind: 'crowded', subject: zone, severity: 'warning', phase },
        summary: `${count} in ${zone}, ${than} (${where})`,
      };
    }
    case 'crossing':
    case 'flow':
    case 'motion':
    case 'tamper':
    case 'plate':
    case 'camera':
      return undefined;
  }
}

const LEVEL_WORDS = {
  ...{ free: 'free traffic', dense: 'dense traffic', congested: 'congested traffic' },
  standstill: 'traffic at a standstill',
} satisfies Record<CongestionLevel, string>;
