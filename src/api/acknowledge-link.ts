import { acknowledgeText, readAcknowledgeToken } from '../domain/alerting/acknowledge-token.js';
import type { Language } from '../domain/alerting/config.js';
import { isUnanswered, shownSubject, STORM, type Incident } from '../domain/alerting/incident.js';
import type { MessageFacts } from '../domain/alerting/message.js';
import type { Delivery } from '../ports/alerting.js';
import { acknowledgePage } from './acknowledge-page.js';
import { ACKNOWLEDGE_WORDS, outcomeText, timeText } from './acknowledge-words.js';
import type { ApiDeps } from './deps.js';

/** Messages of a recipient that are looked through for those that were gathered in one. */
const MOST_GATHERED = 1000;

type Ports = ApiDeps['ports'];

/** What a link is about: a message to somebody, and the incidents it told of. */
interface Meant {
  readonly delivery: Delivery;
  readonly incident: Incident;
  readonly also: readonly Incident[];
}

/** @param text the end of the link. @returns `undefined`: it is none of ours, or what it is about is no longer kept */
export async function meantBy(
  { deliveries, incidents, signer }: Ports,
  text: string,
): Promise<Meant | undefined> {
  const token = readAcknowledgeToken(text);
  const delivery = token && (await deliveries.byNumber(token.number));
  if (!delivery || !signer.verify('acknowledge', acknowledgeText(delivery), token.mark)) return undefined;
  const incident = await incidents.get(delivery.incidentId);
  if (!incident) return undefined;
  const { recipient, channel } = delivery;
  const sent = await deliveries.list({ recipient, channel, limit: MOST_GATHERED });
  const gathered = sent.filter(({ gatheredIn }) => gatheredIn === delivery.id);
  const ids = new Set(gathered.map(({ incidentId }) => incidentId));
  ids.delete(incident.id);
  const also = await Promise.all([...ids].map((id) => incidents.get(id)));
  return {
    delivery,
    incident,
    also: also.filter((one): one is Incident => one !== undefined && isUnanswered(one.state)),
  };
}

/** The page of it, with a button while there is something that nobody has reacted to. */
export async function drawMeant(ports: Ports, meant: Meant, language: Language): Promise<string> {
  const { delivery, incident, also } = meant;
  const { site, recipients } = ports.cameras;
  const timeZone = recipients.find(({ id }) => id === delivery.recipient)?.timeZone ?? site.timeZone;
  const facts = await factsOf(ports, meant, timeZone);
  const { title } = await ports.templates.words(facts, language);
  const when = (at: number): string => timeText(at, language, timeZone);
  return acknowledgePage({
    ...{ language, words: ACKNOWLEDGE_WORDS[language], site: site.name },
    ...{ number: incident.number, headline: title, severity: incident.severity, alerts: incident.alerts },
    ...(facts.camera && { camera: facts.camera.name }),
    when: when(incident.firstAt),
    outcome: outcomeText(incident, language, timeZone, recipients),
    waiting: [incident, ...also].filter(({ state }) => isUnanswered(state)).length,
    also: also.map((one) => `#${one.number} ${cameraName(ports, one)}, ${when(one.firstAt)}`),
  });
}

/** What the message said of it; never a plate, nor a picture: those need a login. */
async function factsOf(ports: Ports, { delivery, incident }: Meant, timeZone: string): Promise<MessageFacts> {
  const { cameras, incidents } = ports;
  const { id, number, kind, severity, state, summary, firstAt, lastAt, alerts, isFlapping } = incident;
  const subject = shownSubject(incident);
  const storm = kind === STORM ? await incidents.storm(id) : undefined;
  const isAboutCamera = cameras.all().some((camera) => camera.id === incident.cameraId);
  return {
    occasion: storm ? 'storm' : 'opened',
    site: { name: cameras.site.name, timeZone },
    recipient: { id: delivery.recipient },
    incident: { id, number, kind, severity, state, summary, firstAt, lastAt, alerts, isFlapping },
    ...(isAboutCamera && { camera: { id: incident.cameraId, name: cameraName(ports, incident) } }),
    ...(subject !== undefined && { subject }),
    ...(storm && {
      storm: {
        ...{ alerts, incidents: storm.incidents },
        cameras: storm.cameras.map((one) => ({ name: cameraName(ports, one), alerts: one.alerts })),
      },
    }),
    links: {},
    hasPicture: false,
  };
}

function cameraName({ cameras }: Ports, { cameraId }: { readonly cameraId: string }): string {
  return cameras.all().find(({ id }) => id === cameraId)?.name ?? cameraId;
}
