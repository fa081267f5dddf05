import type { Recipient } from '../../src/domain/alerting/config.js';
import { type Incident, shownSubject, STORM } from '../../src/domain/alerting/incident.js';
import { type MessageFacts, shownRecipient } from '../../src/domain/alerting/message.js';
import { type CameraId, SYSTEM } from '../../src/domain/ids.js';
import { PermanentError } from '../../src/errors.js';
import type { Delivery } from '../../src/ports/alerting.js';
import type { Ports } from '../../src/ports.js';

export type FactPorts = 'cameras' | 'incidents' | 'channels' | 'links' | 'events' | 'passages';
type FactsPorts = Pick<Ports, FactPorts>;

/** More held-back incidents than this are only counted. */
const MOST_GATHERED = 20;

/**
 * What a message may say, as it is known when it is sent.
 * @param claimed one delivery; or several, which are told of in one message
 * @returns with the incident the message is about, of several the first
 */
export async function factsOf(
  ports: FactsPorts,
  claimed: readonly Delivery[],
  person: Recipient,
): Promise<{ facts: Omit<MessageFacts, 'hasPicture'>; incident: Incident }> {
  const ids = [...new Set(claimed.map(({ incidentId }) => incidentId))];
  const last = claimed.at(-1);
  const incident = last && (await ports.incidents.get(ids[0] ?? ''));
  if (!incident) throw new PermanentError('its incident is no longer kept');
  const { site } = ports.cameras;
  const isGathered = ids.length > 1;
  // Of one incident the newest message says all.
  const occasion = isGathered ? 'gathered' : occasionOf(last, incident);
  const subject = shownSubject(incident);
  const plate = isGathered ? undefined : await plateOf(ports, incident);
  const facts = {
    occasion,
    site: { name: site.name, timeZone: site.timeZone },
    recipient: shownRecipient(person),
    incident: shown(incident, ports.cameras.recipients),
    ...cameraOf(ports, incident.cameraId),
    ...(subject !== undefined && { subject }),
    ...(plate !== undefined && { plate }),
    ...(incident.kind === STORM && { storm: await stormOf(ports, incident) }),
    ...(isGathered && { gathered: await gatheredOf(ports, ids) }),
    ...waysToReact(ports, last, incident, occasion),
  };
  return { facts, incident };
}

function occasionOf({ occasion }: Delivery, { kind }: Incident): MessageFacts['occasion'] {
  if (typeof occasion !== 'number') return occasion === 'ended' && kind === STORM ? 'storm-over' : occasion;
  if (kind === STORM) return 'storm';
  return occasion === 0 ? 'opened' : 'escalated';
}

function shown(incident: Incident, people: readonly Recipient[]): MessageFacts['incident'] {
  const { id, number, kind, severity, state, summary, firstAt, lastAt, alerts, isFlapping, ended } = incident;
  const told = { id, number, kind, severity, state, summary, firstAt, lastAt, alerts, isFlapping };
  const { acknowledged, verdict } = incident;
  return {
    ...told,
    ...(acknowledged && { acknowledgedBy: personOf(acknowledged.by, people) }),
    ...(ended && { endedBy: personOf(ended.by, people) }),
    ...(verdict && { isFalseAlarm: verdict.isFalseAlarm }),
  };
}

/** `person:an`, `recipient:an by link`, `key:desk` → the name people know. */
function personOf(by: string, people: readonly Recipient[]): string {
  const id = by.replace(/^[a-z]+:/, '').replace(/ by [a-z]+$/, '');
  return by.startsWith('recipient:') ? (people.find((one) => one.id === id)?.name ?? id) : id;
}

function cameraOf(ports: FactsPorts, cameraId: CameraId): Pick<MessageFacts, 'camera'> {
  return cameraId === SYSTEM ? {} : { camera: { id: cameraId, name: nameOf(ports, cameraId) } };
}

/** The camera may have left the file since; people are told all the same. */
function nameOf({ cameras }: FactsPorts, cameraId: CameraId): string {
  if (cameraId === SYSTEM) return cameras.site.name;
  return cameras.all().find(({ id }) => id === cameraId)?.name ?? cameraId;
}

/** Looked up when it is sent: events, incidents and jobs hold no plate, and what is no longer kept is not sent. */
async function plateOf(ports: FactsPorts, { eventId }: Incident): Promise<string | undefined> {
  const event = eventId === undefined ? undefined : await ports.events.get(eventId);
  if (event?.type !== 'plate') return undefined;
  const passage = await ports.passages.get(event.passageId);
  if (!passage) return undefined;
  const { reading, review } = passage;
  if (review) return review.text;
  return reading.verdict === 'accepted' ? reading.text : `${reading.text} (?)`;
}

async function stormOf(ports: FactsPorts, { id }: Incident): Promise<NonNullable<MessageFacts['storm']>> {
  const { incidents, cameras } = await ports.incidents.storm(id);
  return {
    alerts: cameras.reduce((sum, { alerts }) => sum + alerts, 0),
    incidents,
    cameras: cameras.map(({ cameraId, alerts }) => ({ name: nameOf(ports, cameraId), alerts })),
  };
}

/** @param ids of incidents, in the order people should have been told of them */
async function gatheredOf(
  ports: FactsPorts,
  ids: readonly string[],
): Promise<NonNullable<MessageFacts['gathered']>> {
  const listed = await Promise.all(ids.slice(0, MOST_GATHERED).map((id) => ports.incidents.get(id)));
  const incidents = listed.filter((one) => one !== undefined);
  return {
    incidents: incidents.map(({ number, kind, severity, summary, cameraId, firstAt }) => ({
      ...{ number, kind, severity, summary, cameraName: nameOf(ports, cameraId), at: firstAt },
    })),
    more: ids.length - incidents.length,
  };
}

/** Links and what to reply. One that acknowledges is for messages about one incident which is not over. */
function waysToReact(
  { links, channels }: FactsPorts,
  delivery: Delivery,
  incident: Incident,
  occasion: MessageFacts['occasion'],
): Pick<MessageFacts, 'links' | 'replyCode'> {
  const page = links.incident(incident.number);
  const canAcknowledge = occasion !== 'ended' && occasion !== 'storm-over' && occasion !== 'gathered';
  const acknowledge = canAcknowledge ? links.acknowledge(delivery) : undefined;
  // Replies come to our public address; without one nobody hears them.
  const hasReplies =
    page !== undefined && delivery.channel === 'sms' && channels.get('sms').off === undefined;
  return {
    links: {
      ...(page !== undefined && { incident: page }),
      ...(acknowledge !== undefined && { acknowledge }),
    },
    ...(hasReplies && canAcknowledge && { replyCode: String(incident.number) }),
  };
}
