import type { Kysely } from 'kysely';
import type { Incident } from '../../../domain/alerting/incident.js';
import type { Database, Schema } from '../schema.js';
import { type Change, changeIncidents } from './change.js';
import { countFromNow } from './clock.js';
import { closeIncident } from './close.js';
import { type Row, toIncident } from './rows.js';
import { liveStorms } from './storm.js';

/** Incidents a transaction: others wait for so long at most. */
const BATCH = 100;

/**
 * See `IncidentStore.sweep`. What is flapping is over as well when it has rested: see `isFlapping`.
 * @returns what it ended, in the order in which it did
 */
export async function sweepIncidents(
  database: Database,
  now: number,
  stormRestMs: number,
): Promise<Incident[]> {
  const ended: Row[] = [];
  const sweep = (work: (change: Change) => Promise<Row[]>): Promise<Row[]> =>
    changeIncidents(database, now, 'job/incident-sweep', work);
  await changeIncidents(database, now, 'job/incident-sweep', countFromNow);
  for (;;) {
    const expired = await sweep(expire);
    ended.push(...expired);
    if (expired.length < BATCH) break;
  }
  ended.push(...(await sweep((change) => endStorms(change, stormRestMs))));
  ended.push(...(await sweep(endFlapping)));
  return ended.map(toIncident);
}

async function expire(change: Change): Promise<Row[]> {
  const due = await change.db
    .selectFrom('incident')
    .selectAll()
    .where('state', 'in', ['open', 'notified'])
    .where('expires_at', '<=', change.now)
    .orderBy('number')
    .limit(BATCH)
    .execute();
  return closeAll(change, due, { state: 'expired', by: 'system' });
}

async function endStorms(change: Change, restMs: number): Promise<Row[]> {
  const storms = await liveStorms(change.db);
  // A time far ahead was written before the clock was set back: nothing has come since.
  const over = storms.filter(({ lastGatheredAt }) => Math.abs(change.now - lastGatheredAt) >= restMs);
  return closeAll(
    change,
    over.map(({ storm }) => storm),
    { state: 'resolved', by: 'event' },
  );
}

async function endFlapping(change: Change): Promise<Row[]> {
  const { db, now } = change;
  const flapping = await db
    .selectFrom('incident')
    .selectAll()
    .where('is_flapping', '=', 1)
    .where('ended_at', 'is', null)
    .orderBy('number')
    .execute();
  const over: Row[] = [];
  for (const one of flapping) if (await hasRested(db, one, now)) over.push(one);
  return closeAll(change, over, { state: 'resolved', by: 'event' });
}

/** No alert for as long as it must rest (wall clock), and the last one, in capture time, was an end. */
async function hasRested(db: Kysely<Schema>, { id, rest_ms: restMs }: Row, now: number): Promise<boolean> {
  const words = await db
    .selectFrom('alert')
    .select(({ fn }) => ['effect', fn.max('at').as('at'), fn.max('created_at').as('heardAt')])
    .where('incident_id', '=', id)
    .groupBy('effect')
    .execute();
  const lastOf = (isEnd: boolean): number =>
    Math.max(...words.filter(({ effect }) => (effect === 'over') === isEnd).map(({ at }) => at));
  const heardAt = Math.max(...words.map((word) => word.heardAt));
  return Math.abs(now - heardAt) >= (restMs ?? 0) && lastOf(true) >= lastOf(false);
}

async function closeAll(
  change: Change,
  incidents: readonly Row[],
  how: { state: 'resolved' | 'expired'; by: 'event' | 'system' },
): Promise<Row[]> {
  const ended: Row[] = [];
  for (const one of incidents) ended.push(await closeIncident(change, one, how));
  return ended;
}
