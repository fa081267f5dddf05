import type { CameraEvent } from '../../domain/events.js';
import type { EventStore } from '../../ports.js';
import { removeInSteps } from './remove-in-steps.js';
import { cleanText, type Database, type EventRow } from './schema.js';

/** Rows a statement; SQLite takes 32,766 parameters in all. */
const BATCH = 500;

/** Events in SQL. `from` is included, `to` is not. */
export function createEventStore({ db }: Database): EventStore {
  return {
    add: async (events) => {
      // The same order everywhere, so that two writers of the same events cannot wait for each other.
      const rows = events.map(toRow).sort((a, b) => (a.id < b.id ? -1 : 1));
      for (let i = 0; i < rows.length; i += BATCH) {
        await db
          .insertInto('event')
          .values(rows.slice(i, i + BATCH))
          .onConflict((conflict) => conflict.column('id').doNothing())
          .execute();
      }
    },
    removeBefore: (before, signal) => removeInSteps(db, 'event', before, signal),
    get: async (id) => {
      const row = await db.selectFrom('event').select('data').where('id', '=', id).executeTakeFirst();
      return row && toEvent(row);
    },
    list: async ({ cameraId, type, from, to, limit }) => {
      let query = db
        .selectFrom('event')
        .select('data')
        .orderBy('at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit);
      if (cameraId !== undefined) query = query.where('camera_id', '=', cameraId);
      if (type !== undefined) query = query.where('type', '=', type);
      if (from !== undefined) query = query.where('at', '>=', from);
      if (to !== undefined) query = query.where('at', '<', to);
      return (await query.execute()).map(toEvent);
    },
    crossings: async ({ cameraId, from, to }) => {
      let query = db
        .selectFrom('event')
        .select(({ fn }) => ['camera_id', 'line', 'direction', 'class', fn.countAll<number>().as('count')])
        .where('line', 'is not', null)
        .groupBy(['camera_id', 'line', 'direction', 'class']);
      if (cameraId !== undefined) query = query.where('camera_id', '=', cameraId);
      if (from !== undefined) query = query.where('at', '>=', from);
      if (to !== undefined) query = query.where('at', '<', to);
      const rows = await query
        .orderBy('camera_id')
        .orderBy('line')
        .orderBy('direction')
        .orderBy('class')
        .execute();
      return rows.map((row) => ({
        cameraId: row.camera_id,
        line: row.line ?? '',
        direction: row.direction ?? 'in',
        class: row.class ?? 'unknown',
        count: row.count,
      }));
    },
  };
}

function toRow(event: CameraEvent): EventRow {
  const crossing = event.type === 'crossing' ? event : undefined;
  return {
    id: event.id,
    type: event.type,
    camera_id: event.cameraId,
    at: event.at,
    line: crossing?.line ?? null,
    direction: crossing?.direction ?? null,
    class: event.class === undefined ? null : cleanText(event.class),
    data: JSON.stringify(event),
  };
}

/** Rows are written by `add` alone, from events the schema has passed. */
function toEvent({ data }: Pick<EventRow, 'data'>): CameraEvent {
  return JSON.parse(data) as CameraEvent;
}
