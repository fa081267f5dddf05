import type { ExpressionBuilder, SelectQueryBuilder, SqlBool } from 'kysely';
import type { RecordingIndex, Segment } from '../../ports.js';
import type { ColdCopy } from '../../ports/recordings.js';
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
      const row = await db
        .selectFrom('recording')
        .selectAll()
        .select(isHeld)
        .where('id', '=', id)
        .executeTakeFirst();
      return row && toSegment(row);
    },
    list: async ({ cameraId, from, to, limit }) => {
      const touching = db
        .selectFrom('recording')
        .selectAll()
        .select(isHeld)
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
        .select(isHeld)
        .where('node', '=', node)
        .where('sha256', 'is not', null)
        .where((expression) => expression.not(isHeldBy(expression)))
        // A cold one is not on the node's disk any more.
        .where('tier', '=', 'hot')
        .limit(limit);
      if (cameraId !== undefined) query = query.where('camera_id', '=', cameraId);
      if (before !== undefined) query = query.where('start_at', '<', before).where('end_at', '<', before);
      return oldestFirst(query);
    },
    unclosed: async (node) =>
      oldestFirst(
        db
          .selectFrom('recording')
          .selectAll()
          .select(isHeld)
          .where('node', '=', node)
          .where('sha256', 'is', null),
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

type Expressions = ExpressionBuilder<Schema, 'recording'>;
type SelectedRow = RecordingRow & { readonly held: SqlBool };

/** A hold that was not released touches the recording. */
function isHeldBy(expression: Expressions) {
  return expression.exists(
    expression
      .selectFrom('hold')
      .select('hold.id')
      .whereRef('hold.camera_id', '=', 'recording.camera_id')
      .where('hold.released_at', 'is', null)
      .whereRef('hold.from_at', '<', 'recording.end_at')
      .whereRef('hold.to_at', '>', 'recording.start_at'),
  );
}

function isHeld(expression: Expressions) {
  return isHeldBy(expression).as('held');
}

async function oldestFirst(query: SelectQueryBuilder<Schema, 'recording', SelectedRow>): Promise<Segment[]> {
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
    cold_key: segment.cold?.key ?? null,
    cold_bytes: segment.cold?.bytes ?? null,
    cold_sha256: segment.cold?.sha256 ?? null,
    cold_codec: segment.cold?.codec ?? null,
    cold_at: segment.cold?.movedAt ?? null,
    restored_until: segment.restoredUntil ?? null,
    checked_at: segment.checkedAt ?? null,
    damaged_at: segment.damagedAt ?? null,
  };
}

function coldCopyOf(row: RecordingRow): ColdCopy | undefined {
  const { cold_key: key, cold_bytes: bytes, cold_sha256: sha256, cold_codec: codec, cold_at: movedAt } = row;
  if (key === null || bytes === null || sha256 === null || codec === null || movedAt === null)
    return undefined;
  return { key, bytes, sha256, codec, movedAt };
}

function toSegment(row: SelectedRow): Segment {
  const cold = coldCopyOf(row);
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
    ...(cold && { cold }),
    ...(row.restored_until !== null && { restoredUntil: row.restored_until }),
    ...(row.checked_at !== null && { checkedAt: row.checked_at }),
    ...(row.damaged_at !== null && { damagedAt: row.damaged_at }),
    // SQLite knows no booleans.
    isProtected: Boolean(row.held),
  };
}
