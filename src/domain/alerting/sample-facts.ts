import { SYSTEM } from '../ids.js';
import type { Severity } from './config.js';
import type { MessageFacts } from './message.js';

export const OCCASIONS = [
  'opened',
  'escalated',
  'raised',
  'ended',
  'storm',
  'storm-over',
  'gathered',
  'test',
] as const satisfies readonly MessageFacts['occasion'][];

/** What a made-up message is about, where it is not as usual. */
export interface Sample {
  readonly occasion: MessageFacts['occasion'];
  readonly site: MessageFacts['site'];
  /** Wall clock, epoch ms. */
  readonly now: number;
  readonly kind?: string;
  readonly severity?: Severity;
  readonly recipient?: MessageFacts['recipient'];
  /** Default: a made-up one. `system`: about no camera. */
  readonly camera?: { readonly id: string; readonly name: string };
  readonly summary?: string;
  readonly links?: MessageFacts['links'];
}

/** Facts of a made-up incident, with everything in them that such a message can have: for previews and checks. */
export function sampleFacts(sample: Sample): MessageFacts {
  const { occasion, site, now, severity = occasion === 'test' ? 'info' : 'critical' } = sample;
  const isStorm = occasion === 'storm' || occasion === 'storm-over';
  const kind = isStorm ? 'storm' : (sample.kind ?? (occasion === 'test' ? 'test' : 'intrusion'));
  const camera = sample.camera ?? { id: 'gate-1', name: 'Cổng chính' };
  const isOver = occasion === 'ended' || occasion === 'storm-over';
  const canAcknowledge = !isOver && occasion !== 'test' && occasion !== 'gathered';
  const isAboutCamera = !isStorm && occasion !== 'test' && camera.id !== SYSTEM;
  return {
    occasion,
    site: { name: site.name, timeZone: site.timeZone },
    recipient: sample.recipient ?? { id: 'guard', name: 'Bảo vệ' },
    incident: {
      ...{ id: 'sample', number: 42, kind, severity, state: isOver ? 'resolved' : 'notified' },
      summary: sample.summary ?? `what happened, in a sentence (${camera.name})`,
      ...{ firstAt: now - 312_000, lastAt: now - 12_000, alerts: isStorm ? 42 : 3, isFlapping: false },
      ...(isOver && { acknowledgedBy: 'Lan', endedBy: 'event' }),
    },
    ...(isAboutCamera && { camera, subject: 'yard' }),
    ...(isAboutCamera && kind.startsWith('plate-') && { plate: '30A-339.18' }),
    ...(isStorm && { storm: STORM }),
    ...(occasion === 'gathered' && { gathered: gathered(now) }),
    links: linksOf(sample.links ?? {}, canAcknowledge),
    ...(canAcknowledge && { replyCode: '42' }),
    hasPicture: isAboutCamera && occasion !== 'ended' && occasion !== 'gathered',
  };
}

function linksOf(
  { acknowledge, ...links }: MessageFacts['links'],
  canAcknowledge: boolean,
): MessageFacts['links'] {
  return { ...links, ...(canAcknowledge && acknowledge !== undefined && { acknowledge }) };
}

const STORM = {
  ...{ alerts: 42, incidents: 17 },
  cameras: [
    { name: 'Cổng chính', alerts: 20 },
    { name: 'Kho', alerts: 14 },
    { name: 'Bãi xe', alerts: 8 },
  ],
};

function gathered(now: number): NonNullable<MessageFacts['gathered']> {
  const one = (number: number, kind: string, cameraName: string, severity: Severity) => ({
    ...{ number, kind, cameraName, severity },
    summary: `what happened in incident ${number}`,
    at: now - (45 - number) * 120_000,
  });
  return {
    incidents: [
      one(40, 'intrusion', 'Cổng chính', 'critical'),
      one(41, 'camera-down', 'Kho', 'critical'),
      one(42, 'plate-unknown', 'Bãi xe', 'warning'),
    ],
    more: 2,
  };
}
