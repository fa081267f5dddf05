import type { Insertable, Kysely, Selectable } from 'kysely';
import type { Channel } from '../../../domain/alerting/config.js';
import type { Occasion } from '../../../domain/alerting/incident.js';
import type { Delivery } from '../../../ports/alerting.js';
import type { Database, DeliveryRow, Schema } from '../schema.js';

export type Row = Selectable<DeliveryRow>;

/** A database within a transaction. */
export type Inside = Pick<Database, 'db' | 'dialect'>;

export interface Lane {
  readonly recipient: string;
  readonly channel: Channel;
}

/** Whoever changes what is known of a channel, or claims or settles on it, holds this lock. */
export function channelKey(channel: string): string {
  return `channel:${channel}`;
}

/** What fails, and works again, as one: a channel's provider; of webhooks each receiver, who is a provider of its own. */
export function endpointOf({ channel, recipient }: Lane): string {
  return channel === 'webhook' ? `${channel}/${recipient}` : channel;
}

export function deliveryId(incidentId: string, occasion: string, recipient: string, channel: string): string {
  return [incidentId, occasion, recipient, channel].join('+');
}

/** Something is left to do for it. */
export function isLive({ state }: Pick<Row, 'state'>): boolean {
  return state === 'pending' || state === 'sending';
}

/** A claim's name, as the channel's state knows its probe by. */
export function claimOf({ id, tries }: Pick<Delivery, 'id' | 'tries'>): string {
  return `${id}#${tries}`;
}

export function otherChannels(row: Pick<Row, 'other_channels'>): Channel[] {
  return JSON.parse(row.other_channels) as Channel[];
}

export function toDelivery(row: Row): Delivery {
  return {
    id: row.id,
    number: row.number,
    incidentId: row.incident_id,
    occasion: (/^\d+$/.test(row.occasion) ? Number(row.occasion) : row.occasion) as Occasion,
    recipient: row.recipient,
    channel: row.channel as Channel,
    otherChannels: otherChannels(row),
    severity: row.severity,
    state: row.state,
    tries: row.tries,
    ...(row.not_before !== null && { notBefore: row.not_before }),
    ...(row.provider_id !== null && { providerId: row.provider_id }),
    ...(row.detail !== null && { detail: row.detail }),
    ...(row.gathered_in !== null && { gatheredIn: row.gathered_in }),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    ...(row.sent_at !== null && { sentAt: row.sent_at }),
  };
}

export async function change(
  db: Kysely<Schema>,
  rows: readonly Pick<Row, 'number'>[],
  values: Partial<Insertable<DeliveryRow>>,
): Promise<void> {
  if (rows.length === 0) return;
  await db
    .updateTable('delivery')
    .set(values)
    .where(
      'number',
      'in',
      rows.map(({ number }) => number),
    )
    .execute();
}
