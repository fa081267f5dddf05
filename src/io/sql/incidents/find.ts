import { sql } from 'kysely';
import type { MergeRules } from '../../../domain/alerting/incident.js';
import type { Alert } from '../../../ports/alerting.js';
import type { Change } from './change.js';
import type { Candidate } from './may-join.js';
import { keyOf, planOf, type Row } from './rows.js';

/** Of one key's incidents so near to one instant, the nearest are looked at. */
const MOST = 100;

/**
 * The incidents that an alert may belong to, or that make it flapping: of its key, and nearer than the rules look. None
 * for an alert without cooldown: it is about a thing of its own.
 */
export async function incidentsNear(
  { db }: Change,
  alert: Alert,
  { cooldownMs, flapping }: MergeRules,
): Promise<(Candidate & { readonly incident: Row })[]> {
  if (cooldownMs === 0) return [];
  const withinMs = Math.max(cooldownMs, flapping.incidents > 0 ? flapping.withinMs : 0);
  const rows = await db
    .selectFrom('incident')
    .selectAll()
    .select((build) =>
      build
        .selectFrom('incident_step')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .whereRef('incident_step.incident_id', '=', 'incident.id')
        .where('incident_step.occasion', '=', 'raised')
        .as('raises'),
    )
    .where('key', '=', keyOf(alert))
    .where('last_at', '>', alert.at - withinMs)
    .where('first_at', '<', alert.at + withinMs)
    .orderBy(
      sql`case when first_at > ${alert.at} then first_at - ${alert.at}
        when last_at < ${alert.at} then ${alert.at} - last_at else 0 end`,
    )
    .orderBy('number', 'desc')
    .limit(Math.max(MOST, flapping.incidents))
    .execute();
  return rows.map(({ raises, ...incident }) => ({
    incident,
    wasRaised: Number(raises) > 0,
    tellsNobody: planOf(incident).steps.length === 0,
  }));
}
