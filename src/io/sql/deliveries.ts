import { type Kysely, sql } from 'kysely';
import type { Deliveries, Delivery } from '../../ports/alerting.js';
import { LONGEST_DOWN_MS } from './deliveries/breaker.js';
import { listStates } from './deliveries/channel-state.js';
import { claim } from './deliveries/claim.js';
import { report } from './deliveries/report.js';
import { toDelivery } from './deliveries/rows.js';
import { settle } from './deliveries/settle.js';
import type { Database, Schema } from './schema.js';

/** What lies further ahead was written by a clock that was wrong. */
const WRONG_CLOCK_MS = 3_600_000;

/** What is to be sent, and what became of it, in SQL. */
export function createDeliveries(database: Database): Deliveries {
  const { db } = database;
  const one = async (column: 'id' | 'number', value: string | number): Promise<Delivery | undefined> => {
    const row = await db.selectFrom('delivery').selectAll().where(column, '=', value).executeTakeFirst();
    return row && toDelivery(row);
  };
  return {
    get: (id) => one('id', id),
    byNumber: (number) => one('number', number),
    list: (filter) => list(db, filter),
    claim: (lane, owner, rules, now) => claim(database, lane, owner, rules, now),
    settle: (claimed, result, now) => settle(database, claimed, result, now),
    report: (channel, providerId, state, detail, now) =>
      report(database, channel, providerId, state, detail, now),
    stranded: (before, now, limit) => stranded(database, before, now, limit),
    channels: () => listStates(db),
  };
}

async function list(
  db: Kysely<Schema>,
  { incidentId, recipient, channel, states, limit }: Parameters<Deliveries['list']>[0],
): Promise<Delivery[]> {
  let query = db.selectFrom('delivery').selectAll().orderBy('number', 'desc').limit(limit);
  if (incidentId !== undefined) query = query.where('incident_id', '=', incidentId);
  if (recipient !== undefined) query = query.where('recipient', '=', recipient);
  if (channel !== undefined) query = query.where('channel', '=', channel);
  if (states !== undefined) query = query.where('state', 'in', states);
  return (await query.execute()).map(toDelivery);
}

/** PostgreSQL passes over rows that a claim holds at this moment: they are not lost. */
async function stranded(
  { db, dialect }: Database,
  before: number,
  now: number,
  limit: number,
): Promise<Delivery[]> {
  const rows = await db
    .updateTable('delivery')
    .set({ updated_at: now })
    .where('number', 'in', (from) =>
      from
        .selectFrom('delivery as old')
        .select('old.number')
        .where(sql<boolean>`old.state in ('pending', 'sending')`)
        .where((old) =>
          old.or([old('old.updated_at', '<', before), old('old.updated_at', '>', now + WRONG_CLOCK_MS)]),
        )
        .where((old) =>
          old.or([
            old('old.not_before', 'is', null),
            old('old.not_before', '<=', now),
            old('old.not_before', '>', now + LONGEST_DOWN_MS),
          ]),
        )
        .orderBy('old.updated_at')
        .orderBy('old.number')
        .limit(limit)
        .$if(dialect === 'postgres', (query) => query.forUpdate().skipLocked()),
    )
    .returningAll()
    .execute();
  return rows.sort((a, b) => a.number - b.number).map(toDelivery);
}
