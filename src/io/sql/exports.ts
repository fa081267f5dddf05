import { z } from 'zod';
import { ExportRequest } from '../../domain/export/request.js';
import type { Export, ExportResult, ExportStore } from '../../ports/exports.js';
import { cleanText, type Database, type ExportRow } from './schema.js';

const LIVE = ['waiting', 'running'] as const;
/** What begins anew when it is asked for again. */
const OVER = ['failed', 'cancelled', 'expired'] as const;

/** Exports in SQL; every change is one statement that says from which states it may start. */
export function createExportStore({ db }: Database): ExportStore {
  const get = async (id: string): Promise<Export | undefined> => {
    const row = await db.selectFrom('export').selectAll().where('id', '=', id).executeTakeFirst();
    return row && toExport(row);
  };
  return {
    request: async (wanted) => {
      const { id: _, ...fresh } = toRow(wanted);
      await db
        .insertInto('export')
        .values(toRow(wanted))
        .onConflict((conflict) => conflict.column('id').doUpdateSet(fresh).where('export.state', 'in', OVER))
        .execute();
      const row = await db
        .selectFrom('export')
        .selectAll()
        .where('id', '=', wanted.id)
        .executeTakeFirstOrThrow();
      return toExport(row);
    },
    get,
    list: async ({ cameraId, incident, state, after, limit }) => {
      let query = db
        .selectFrom('export')
        .selectAll()
        .orderBy('requested_at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit);
      if (cameraId !== undefined) query = query.where('camera_id', '=', cameraId);
      if (incident !== undefined) query = query.where('incident', '=', incident);
      if (state !== undefined) query = query.where('state', '=', state);
      if (after)
        query = query.where((row) =>
          row.or([
            row('requested_at', '<', after.at),
            row.and([row('requested_at', '=', after.at), row('id', '<', after.id)]),
          ]),
        );
      return (await query.execute()).map(toExport);
    },
    running: async (id, at) => {
      await db
        .updateTable('export')
        .set({ state: 'running', started_at: at })
        .where('id', '=', id)
        .where('state', '=', 'waiting')
        .execute();
      return get(id);
    },
    done: async (id, result, at, expiresAt) => {
      await db
        .updateTable('export')
        .set({ state: 'done', result: JSON.stringify(result), ended_at: at, expires_at: expiresAt })
        .where('id', '=', id)
        .where('state', 'in', LIVE)
        .execute();
      return get(id);
    },
    ended: async (id, state, reason, at) => {
      await db
        .updateTable('export')
        .set({ state, reason: cleanText(reason), ended_at: at })
        .where('id', '=', id)
        .where('state', 'in', LIVE)
        .execute();
      return get(id);
    },
    due: async (before, limit) => {
      const rows = await db
        .selectFrom('export')
        .selectAll()
        .where('state', '=', 'done')
        .where('expires_at', '<=', before)
        .orderBy('expires_at')
        .orderBy('id')
        .limit(limit)
        .execute();
      return rows.map(toExport);
    },
    expired: async (id) => {
      await db
        .updateTable('export')
        .set({ state: 'expired' })
        .where('id', '=', id)
        .where('state', '=', 'done')
        .execute();
    },
    removeBefore: async (before) => {
      const gone = await db
        .deleteFrom('export')
        .where('state', 'in', OVER)
        .where('ended_at', '<', before)
        .executeTakeFirst();
      return Number(gone.numDeletedRows);
    },
  };
}

function toRow(wanted: Parameters<ExportStore['request']>[0]): ExportRow {
  const { id, request, requestedAt, requestedBy, incident } = wanted;
  return {
    id,
    camera_id: request.cameraId,
    request: JSON.stringify({
      ...request,
      ...(request.reason !== undefined && { reason: cleanText(request.reason) }),
    }),
    state: 'waiting',
    requested_at: requestedAt,
    requested_by: cleanText(requestedBy),
    incident: incident ?? null,
    ...{ started_at: null, ended_at: null, expires_at: null, reason: null, result: null },
  };
}

/** Rows of an older version may lack fields that have a default by now. */
const StoredResult = z.custom<ExportResult>((value) => typeof value === 'object' && value !== null);

function toExport(row: ExportRow): Export {
  return {
    id: row.id,
    request: ExportRequest.parse(JSON.parse(row.request)),
    state: row.state,
    requestedAt: row.requested_at,
    requestedBy: row.requested_by,
    ...(row.incident !== null && { incident: row.incident }),
    ...(row.started_at !== null && { startedAt: row.started_at }),
    ...(row.ended_at !== null && { endedAt: row.ended_at }),
    ...(row.expires_at !== null && { expiresAt: row.expires_at }),
    ...(row.reason !== null && { reason: row.reason }),
    ...(row.result !== null && { result: StoredResult.parse(JSON.parse(row.result)) }),
  };
}
