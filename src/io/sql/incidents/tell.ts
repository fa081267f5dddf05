import { isUnanswered, type Occasion } from '../../../domain/alerting/incident.js';
import type { Delivery, NewDelivery } from '../../../ports/alerting.js';
import { deliveryId, type Row as DeliveryRow, toDelivery } from '../deliveries/rows.js';
import type { Database } from '../schema.js';
import { type Change, changeIncidents } from './change.js';
import type { Row } from './rows.js';
import { endStep } from './steps.js';

/** Rows a statement; SQLite takes 32,766 parameters in all. */
const BATCH = 500;

/** See `IncidentStore.tell`. */
export function tell(
  database: Database,
  incidentId: string,
  occasion: Occasion,
  to: readonly NewDelivery[],
  now: number,
): Promise<Delivery[] | undefined> {
  return changeIncidents(database, now, 'job/escalation', async (change) => {
    const { db } = change;
    const incident = await db
      .selectFrom('incident')
      .selectAll()
      .where('id', '=', incidentId)
      .executeTakeFirst();
    if (!incident) return undefined;
    const before = await db
      .selectFrom('delivery')
      .selectAll()
      .where('incident_id', '=', incidentId)
      .where('occasion', '=', String(occasion))
      .orderBy('number')
      .execute();
    if (before.length > 0) return before.map(toDelivery);
    const isAbove = occasion === 'ended' || occasion === 'storm-over';
    const isOver = !isAbove && !isUnanswered(incident.state);
    const wasGoneThrough = await isDone(change, incidentId, occasion);
    await endStep(change, incidentId, String(occasion));
    if (isOver) return undefined;
    if (to.length === 0 || wasGoneThrough) return [];
    const told = await insertDeliveries(change, incident, occasion, to);
    await noteTold(change, incident, occasion, told);
    return told.map(toDelivery);
  });
}

/** Once nobody was told of a step, nobody is later. */
async function isDone({ db }: Change, incidentId: string, occasion: Occasion): Promise<boolean> {
  const step = await db
    .selectFrom('incident_step')
    .select('done_at')
    .where('incident_id', '=', incidentId)
    .where('occasion', '=', String(occasion))
    .executeTakeFirst();
  return step !== undefined && step.done_at !== null;
}

async function insertDeliveries(
  { db, now }: Change,
  { id, severity }: Row,
  occasion: Occasion,
  to: readonly NewDelivery[],
): Promise<DeliveryRow[]> {
  const rows = to.map(({ recipient, channel, otherChannels }) => ({
    id: deliveryId(id, String(occasion), recipient, channel),
    incident_id: id,
    occasion: String(occasion),
    recipient,
    channel,
    other_channels: JSON.stringify(otherChannels),
    severity,
    state: 'pending' as const,
    tries: 0,
    cost: 0,
    created_at: now,
    updated_at: now,
  }));
  const stored: DeliveryRow[] = [];
  for (let i = 0; i < rows.length; i += BATCH)
    stored.push(
      ...(await db
        .insertInto('delivery')
        .values(rows.slice(i, i + BATCH))
        // Named twice, told once.
        .onConflict((conflict) => conflict.column('id').doNothing())
        .returningAll()
        .execute()),
    );
  return stored.sort((a, b) => a.number - b.number);
}

async function noteTold(
  { db, now, trail }: Change,
  { id, number, state }: Row,
  occasion: Occasion,
  told: readonly DeliveryRow[],
): Promise<void> {
  if (state === 'open')
    await db
      .updateTable('incident')
      .set({ state: 'notified', changed_at: now })
      .where('id', '=', id)
      .execute();
  const to = told.map(({ recipient, channel }) => ({ recipient, channel }));
  trail('incident.notified', id, { number, occasion, to });
}
