import type { Delivery, DeliveryResult } from '../../../ports/alerting.js';
import { exclusively } from '../exclusively.js';
import { type ChannelStateRow, cleanText, type Database } from '../schema.js';
import { closed, failedOnce, isDown, unproven } from './breaker.js';
import { readState, writeState } from './channel-state.js';
import { giveUp } from './next-channel.js';
import { isHopeless, retryAt } from './next-message.js';
import { note, noteKey } from './note.js';
import { change, channelKey, claimOf, endpointOf, type Inside, isLive, type Row } from './rows.js';

type Result<S extends DeliveryResult['state']> = Extract<DeliveryResult, { state: S }>;

interface Settled {
  readonly inside: Inside;
  readonly claimed: readonly Delivery[];
  readonly leader: Delivery;
  /** As they are now, those that are still there. */
  readonly rows: readonly Row[];
  /** Those this very claim still holds: its number of tries tells it from others'. */
  readonly held: readonly Row[];
  readonly state: ChannelStateRow;
  readonly now: number;
}

/** Ends a claim: `Deliveries.settle`. All of it under the channel's lock. */
export function settle(
  database: Database,
  claimed: readonly Delivery[],
  result: DeliveryResult,
  now: number,
): Promise<Delivery[]> {
  const [leader] = claimed;
  if (leader === undefined) return Promise.resolve([]);
  return exclusively(database, channelKey(leader.channel), async (db) => {
    const rows = await db
      .selectFrom('delivery')
      .selectAll()
      .where(
        'id',
        'in',
        claimed.map(({ id }) => id),
      )
      .orderBy('number')
      .execute();
    const tries = new Map(claimed.map((one) => [one.id, one.tries]));
    const held = rows.filter((row) => row.state === 'sending' && row.tries === tries.get(row.id));
    const state = await readState(db, endpointOf(leader), now);
    const inside = { db, dialect: database.dialect };
    const settled = { inside, claimed, leader, rows, held, state, now };
    if (result.state === 'sent') return sent(settled, result);
    if (held.length === 0) return [];
    return result.state === 'failed' ? refused(settled, result) : later(settled, result);
  });
}

async function sent({ inside, claimed, leader, rows, state, now }: Settled, { receipt }: Result<'sent'>) {
  if (await isNoted(inside, leader)) return [];
  const providerId = receipt.providerId === undefined ? null : cleanText(receipt.providerId);
  const receiptText = cleanText(receipt.detail);
  for (const one of claimed) {
    const row = rows.find(({ id }) => id === one.id);
    const isLeader = one === leader;
    const detail = isLeader ? receiptText : `gathered in ${leader.id}`;
    const isCopy = row !== undefined && !isLive(row);
    if (row && !isCopy)
      await change(inside.db, [row], {
        state: 'sent',
        provider_id: isLeader ? providerId : null,
        gathered_in: isLeader ? null : leader.id,
        detail,
        cost: isLeader ? (receipt.cost ?? 0) : 0,
        claimed_by: null,
        claimed_at: null,
        not_before: null,
        sent_at: now,
        updated_at: now,
      });
    // Reports on it must find it, whatever else has become of it.
    else if (row?.provider_id === null && isLeader)
      await change(inside.db, [row], { provider_id: providerId });
    await note(inside, noted(one), 'sent', now, { receipt: detail, ...(isCopy && { isCopy }) });
  }
  const spent = state.spent + (receipt.cost ?? 0);
  await writeState(inside, state, { ...closed(state, now), spent }, now);
  return [];
}

async function refused({ inside, leader, held, state, now }: Settled, { reason }: Result<'failed'>) {
  await writeState(inside, state, unproven(state, claimOf(leader)), now);
  return giveUp(inside, held, { state: 'failed', why: cleanText(reason) }, now);
}

async function later({ inside, leader, held, state, now }: Settled, result: Result<'pending'>) {
  const { isCertain, isOutage, until } = result;
  const reason = cleanText(result.reason);
  const claim = claimOf(leader);
  const after =
    result.isOurs === true
      ? unproven(state, claim)
      : failedOnce(state, { claim, isOutage, until, reason }, now);
  await writeState(inside, state, after, now);
  const hopeless = held.filter((row) => isHopeless(row, now));
  for (const row of held.filter((one) => !hopeless.includes(one))) {
    const maybeSent = row.maybe_sent !== 0 || !isCertain;
    await change(inside.db, [row], {
      state: 'pending',
      claimed_by: null,
      claimed_at: null,
      maybe_sent: maybeSent ? 1 : 0,
      // What may have been sent goes again as the very same message.
      gathered_in: maybeSent ? row.gathered_in : null,
      // While a channel is down its own time counts.
      not_before: isDown(after) ? null : retryAt(row.tries, now),
      detail: reason,
      updated_at: now,
    });
  }
  const why = `given up after ${leader.tries} tries: ${reason}`;
  return giveUp(inside, hopeless, { state: 'failed', why }, now);
}

async function isNoted({ db }: Inside, leader: Delivery): Promise<boolean> {
  const key = noteKey(leader, 'sent');
  const entry = await db.selectFrom('audit').select('id').where('once_key', '=', key).executeTakeFirst();
  return entry !== undefined;
}

function noted({ id, incidentId, occasion, recipient, channel, tries }: Delivery) {
  return { id, incident_id: incidentId, occasion: String(occasion), recipient, channel, tries };
}
