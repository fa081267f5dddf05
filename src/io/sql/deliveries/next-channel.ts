import type { Channel } from '../../../domain/alerting/config.js';
import type { Delivery } from '../../../ports/alerting.js';
import { note } from './note.js';
import { change, deliveryId, type Inside, otherChannels, type Row, toDelivery } from './rows.js';

/**
 * Ends deliveries that their channel does not deliver; where there is a next channel, it takes over.
 * @param state `replaced` only for those that have a next channel
 * @returns the deliveries that are new; one of the same step on that channel that is there already is enough
 */
export async function giveUp(
  inside: Inside,
  rows: readonly Row[],
  how: { state: 'failed' | 'replaced'; why: string; actor?: string },
  now: number,
): Promise<Delivery[]> {
  const fresh: Delivery[] = [];
  for (const row of rows) {
    const [next, ...others] = otherChannels(row);
    await change(inside.db, [row], {
      state: how.state,
      detail: next === undefined ? how.why : `${how.why}; ${next} takes over`,
      claimed_by: null,
      claimed_at: null,
      not_before: null,
      updated_at: now,
    });
    await note(inside, row, how.state, now, { why: how.why, ...(next && { next }) }, how.actor);
    const taken = next && (await insert(inside, row, next, others, now));
    if (taken) fresh.push(toDelivery(taken));
  }
  return fresh;
}

function insert(
  { db }: Inside,
  { incident_id, occasion, recipient, severity }: Row,
  channel: Channel,
  others: readonly Channel[],
  now: number,
): Promise<Row | undefined> {
  return db
    .insertInto('delivery')
    .values({
      id: deliveryId(incident_id, occasion, recipient, channel),
      incident_id,
      occasion,
      recipient,
      channel,
      other_channels: JSON.stringify(others),
      severity,
      state: 'pending',
      tries: 0,
      cost: 0,
      created_at: now,
      updated_at: now,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returningAll()
    .executeTakeFirst();
}
