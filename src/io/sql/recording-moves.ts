import { type Kysely, sql, type UpdateResult } from 'kysely';
import type { RecordingIndex } from '../../ports.js';
import { following, isHeldBy, oldestFirst, selectRecordings, toSegment } from './recording-rows.js';
import type { Schema } from './schema.js';

type Moves = Pick<
  RecordingIndex,
  | 'aging'
  | 'moved'
  | 'leftovers'
  | 'endRestore'
  | 'settled'
  | 'restoring'
  | 'restored'
  | 'cold'
  | 'checked'
  | 'damaged'
  | 'unchecked'
>;

/**
 * Recordings on their way between the recordings folder and the cold store. `restored_until` is set as long as a file may
 * lie in the folder although there is a cold copy: 0 for a moved one whose original is about to go.
 */
export function createRecordingMoves(db: Kysely<Schema>): Moves {
  return {
    aging: async ({ node, cameraId, after, limit }) => {
      const all = selectRecordings(db)
        .where('node', '=', node)
        .where('sha256', 'is not', null)
        .where('tier', '=', 'hot')
        .where('cold_key', 'is', null)
        .limit(limit);
      const asked = cameraId === undefined ? all : all.where('camera_id', '=', cameraId);
      return oldestFirst(following(asked, after));
    },
    moved: async (id, { key, bytes, sha256, codec, movedAt }) =>
      hasChanged(
        await db
          .updateTable('recording')
          .set({
            ...{ tier: 'cold', cold_key: key, cold_bytes: bytes, cold_sha256: sha256, cold_codec: codec },
            ...{ cold_at: Math.round(movedAt), checked_at: Math.round(movedAt), restored_until: 0 },
          })
          .where('id', '=', id)
          .where('tier', '=', 'hot')
          .where('cold_key', 'is', null)
          .where('sha256', 'is not', null)
          .where((expression) => expression.not(isHeldBy(expression)))
          .executeTakeFirst(),
      ),
    leftovers: async ({ node, before, limit }) =>
      oldestFirst(
        selectRecordings(db)
          .where('node', '=', node)
          .where('restored_until', '<', Math.ceil(before))
          .limit(limit),
      ),
    endRestore: async (id, before) => {
      let update = db.updateTable('recording').where('id', '=', id).where('cold_key', 'is not', null);
      if (before !== undefined) update = update.where('restored_until', '<', Math.ceil(before));
      return hasChanged(await update.set({ tier: 'cold', restored_until: 0 }).executeTakeFirst());
    },
    settled: async (ids) => {
      if (ids.length === 0) return;
      await db
        .updateTable('recording')
        .set({ restored_until: null })
        .where('id', 'in', ids)
        .where('tier', '=', 'cold')
        // One that somebody restores meanwhile is about to lie there again.
        .where('restored_until', '=', 0)
        .execute();
    },
    restoring: async (id, until) => {
      const at = Math.round(until);
      return hasChanged(
        await db
          .updateTable('recording')
          .set({
            restored_until: sql<number>`case when coalesce(restored_until, 0) > ${at} then restored_until else ${at} end`,
          })
          .where('id', '=', id)
          .where('cold_key', 'is not', null)
          .executeTakeFirst(),
      );
    },
    restored: async (id) =>
      hasChanged(
        await db
          .updateTable('recording')
          .set({ tier: 'hot' })
          .where('id', '=', id)
          .where('cold_key', 'is not', null)
          .where('restored_until', '>', 0)
          .executeTakeFirst(),
      ),
    cold: async ({ cameraId, why, before, after, limit }) => {
      const old = selectRecordings(db)
        .where('camera_id', '=', cameraId)
        .where('why', '=', why)
        .where('tier', '=', 'cold')
        // What lies in a recordings folder as well is that machine's to settle first.
        .where('restored_until', 'is', null)
        .where('start_at', '<', Math.ceil(before))
        .where('end_at', '<', Math.ceil(before))
        .limit(limit);
      return oldestFirst(following(old, after));
    },
    checked: async (id, at) => {
      await db
        .updateTable('recording')
        .set({ checked_at: Math.round(at) })
        .where('id', '=', id)
        .execute();
    },
    damaged: async (id, at) =>
      hasChanged(
        await db
          .updateTable('recording')
          .set({ damaged_at: Math.round(at) })
          .where('id', '=', id)
          .where('damaged_at', 'is', null)
          .executeTakeFirst(),
      ),
    unchecked: async ({ node, before, isColdToo = true, limit }) => {
      const lookedAt = sql<number>`coalesce(checked_at, end_at)`;
      const rows = await selectRecordings(db)
        .where(lookedAt, '<', Math.ceil(before))
        .where('sha256', 'is not', null)
        .where('damaged_at', 'is', null)
        .where((where) =>
          isColdToo
            ? where.or([where('tier', '=', 'cold'), where('node', '=', node)])
            : where.and([where('tier', '=', 'hot'), where('node', '=', node)]),
        )
        .orderBy(lookedAt)
        .orderBy('id')
        .limit(limit)
        .execute();
      return rows.map(toSegment);
    },
  };
}

function hasChanged({ numUpdatedRows }: UpdateResult): boolean {
  return Number(numUpdatedRows) > 0;
}
