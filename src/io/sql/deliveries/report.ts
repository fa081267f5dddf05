import type { Channel } from '../../../domain/alerting/config.js';
import type { Delivery } from '../../../ports/alerting.js';
import { exclusively } from '../exclusively.js';
import { cleanText, type Database } from '../schema.js';
import { giveUp } from './next-channel.js';
import { note } from './note.js';
import { change, channelKey, type Inside, type Row } from './rows.js';

/** What a provider says later: `Deliveries.report`. What was delivered stays so. */
export function report(
  database: Database,
  channel: Channel,
  providerId: string,
  state: 'delivered' | 'failed',
  detail: string,
  now: number,
): Promise<Delivery[] | undefined> {
  return exclusively(database, channelKey(channel), async (db) => {
    const inside = { db, dialect: database.dialect };
    const rows = await messageOf(inside, channel, providerId);
    if (rows.length === 0) return undefined;
    const actor = `provider/${channel}`;
    const why = cleanText(detail);
    const sent = rows.filter((row) => row.state === 'sent');
    if (state === 'failed') return giveUp(inside, sent, { state, why, actor }, now);
    // Some providers report a failure and then that it has arrived all the same.
    const arrived = rows.filter(
      (row) => row.state === 'sent' || (row.state === 'failed' && row.sent_at !== null),
    );
    await change(db, arrived, { state, detail: why, updated_at: now });
    for (const row of arrived) await note(inside, row, 'delivered', now, { receipt: why }, actor);
    return [];
  });
}

/** The delivery the provider knows, and those gathered in it. */
async function messageOf({ db }: Inside, channel: Channel, providerId: string): Promise<Row[]> {
  const leaders = await db
    .selectFrom('delivery')
    .selectAll()
    .where('channel', '=', channel)
    .where('provider_id', '=', providerId)
    .execute();
  const [leader] = leaders;
  if (leader === undefined) return [];
  const gathered = await db
    .selectFrom('delivery')
    .selectAll()
    .where('gathered_in', '=', leader.id)
    .orderBy('number')
    .execute();
  return [...leaders, ...gathered];
}
