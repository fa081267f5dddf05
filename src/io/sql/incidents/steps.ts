import type { Kysely } from 'kysely';
import type { Plan } from '../../../domain/alerting/incident.js';
import type { Schema } from '../schema.js';
import type { Change } from './change.js';

/** Stores the steps of a plan; those that are there stay as they are. @param openedAt what they count from, epoch ms */
export async function addSteps(
  { db }: Change,
  incidentId: string,
  plan: Plan,
  openedAt: number,
): Promise<void> {
  const rows = plan.steps.map(({ afterS }, step) => ({
    incident_id: incidentId,
    occasion: String(step),
    due_at: openedAt + afterS * 1000,
    done_at: null,
  }));
  if (rows.length === 0) return;
  await db
    .insertInto('incident_step')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** People are to be told at once that it is more severe; once for each incident. */
export async function addRaise({ db, now }: Change, incidentId: string): Promise<void> {
  await db
    .insertInto('incident_step')
    .values({ incident_id: incidentId, occasion: 'raised', due_at: now, done_at: null })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** A step has been gone through, whether it was planned or not. */
export async function endStep({ db, now }: Change, incidentId: string, occasion: string): Promise<void> {
  await db
    .insertInto('incident_step')
    .values({ incident_id: incidentId, occasion, due_at: now, done_at: now })
    .onConflict((conflict) => conflict.columns(['incident_id', 'occasion']).doUpdateSet({ done_at: now }))
    .execute();
}

/** Nobody is to be told any more. */
export async function endSteps({ db, now }: Change, incidentId: string): Promise<void> {
  await db
    .updateTable('incident_step')
    .set({ done_at: now })
    .where('incident_id', '=', incidentId)
    .where('done_at', 'is', null)
    .execute();
}

/** Steps of unanswered incidents that were due before that time and are not over, oldest first. */
export async function overdueSteps(
  db: Kysely<Schema>,
  before: number,
  limit: number,
): Promise<{ incidentId: string; step: number | 'raised' }[]> {
  const rows = await db
    .selectFrom('incident_step')
    .innerJoin('incident', 'incident.id', 'incident_step.incident_id')
    .select(['incident_step.incident_id', 'incident_step.occasion'])
    .where('incident_step.done_at', 'is', null)
    .where('incident_step.due_at', '<', before)
    .where('incident.state', 'in', ['open', 'notified'])
    .orderBy('incident_step.due_at')
    .orderBy('incident.number')
    .limit(limit)
    .execute();
  return rows.map(({ incident_id: incidentId, occasion }) => ({
    incidentId,
    step: occasion === 'raised' ? occasion : Number(occasion),
  }));
}
