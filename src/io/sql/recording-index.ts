import type { RecordingIndex } from '../../ports.js';
import { createRecordingMoves } from './recording-moves.js';
import { following, isHeldBy, oldestFirst, selectRecordings, toRow, toSegment } from './recording-rows.js';
import { sumRecordings } from './recording-sums.js';
import type { Database } from './schema.js';

/** No file is longer; lets a search by time begin in the index instead of at the first recording ever. */
const LONGEST_MS = 24 * 3_600_000;

/** What is recorded, in SQL. Times are whole ms; a segment is closed when its `sha256` is known. */
export function createRecordingIndex({ db }: Database): RecordingIndex {
  return {
    ...createRecordingMoves(db),
    ...sumRecordings(db),
    open: async (segment) => {
      await db
        .insertInto('recording')
        .values(toRow(segment))
        .onConflict((conflict) => conflict.column('id').doNothing())
        .execute();
    },
    grow: async (id, endAt, bytes) => {
      await db
        .updateTable('recording')
        .set({ end_at: Math.round(endAt), bytes })
        .where('id', '=', id)
        .where('sha256', 'is', null)
        .execute();
    },
    close: async (id, { endAt, bytes, sha256 }) => {
      await db
        .updateTable('recording')
        .set({ end_at: Math.round(endAt), bytes, sha256 })
        .where('id', '=', id)
        .execute();
    },
    get: async (id) => {
      const row = await selectRecordings(db).where('id', '=', id).executeTakeFirst();
      return row && toSegment(row);
    },
    list: async ({ cameraId, from, to, after, newestFirst = false, limit }) => {
      const touching = selectRecordings(db)
        .where('start_at', '<', Math.ceil(to))
        .where('start_at', '>', Math.floor(from) - LONGEST_MS)
        .where('end_at', '>', Math.floor(from))
        .limit(limit);
      const wanted = cameraId === undefined ? touching : touching.where('camera_id', '=', cameraId);
      if (!newestFirst) return oldestFirst(following(wanted, after));
      return (await wanted.orderBy('start_at', 'desc').orderBy('id', 'desc').execute()).map(toSegment);
    },
    removable: async ({ node, cameraId, why, before, isRestored, limit }) => {
      let query = selectRecordings(db)
        .where('node', '=', node)
        .where('sha256', 'is not', null)
        .where((expression) => expression.not(isHeldBy(expression)))
        // A cold one is not on the node's disk any more.
        .where('tier', '=', 'hot')
        .limit(limit);
      if (cameraId !== undefined) query = query.where('camera_id', '=', cameraId);
      if (why !== undefined) query = query.where('why', '=', why);
      if (before !== undefined) query = query.where('start_at', '<', before).where('end_at', '<', before);
      if (isRestored !== undefined) query = query.where('cold_key', isRestored ? 'is not' : 'is', null);
      return oldestFirst(query);
    },
    unclosed: async (node) =>
      oldestFirst(selectRecordings(db).where('node', '=', node).where('sha256', 'is', null)),
    remove: async (id) => {
      await db.deleteFrom('recording').where('id', '=', id).execute();
    },
  };
}
