import { type Incident, isEnded, isUnanswered, STORM } from '../../../domain/alerting/incident.js';
import type { IncidentStore } from '../../../ports/alerting.js';
import { cleanText, type Database } from '../schema.js';
import { type Change, changeIncidents } from './change.js';
import { closeIncident } from './close.js';
import { type Row, toIncident, toNote } from './rows.js';
import { endSteps } from './steps.js';

type Reactions = Pick<IncidentStore, 'acknowledge' | 'resolve' | 'judge' | 'addNote'>;

/**
 * What people do about incidents. What they do about a storm they do about all that it gathered and that nobody was told
 * of on its own: who has seen the storm has seen them.
 */
export function createReactions(database: Database): Reactions {
  const about = <T>(
    id: string,
    by: string,
    now: number,
    work: (change: Change, incident: Row) => Promise<T>,
  ): Promise<T | undefined> =>
    changeIncidents(database, now, by, async (change) => {
      const incident = await change.db
        .selectFrom('incident')
        .selectAll()
        .where('id', '=', id)
        .executeTakeFirst();
      return incident && work(change, incident);
    });
  return {
    acknowledge: (id, by, now) =>
      about(id, by, now, async (change, incident) => {
        if (!isUnanswered(incident.state)) return { incident: toIncident(incident), isNew: false };
        for (const one of await gatheredBy(change, incident))
          if (isUnanswered(one.state)) await acknowledge(change, one, by);
        return { incident: toIncident(await acknowledge(change, incident, by)), isNew: true };
      }),
    resolve: (id, by, now) =>
      about(id, by, now, async (change, incident) => {
        if (isEnded(incident.state)) return { incident: toIncident(incident), isNew: false };
        return { incident: toIncident(await resolve(change, incident, cleanText(by))), isNew: true };
      }),
    judge: (id, verdict) =>
      about(id, verdict.by, verdict.at, (change, incident) => judge(change, incident, verdict)),
    addNote: (id, { at, by, text }) =>
      about(id, by, at, async ({ db, trail }, incident) => {
        const note = await db
          .insertInto('incident_note')
          .values({ incident_id: id, at, by: cleanText(by), text: cleanText(text) })
          .returningAll()
          .executeTakeFirstOrThrow();
        // Not the text: the trail is kept for ever, and it may name people and plates.
        trail('incident.noted', id, { number: incident.number, note: note.id });
        return toNote(note);
      }),
  };
}

async function acknowledge(change: Change, { id, number }: Row, by: string): Promise<Row> {
  const { db, now, trail } = change;
  await endSteps(change, id);
  trail('incident.acknowledged', id, { number });
  return db
    .updateTable('incident')
    .set({
      state: 'acknowledged',
      acknowledged_by: cleanText(by),
      acknowledged_at: now,
      changed_at: now,
    })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

async function judge(
  change: Change,
  incident: Row,
  verdict: NonNullable<Incident['verdict']>,
): Promise<Incident> {
  const { db, now, trail } = change;
  const { id, number } = incident;
  const { isFalseAlarm } = verdict;
  const by = cleanText(verdict.by);
  trail('incident.judged', id, { number, isFalseAlarm });
  const judged = await db
    .updateTable('incident')
    .set({ verdict: cleanText(JSON.stringify(verdict)), changed_at: now })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
  if (!isFalseAlarm || isEnded(incident.state)) return toIncident(judged);
  return toIncident(await resolve(change, judged, by));
}

async function resolve(change: Change, incident: Row, by: string): Promise<Row> {
  for (const one of await gatheredBy(change, incident))
    if (!isEnded(one.state)) await closeIncident(change, one, { state: 'resolved', by });
  return closeIncident(change, incident, { state: 'resolved', by });
}

/** Critical ones have been told on their own, and want a reaction of their own. */
function gatheredBy({ db }: Change, { id, kind }: Row): Promise<Row[]> {
  if (kind !== STORM) return Promise.resolve([]);
  return db
    .selectFrom('incident')
    .selectAll()
    .where('storm_id', '=', id)
    .where('severity', '<>', 'critical')
    .execute();
}
