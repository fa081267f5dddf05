import type { Kysely } from 'kysely';
import type { Channel } from '../../../domain/alerting/config.js';
import type { ChannelState } from '../../../ports/alerting.js';
import { appendAudit } from '../audit-log.js';
import type { ChannelStateRow, Schema } from '../schema.js';
import { isDown } from './breaker.js';
import type { Inside } from './rows.js';

const DAY_MS = 86_400_000;

/** What is known of an endpoint (see `endpointOf`); one never used is as new. */
export async function readState(db: Kysely<Schema>, channel: string, now: number): Promise<ChannelStateRow> {
  const row = await db
    .selectFrom('channel_state')
    .selectAll()
    .where('channel', '=', channel)
    .executeTakeFirst();
  return (
    row ?? {
      channel,
      failures: 0,
      down_until: null,
      probe_by: null,
      probe_at: null,
      next_at: 0,
      day: null,
      spent: 0,
      reason: null,
      changed_at: now,
    }
  );
}

/** Writes the state; that it went down or came up is in the audit trail. */
export async function writeState(
  inside: Inside,
  before: ChannelStateRow,
  after: ChannelStateRow,
  now: number,
): Promise<void> {
  await inside.db
    .insertInto('channel_state')
    .values(after)
    .onConflict((conflict) => conflict.column('channel').doUpdateSet(after))
    .execute();
  if (isDown(before) === isDown(after)) return;
  await appendAudit(inside, {
    at: now,
    actor: 'job/notification',
    action: isDown(after) ? 'channel.down' : 'channel.up',
    subject: `channel/${after.channel}`,
    detail: isDown(after)
      ? { failures: after.failures, until: after.down_until, reason: after.reason }
      : { downSince: before.changed_at },
  });
}

/**
 * The state with the day's spending, begun anew when the day is another one. Machines do not change the day at the same
 * moment: one that is a day behind does not begin it anew.
 * @param day YYYY-MM-DD
 */
export function onDay(state: ChannelStateRow, day: string): ChannelStateRow {
  if (state.day === day) return state;
  const aheadMs = state.day === null ? NaN : Date.parse(state.day) - Date.parse(day);
  return aheadMs > 0 && aheadMs <= DAY_MS ? state : { ...state, day, spent: 0 };
}

export async function listStates(db: Kysely<Schema>): Promise<ChannelState[]> {
  const rows = await db.selectFrom('channel_state').selectAll().orderBy('channel').execute();
  return rows.map((row) => {
    const [channel, recipient] = row.channel.split('/');
    return {
      channel: channel as Channel,
      ...(recipient !== undefined && { recipient }),
      state: isDown(row) ? 'down' : 'ok',
      failures: row.failures,
      ...(row.down_until !== null && { until: row.down_until }),
      ...(row.reason !== null && { reason: row.reason }),
      changedAt: row.changed_at,
    };
  });
}
