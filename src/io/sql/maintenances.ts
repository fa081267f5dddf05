import type { Selectable } from 'kysely';
import { InputError } from '../../errors.js';
import type { Maintenance, Maintenances } from '../../ports/alerting.js';
import { cleanText, type Database, type MaintenanceRow } from './schema.js';

/** Times of maintenance in SQL. */
export function createMaintenances({ db }: Database): Maintenances {
  return {
    begin: async ({ cameraId, from, to, reason, by }) => {
      if (to <= from)
        throw new InputError(
          `maintenance: it would end (${to}) before it begins (${from}); give a later end`,
        );
      const row = await db
        .insertInto('maintenance')
        .values({
          camera_id: cameraId ?? null,
          from_at: from,
          to_at: to,
          reason: reason === undefined ? null : cleanText(reason),
          by: cleanText(by),
          created_at: Date.now(),
          ended_at: null,
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      return toMaintenance(row);
    },
    end: async (id, now) => {
      const row = await db
        .updateTable('maintenance')
        .set({ ended_at: now })
        .where('id', '=', id)
        .where('ended_at', 'is', null)
        .where('to_at', '>', now)
        .returningAll()
        .executeTakeFirst();
      return row && toMaintenance(row);
    },
    at: async (cameraId, at) => {
      const rows = await db
        .selectFrom('maintenance')
        .selectAll()
        .where((row) => row.or([row('camera_id', '=', cameraId), row('camera_id', 'is', null)]))
        .where('from_at', '<=', at)
        .where('to_at', '>', at)
        .where((row) => row.or([row('ended_at', '>', at), row('ended_at', 'is', null)]))
        .orderBy('id')
        .execute();
      return rows.map(toMaintenance);
    },
    list: async ({ endsAfter, limit }) => {
      let query = db.selectFrom('maintenance').selectAll().orderBy('id', 'desc').limit(limit);
      if (endsAfter !== undefined)
        query = query
          .where('to_at', '>', endsAfter)
          .where((row) => row.or([row('ended_at', '>', endsAfter), row('ended_at', 'is', null)]));
      return (await query.execute()).map(toMaintenance);
    },
  };
}

function toMaintenance(row: Selectable<MaintenanceRow>): Maintenance {
  return {
    id: row.id,
    ...(row.camera_id !== null && { cameraId: row.camera_id }),
    from: row.from_at,
    to: row.to_at,
    ...(row.reason !== null && { reason: row.reason }),
    by: row.by,
    ...(row.ended_at !== null && { endedAt: row.ended_at }),
  };
}
