import type { Alert, IncidentStore, StoredAlert } from '../../../ports/alerting.js';
import type { AlertRow, Database } from '../schema.js';
import { type Change, changeIncidents } from './change.js';
import { closeIncident } from './close.js';
import { insertAlert } from './insert.js';
import { keyOf, type Row, toAlert, toIncident } from './rows.js';

type Ended = Awaited<ReturnType<IncidentStore['end']>>;

/**
 * See `IncidentStore.end`. Where several of the key are open (people were told anew of what became more severe) all of
 * them end, and the newest is returned. One that began after the end, in capture time, is another one and goes on.
 */
export function endIncident(database: Database, alert: Alert, now: number): Promise<Ended> {
  return changeIncidents(database, now, 'job/alert', async (change) => {
    const before = await change.db
      .selectFrom('alert')
      .selectAll()
      .where('id', '=', alert.id)
      .executeTakeFirst();
    if (before) return firstAnswer(change, before);
    const live = await liveOfKey(change, alert);
    const over = live.filter((one) => one.is_flapping === 0);
    const [newest] = over;
    if (!newest) return { alert: await keep(change, alert, live[0]) };
    const stored = await insertAlert(change, alert, {
      incident_id: newest.id,
      effect: 'ended',
      reason: null,
    });
    const ended: Row[] = [];
    for (const one of over)
      ended.push(
        await closeIncident(change, one, {
          ...{ state: 'resolved', by: 'event', lastAt: alert.at },
          detail: { alert: alert.id },
        }),
      );
    return { alert: toAlert(stored), incident: toIncident(ended[0] ?? newest) };
  });
}

/** Newest first. */
function liveOfKey({ db }: Change, alert: Alert): Promise<Row[]> {
  return db
    .selectFrom('incident')
    .selectAll()
    .where('key', '=', keyOf(alert))
    .where('ended_at', 'is', null)
    .where('first_at', '<=', alert.at)
    .orderBy('number', 'desc')
    .execute();
}

/** An end that ends nothing. @param flapping the incident of which it is a word, perhaps the last */
async function keep(change: Change, alert: Alert, flapping: Row | undefined): Promise<StoredAlert> {
  const stored = await insertAlert(change, alert, {
    incident_id: flapping?.id ?? null,
    effect: flapping ? 'over' : null,
    reason: flapping ? null : 'the end of something of which no incident was open',
  });
  if (flapping)
    await change.db
      .updateTable('incident')
      .set({ last_at: Math.max(flapping.last_at, alert.at), changed_at: change.now })
      .where('id', '=', flapping.id)
      .execute();
  return toAlert(stored);
}

async function firstAnswer({ db }: Change, alert: AlertRow): Promise<Ended> {
  const incident =
    alert.effect === 'ended' &&
    (await db
      .selectFrom('incident')
      .selectAll()
      .where('id', '=', alert.incident_id ?? '')
      .executeTakeFirst());
  return { alert: toAlert(alert), ...(incident && { incident: toIncident(incident) }) };
}
