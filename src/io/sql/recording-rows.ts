import type { ExpressionBuilder, Kysely, SelectQueryBuilder, SqlBool } from 'kysely';
import type { Segment } from '../../ports.js';
import type { ColdCopy } from '../../ports/recordings.js';
import type { RecordingRow, Schema } from './schema.js';

type SelectedRow = RecordingRow & { readonly held: SqlBool };
type Recordings = SelectQueryBuilder<Schema, 'recording', SelectedRow>;

/** Rows with whether a hold touches them. */
export function selectRecordings(db: Kysely<Schema>): Recordings {
  return db
    .selectFrom('recording')
    .selectAll()
    .select((expression) => isHeldBy(expression).as('held'));
}

/** A hold that was not released touches the recording. */
export function isHeldBy(expression: ExpressionBuilder<Schema, 'recording'>) {
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

export async function oldestFirst(query: Recordings): Promise<Segment[]> {
  return (await query.orderBy('start_at').orderBy('id').execute()).map(toSegment);
}

/** Those that come after one, oldest first. */
export function following(query: Recordings, after: Pick<Segment, 'startAt' | 'id'> | undefined): Recordings {
  if (after === undefined) return query;
  return query
    .where('start_at', '>=', after.startAt)
    .where((where) => where.or([where('start_at', '>', after.startAt), where('id', '>', after.id)]));
}

export function toRow(segment: Segment): RecordingRow {
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

export function toSegment(row: SelectedRow): Segment {
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
    // Of one that is only cold it says that a file may still lie in the recordings folder.
    ...(row.tier === 'hot' && row.restored_until !== null && { restoredUntil: row.restored_until }),
    ...(row.checked_at !== null && { checkedAt: row.checked_at }),
    ...(row.damaged_at !== null && { damagedAt: row.damaged_at }),
    // SQLite knows no booleans.
    isProtected: Boolean(row.held),
  };
}

function coldCopyOf(row: RecordingRow): ColdCopy | undefined {
  const { cold_key: key, cold_bytes: bytes, cold_sha256: sha256, cold_codec: codec, cold_at: movedAt } = row;
  if (key === null || bytes === null || sha256 === null || codec === null || movedAt === null)
    return undefined;
  return { key, bytes, sha256, codec, movedAt };
}
