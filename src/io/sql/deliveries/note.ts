import { appendAudit } from '../audit-log.js';
import type { Inside, Row } from './rows.js';

type Noted = Pick<Row, 'id' | 'incident_id' | 'occasion' | 'recipient' | 'channel' | 'tries'>;

/** The audit trail's entry of what became of a try of a delivery, once. Names the recipient, never the address. */
export function note(
  inside: Inside,
  row: Noted,
  what: 'sent' | 'delivered' | 'failed' | 'skipped' | 'replaced' | 'repeated',
  now: number,
  detail: Record<string, unknown> = {},
  actor = 'job/notification',
): Promise<void> {
  const { id, incident_id: incidentId, occasion, recipient, channel } = row;
  return appendAudit(inside, {
    at: now,
    actor,
    action: `notification.${what}`,
    subject: `incident/${incidentId}`,
    detail: { delivery: id, occasion, recipient, channel, ...detail },
    onceKey: noteKey(row, what),
  });
}

export function noteKey({ id, tries }: Pick<Noted, 'id' | 'tries'>, what: string): string {
  return `notification.${what}+${id}+${tries}`;
}
