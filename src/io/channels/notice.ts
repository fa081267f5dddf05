import type { Message } from '../../domain/alerting/message.js';

/**
 * A message for programs: what webhooks, RabbitMQ and MQTT carry. Times are ISO 8601, UTC. It holds no address of the
 * recipient. Fields may be added; those that are here stay. docs/alerts.md describes them.
 */
export function noticeOf({ id, language, facts, words }: Message) {
  const { incident, camera, recipient, site } = facts;
  return {
    /** The same for every copy of a message. */
    id,
    type: 'camqueue.notification',
    occasion: facts.occasion,
    language,
    title: words.title,
    text: words.body,
    site: { name: site.name, timeZone: site.timeZone },
    recipient: recipient.id,
    incident: {
      id: incident.id,
      number: incident.number,
      kind: incident.kind,
      severity: incident.severity,
      state: incident.state,
      summary: incident.summary,
      firstAt: iso(incident.firstAt),
      lastAt: iso(incident.lastAt),
      alerts: incident.alerts,
      isFlapping: incident.isFlapping,
      endedBy: incident.endedBy,
    },
    camera: camera && { id: camera.id, name: camera.name },
    subject: facts.subject,
    plate: facts.plate,
    storm: facts.storm,
    gathered: facts.gathered && {
      incidents: facts.gathered.incidents.map(({ at, ...rest }) => ({ ...rest, at: iso(at) })),
      more: facts.gathered.more,
    },
    links: facts.links,
    hasPicture: facts.hasPicture,
  };
}

function iso(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
