import type { Kysely } from 'kysely';
import type { Alert, AlertStore, Delivery, StoredAlert } from '../../ports.js';
import { removeInSteps } from './remove-in-steps.js';
import { type AlertRow, cleanText, type Database, type DeliveryRow, type Schema } from './schema.js';

/** Alerts and their deliveries in SQL. */
export function createAlertStore(database: Database): AlertStore {
  const { db } = database;
  const get = async (id: string) => {
    const row = await db.selectFrom('alert').selectAll().where('id', '=', id).executeTakeFirst();
    return row && toAlert(row);
  };
  return {
    open: async (alert, cooldownMs, now) => {
      const key = `alert:${alert.cameraId}:${alert.kind}`;
      const row = await database.serially(key, (inner) => insert(inner, alert, cooldownMs, now));
      if (row) return { alert: toAlert(row), isNew: true };
      const known = await get(alert.id);
      if (!known) throw new Error(`alert ${alert.id} was removed while it was opened`);
      return { alert: known, isNew: false };
    },
    get,
    removeBefore: (before, signal) => removeInSteps(db, 'alert', before, signal),
    list: async ({ cameraId, limit }) => {
      let query = db.selectFrom('alert').selectAll().orderBy('at', 'desc').orderBy('id', 'desc').limit(limit);
      if (cameraId !== undefined) query = query.where('camera_id', '=', cameraId);
      return (await query.execute()).map(toAlert);
    },
    delivery: async (id, { alertId, recipient, channel }, now) => {
      await db
        .insertInto('delivery')
        .values({
          id,
          alert_id: alertId,
          recipient,
          channel,
          state: 'pending',
          detail: null,
          updated_at: now,
        })
        .onConflict((conflict) => conflict.column('id').doNothing())
        .execute();
      return toDelivery(
        await db.selectFrom('delivery').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
      );
    },
    setDelivery: async (id, state, detail, now) => {
      await db
        .updateTable('delivery')
        .set({ state, detail: detail === undefined ? null : cleanText(detail), updated_at: now })
        .where('id', '=', id)
        // What has arrived stays so, whatever a straggler reports about its own copy.
        .where('state', '<>', 'delivered')
        .execute();
    },
    deliveries: async ({ alertId, limit }) => {
      let query = db
        .selectFrom('delivery')
        .selectAll()
        .orderBy('updated_at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit);
      if (alertId !== undefined) query = query.where('alert_id', '=', alertId);
      return (await query.execute()).map(toDelivery);
    },
  };
}

/** One statement decides and stores. `undefined` when the id is there already. */
function insert(
  db: Kysely<Schema>,
  alert: Alert,
  cooldownMs: number,
  now: number,
): Promise<AlertRow | undefined> {
  return db
    .insertInto('alert')
    .values((build) => ({
      id: alert.id,
      camera_id: alert.cameraId,
      kind: alert.kind,
      severity: alert.severity,
      at: alert.at,
      summary: cleanText(alert.summary),
      event_id: alert.eventId ?? null,
      snapshot: alert.snapshot ?? null,
      created_at: now,
      // The nearest alert people were told of. Both sides: jobs may come late and out of order.
      suppressed_by: build
        .selectFrom('alert as other')
        .select('other.id')
        .where('other.camera_id', '=', alert.cameraId)
        .where('other.kind', '=', alert.kind)
        .where('other.suppressed_by', 'is', null)
        .where('other.at', '>', alert.at - cooldownMs)
        .where('other.at', '<', alert.at + cooldownMs)
        .orderBy(({ fn, eb }) => fn('abs', [eb('other.at', '-', alert.at)]))
        .orderBy('other.id')
        .limit(1),
    }))
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returningAll()
    .executeTakeFirst();
}

function toAlert(row: AlertRow): StoredAlert {
  return {
    id: row.id,
    cameraId: row.camera_id,
    kind: row.kind,
    severity: row.severity,
    at: row.at,
    summary: row.summary,
    ...(row.event_id !== null && { eventId: row.event_id }),
    ...(row.snapshot !== null && { snapshot: row.snapshot }),
    ...(row.suppressed_by === null
      ? { state: 'sent' as const }
      : { state: 'suppressed' as const, suppressedBy: row.suppressed_by }),
    createdAt: row.created_at,
  };
}

function toDelivery(row: DeliveryRow): Delivery {
  return {
    id: row.id,
    alertId: row.alert_id,
    recipient: row.recipient,
    channel: row.channel,
    state: row.state,
    ...(row.detail !== null && { detail: row.detail }),
    updatedAt: row.updated_at,
  };
}
