import type { CameraEvent } from '../../domain/events.js';
import type { EventStore } from '../../ports.js';
import type { CrossingRow } from '../../ports/counting.js';
import { removeInSteps } from './remove-in-steps.js';
import { cleanText, type Database, type EventRow } from './schema.js';

/** Rows a statement; SQLite takes 32,766 parameters in all. */
const BATCH = 500;
/** What crossings without a class are counted as. */
const UNKNOWN = 'unknown';

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
    list: async ({ cameraId, type, from, to, line, direction, class: label, after, limit }) => {
      let query = db
        .selectFrom('event')
        .select('data')
        .orderBy('at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit);
      if (cameraId !== undefined) query = query.where('camera_id', '=', cameraId);
      query = type === undefined ? query.where('type', '<>', 'flow') : query.where('type', '=', type);
      if (from !== undefined) query = query.where('at', '>=', from);
      if (to !== undefined) query = query.where('at', '<', to);
      if (line !== undefined) query = query.where('line', '=', line);
      if (direction !== undefined) query = query.where('direction', '=', direction);
      if (label !== undefined)
        query =
          label === UNKNOWN ? query.where('class', 'is', null) : query.where('class', '=', cleanText(label));
      if (after !== undefined) {
        const { at, id } = { ...after, id: cleanText(after.id) };
        query = query.where((eb) =>
          eb.or([eb('at', '<', at), eb.and([eb('at', '=', at), eb('id', '<', id)])]),
        );
      }
      return (await query.execute()).map(toEvent);
    },
    eachCrossing: async function* ({ cameraIds, from, to }) {
      let after: { at: number; id: string } = { at: from, id: '' };
      for (;;) {
        let query = db
          .selectFrom('event')
          .select(['id', 'at', 'data'])
          .where('line', 'is not', null)
          .where('at', '<', to)
          .where((eb) =>
            eb.or([eb('at', '>', after.at), eb.and([eb('at', '=', after.at), eb('id', '>', after.id)])]),
          )
          .orderBy('at')
          .orderBy('id')
          .limit(BATCH);
        if (cameraIds !== undefined) query = query.where('camera_id', 'in', cameraIds);
        const rows = await query.execute();
        if (rows.length > 0) yield rows.flatMap(toCrossing);
        const last = rows.at(-1);
        if (rows.length < BATCH || !last) return;
        after = last;
      }
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
        class: row.class ?? UNKNOWN,
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

function toCrossing(row: Pick<EventRow, 'data'>): CrossingRow[] {
  const event = toEvent(row);
  if (event.type !== 'crossing') return [];
  const { id, cameraId, at, line, direction, class: label = UNKNOWN, trackId = 0, speedKmh } = event;
  return [
    {
      ...{ id, cameraId, at, line, direction, class: label, trackId },
      ...(speedKmh !== undefined && { speedKmh }),
    },
  ];
}

/** Rows are written by `add` alone, from events the schema has passed. */
function toEvent({ data }: Pick<EventRow, 'data'>): CameraEvent {
  return JSON.parse(data) as CameraEvent;
}
