import type { SelectQueryBuilder } from 'kysely';
import type { RecordingIndex, Segment } from '../../ports.js';
import type { Database, RecordingRow, Schema } from './schema.js';

/** No file is longer; lets a search by time begin in the index instead of at the first recording ever. */
const LONGEST_MS = 24 * 3_600_000;

/** What is recorded, in SQL. Times are whole ms; a segment is closed when its `sha256` is known. */
export function createRecordingIndex({ db }: Database): RecordingIndex {
  return {
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
      const row = await db.selectFrom('recording').selectAll().where('id', '=', id).executeTakeFirst();
      return row && toSegment(row);
    },
    list: async ({ cameraId, from, to, limit }) => {
      const touching = db
        .selectFrom('recording')
        .selectAll()
        .where('start_at', '<', Math.ceil(to))
        .where('start_at', '>', Math.floor(from) - LONGEST_MS)
        .where('end_at', '>', Math.floor(from))
        .limit(limit);
      return oldestFirst(cameraId === undefined ? touching : touching.where('camera_id', '=', cameraId));
    },
    removable: async ({ node, cameraId, before, limit }) => {
      let query = db
        .selectFrom('recording')
        .selectAll()
        .where('node', '=', node)
        .where('sha256', 'is not', null)
        .where('protected', '=', 0)
        // A cold one is not on the node's disk any more.
        .where('tier', '=', 'hot')
        .limit(limit);
      if (cameraId !== undefined) query = query.where('camera_id', '=', cameraId);
      if (before !== undefined) query = query.where('start_at', '<', before).where('end_at', '<', before);
      return oldestFirst(query);
    },
    unclosed: async (node) =>
      oldestFirst(
        db.selectFrom('recording').selectAll().where('node', '=', node).where('sha256', 'is', null),
      ),
    remove: async (id) => {
      await db.deleteFrom('recording').where('id', '=', id).execute();
    },
    totals: async () => {
      const rows = await db
        .selectFrom('recording')
        .select(({ fn }) => [
          'camera_id',
          fn.countAll<number | string>().as('segments'),
          // A sum of bigints is text in PostgreSQL.
          fn.sum<number | string>('bytes').as('bytes'),
        ])
        .groupBy('camera_id')
        .orderBy('camera_id')
        .execute();
      return rows.map((row) => ({
        cameraId: row.camera_id,
        segments: Number(row.segments),
        bytes: Number(row.bytes),
      }));
    },
  };
}

async function oldestFirst(query: SelectQueryBuilder<Schema, 'recording', RecordingRow>): Promise<Segment[]> {
  return (await query.orderBy('start_at').orderBy('id').execute()).map(toSegment);
}

function toRow(segment: Segment): RecordingRow {
  return {
    id: segment.id,
    camera_id: segment.cameraId,
    node: segment.node,
    path: segment.path,
    start_at: Math.round(segment.startAt),
    end_at: Math.round(segment.endAt),
    bytes: segment.bytes,
    codec: segment.codec,
    width: segment.width,
    height: segment.height,
    why: segment.why,
    sha256: segment.sha256 ?? null,
    tier: segment.tier,
    protected: segment.isProtected ? 1 : 0,
  };
}

function toSegment(row: RecordingRow): Segment {
  return {
    id: row.id,
    cameraId: row.camera_id,
    node: row.node,
    path: row.path,
    startAt: row.start_at,
    endAt: row.end_at,
    bytes: row.bytes,
    codec: row.codec,
    width: row.width,
    height: row.height,
    why: row.why,
    state: row.sha256 === null ? 'open' : 'closed',
    ...(row.sha256 !== null && { sha256: row.sha256 }),
    tier: row.tier,
    isProtected: row.protected !== 0,
  };
}
