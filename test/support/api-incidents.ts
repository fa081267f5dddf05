import { acknowledgeText, writeAcknowledgeToken } from '../../src/domain/alerting/acknowledge-token.js';
import type { Incident, Plan } from '../../src/domain/alerting/incident.js';
import type { Alert, Delivery, NewDelivery } from '../../src/ports/alerting.js';
import type { TestApi } from './api.js';
import { anAlert, PLAN, RULES } from './incidents.js';

/** An incident of its own, as the alert handler opens it; its alert was 1 s ago. */
export async function openIncident(
  api: TestApi,
  id: string,
  more: Partial<Alert> & { readonly plan?: Plan; readonly now?: number } = {},
): Promise<Incident> {
  const { plan = PLAN, now = Date.now(), ...alert } = more;
  const given = { ...anAlert(id, 0), subject: id, at: now - 1000, ...alert };
  return (await api.deps.ports.incidents.accept(given, RULES, plan, now)).incident;
}

/** As the escalation handler tells people. */
export async function tellOf(
  api: TestApi,
  incident: Incident,
  to: readonly NewDelivery[] = [{ recipient: 'guard', channel: 'sms', otherChannels: [] }],
  now = Date.now(),
): Promise<Delivery[]> {
  return (await api.deps.ports.incidents.tell(incident.id, 0, to, now)) ?? [];
}

/** The path of the link in a message. */
export function linkOf(api: TestApi, delivery: Delivery): string {
  const mark = api.deps.ports.signer.sign('acknowledge', acknowledgeText(delivery));
  return `/a/${writeAcknowledgeToken({ number: delivery.number, mark })}`;
}
