import { sql } from 'kysely';
import type { Delivery } from '../../../ports/alerting.js';
import { note } from './note.js';
import { type Inside, type Row, toDelivery } from './rows.js';

/**
 * Makes the rows one message in the name of the first: all become `sending`, the first alone has a slot of the hour.
 * @param rows in order; at least one
 */
export async function take(
  inside: Inside,
  rows: readonly Row[],
  owner: string,
  now: number,
): Promise<Delivery[]> {
  const [leader] = rows;
  const isLeader = sql<boolean>`number = ${leader?.number ?? 0}`;
  const taken = await inside.db
    .updateTable('delivery')
    .set({
      state: 'sending',
      claimed_by: owner,
      claimed_at: now,
      tries: sql`tries + 1`,
      not_before: null,
      detail: null,
      slot_at: sql`case when ${isLeader} then cast(${now} as bigint) end`,
      gathered_in: sql`case when ${isLeader} then null else cast(${leader?.id ?? ''} as text) end`,
      updated_at: now,
    })
    .where(
      'number',
      'in',
      rows.map(({ number }) => number),
    )
    .returningAll()
    .execute();
  taken.sort((a, b) => a.number - b.number);
  for (const row of taken)
    if (row.maybe_sent !== 0)
      await note(inside, row, 'repeated', now, {
        why: 'an earlier try was cut off: a second copy is possible',
      });
  return taken.map(toDelivery);
}
