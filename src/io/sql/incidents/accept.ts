import { isUnanswered, type MergeRules, type Plan } from '../../../domain/alerting/incident.js';
import { PermanentError } from '../../../errors.js';
import type { Accepted, Alert } from '../../../ports/alerting.js';
import type { Database } from '../schema.js';
import { type Change, changeIncidents } from './change.js';
import { extend } from './extend.js';
import { incidentsNear } from './find.js';
import { isFlapping } from './flapping.js';
import { insertAlert, insertIncident } from './insert.js';
import { nearestThatTakes } from './may-join.js';
import { isMoreSevere, keyOf, type Row, stormIdOf, toAlert, toIncident } from './rows.js';
import { addRaise, addSteps } from './steps.js';
import { gather } from './storm.js';

/** See `IncidentStore.accept`. @throws PermanentError for an alert that was suppressed before */
export function acceptAlert(
  database: Database,
  alert: Alert,
  rules: MergeRules,
  plan: Plan,
  now: number,
): Promise<Accepted> {
  return changeIncidents(database, now, 'job/alert', async (change) => {
    const before = await firstAnswer(change, alert.id);
    if (before) return before;
    const near = await incidentsNear(change, alert, rules);
    const taker = nearestThatTakes(near, alert, rules, plan.steps.length);
    if (taker) return join(change, taker.incident, alert);
    const ofKey = near.map(({ incident }) => incident);
    return open(change, alert, rules, plan, isFlapping(ofKey, alert.at, rules));
  });
}

async function firstAnswer({ db }: Change, id: string): Promise<Accepted | undefined> {
  const alert = await db.selectFrom('alert').selectAll().where('id', '=', id).executeTakeFirst();
  if (!alert) return undefined;
  const ids = [alert.incident_id ?? '', stormIdOf(id)];
  const rows = await db.selectFrom('incident').selectAll().where('id', 'in', ids).execute();
  const incident = rows.find((row) => row.id === alert.incident_id);
  if (!incident)
    throw new PermanentError(`alert ${id} belongs to no incident: ${alert.reason ?? 'suppressed'}`);
  const storm = alert.effect === 'opened' && rows.find((row) => row.id === incident.storm_id);
  return {
    alert: toAlert(alert),
    incident: toIncident(incident),
    opened: alert.effect === 'opened',
    raised: alert.effect === 'raised',
    ...(storm && storm.id === stormIdOf(id) && { storm: toIncident(storm) }),
  };
}

async function join(change: Change, incident: Row, alert: Alert): Promise<Accepted> {
  const isMore = isMoreSevere(alert.severity, incident.severity);
  // Of what is gathered in a storm people are told only when it is critical.
  const isTold = incident.storm_id === null || alert.severity === 'critical';
  const raised = isMore && isTold && isUnanswered(incident.state);
  const stored = await insertAlert(change, alert, {
    incident_id: incident.id,
    effect: raised ? 'raised' : 'joined',
    reason: null,
  });
  const now = await extend(change, incident, alert);
  if (incident.storm_id !== null) await extendStorm(change, incident.storm_id, alert);
  if (isMore)
    change.trail('incident.raised', incident.id, {
      from: incident.severity,
      to: alert.severity,
      alert: alert.id,
    });
  const joined = toIncident(now);
  if (raised) {
    await addSteps(change, incident.id, joined.plan, joined.openedAt);
    await addRaise(change, incident.id);
  }
  return { alert: toAlert(stored), incident: joined, opened: false, raised };
}

/** A storm counts what joins its incidents as well. That it becomes more severe tells nobody. */
async function extendStorm(change: Change, id: string, alert: Alert): Promise<void> {
  const storm = await change.db.selectFrom('incident').selectAll().where('id', '=', id).executeTakeFirst();
  if (storm) await extend(change, storm, alert);
}

async function open(
  change: Change,
  alert: Alert,
  rules: MergeRules,
  plan: Plan,
  flapping: boolean,
): Promise<Accepted> {
  const gathered = await gather(change, alert, plan, rules);
  const incident = await insertIncident(change, { ...alert, key: keyOf(alert) }, plan, rules, {
    stormId: gathered?.storm.id ?? null,
    isFlapping: flapping,
  });
  const stored = await insertAlert(change, alert, {
    incident_id: incident.id,
    effect: 'opened',
    reason: null,
  });
  if (!gathered || alert.severity === 'critical')
    await addSteps(change, incident.id, plan, incident.opened_at);
  const { number, kind, severity } = incident;
  change.trail('incident.opened', incident.id, {
    ...{ number, camera: alert.cameraId, kind, severity, policy: plan.policy },
    ...(gathered && { storm: gathered.storm.id }),
  });
  if (flapping) change.trail('incident.flapping', incident.id, { number });
  return {
    alert: toAlert(stored),
    incident: toIncident(incident),
    opened: true,
    raised: false,
    ...(gathered?.isNew && { storm: toIncident(gathered.storm) }),
  };
}
