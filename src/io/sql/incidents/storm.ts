import type { Kysely } from 'kysely';
import { type MergeRules, type Plan, STORM } from '../../../domain/alerting/incident.js';
import { SYSTEM } from '../../../domain/ids.js';
import type { Alert } from '../../../ports/alerting.js';
import type { Schema } from '../schema.js';
import type { Change } from './change.js';
import { extend } from './extend.js';
import { insertIncident } from './insert.js';
import { type Row, STORM_KEY, stormIdOf } from './rows.js';
import { addSteps } from './steps.js';

/** What an incident that opens has to do with a storm. */
export interface Gathered {
  readonly storm: Row;
  /** It set it off. */
  readonly isNew: boolean;
}

/**
 * The storm that an incident which opens now belongs to. A storm is set off by the incident that opens when
 * `storm.incidents` others have been within `storm.withinMs` (wall clock), and gathers what opens until none has for as
 * long, or it has lasted for `maxIncidentMs`: then the next one begins. Incidents nobody is told of have no part in it.
 */
export async function gather(
  change: Change,
  alert: Alert,
  plan: Plan,
  rules: MergeRules,
): Promise<Gathered | undefined> {
  if (rules.storm.incidents === 0 || plan.steps.length === 0) return undefined;
  const lasting = await lastingStorm(change, rules.storm.withinMs);
  if (lasting && Math.abs(change.now - lasting.opened_at) <= rules.maxIncidentMs)
    return { storm: await extend(change, lasting, alert), isNew: false };
  if (!lasting && (await recentlyTold(change, rules.storm.withinMs)) < rules.storm.incidents)
    return undefined;
  return { storm: await openStorm(change, alert, plan, rules), isNew: true };
}

/** Instants further ahead than this were written before the clock was set back: they are no news. */
function isRecent(at: number, now: number, withinMs: number): boolean {
  return Math.abs(now - at) < withinMs;
}

async function lastingStorm({ db, now }: Change, withinMs: number): Promise<Row | undefined> {
  const storms = await liveStorms(db);
  return storms.find(({ lastGatheredAt }) => isRecent(lastGatheredAt, now, withinMs))?.storm;
}

/** Storms that have not ended, newest first, and when each last gathered an incident, epoch ms. */
export async function liveStorms(db: Kysely<Schema>): Promise<{ storm: Row; lastGatheredAt: number }[]> {
  const rows = await db
    .selectFrom('incident as storm')
    .selectAll()
    .select((build) =>
      build
        .selectFrom('incident as one')
        .select(({ fn }) => fn.max('one.opened_at').as('last'))
        .whereRef('one.storm_id', '=', 'storm.id')
        .as('lastGatheredAt'),
    )
    .where('storm.key', '=', STORM_KEY)
    .where('storm.ended_at', 'is', null)
    .orderBy('storm.number', 'desc')
    .execute();
  return rows.map(({ lastGatheredAt, ...storm }) => ({
    storm,
    lastGatheredAt: lastGatheredAt ?? storm.opened_at,
  }));
}

/** Incidents people were told of, each for itself. */
async function recentlyTold({ db, now }: Change, withinMs: number): Promise<number> {
  const { count } = await db
    .selectFrom('incident')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('opened_at', '>', now - withinMs)
    .where('opened_at', '<', now + withinMs)
    .where('storm_id', 'is', null)
    .where('key', '<>', STORM_KEY)
    .where((row) =>
      row.exists(
        row
          .selectFrom('incident_step')
          .select('incident_step.due_at')
          .whereRef('incident_step.incident_id', '=', 'incident.id')
          .where('incident_step.occasion', '=', '0'),
      ),
    )
    .executeTakeFirstOrThrow();
  return count;
}

async function openStorm(change: Change, alert: Alert, plan: Plan, rules: MergeRules): Promise<Row> {
  const about = { stormId: null, isFlapping: false };
  const storm = await insertIncident(change, aboutStorm(alert), plan, rules, about);
  await addSteps(change, storm.id, plan, storm.opened_at);
  change.trail('incident.opened', storm.id, {
    number: storm.number,
    kind: STORM,
    severity: storm.severity,
    setOffBy: alert.id,
    policy: plan.policy,
  });
  return storm;
}

function aboutStorm(alert: Alert): Alert & { key: string } {
  return {
    id: stormIdOf(alert.id),
    key: STORM_KEY,
    cameraId: SYSTEM,
    kind: STORM,
    severity: alert.severity,
    at: alert.at,
    summary: 'many incidents at once',
  };
}
