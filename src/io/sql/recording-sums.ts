import { type Kysely, sql } from 'kysely';
import type { RecordingIndex } from '../../ports.js';
import type { Schema } from './schema.js';

/** What there is, over all recordings. */
export function sumRecordings(
  db: Kysely<Schema>,
): Pick<RecordingIndex, 'totals' | 'oldest' | 'sums' | 'nodes'> {
  return {
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
    oldest: async () => {
      const rows = await db
        .selectFrom('recording')
        .select(({ fn }) => ['camera_id', fn.min<number | string>('start_at').as('start_at')])
        .groupBy('camera_id')
        .orderBy('camera_id')
        .execute();
      return rows.map((row) => ({ cameraId: row.camera_id, startAt: Number(row.start_at) }));
    },
    sums: async (node) => {
      const tier = sql<'hot' | 'cold'>`case when cold_key is null then 'hot' else 'cold' end`;
      const all = db
        .selectFrom('recording')
        .select(({ fn }) => [
          ...(['camera_id', 'why'] as const),
          tier.as('place'),
          fn.countAll<number | string>().as('segments'),
          fn.sum<number | string>('bytes').as('bytes'),
        ])
        .groupBy(['camera_id', 'why', tier])
        .orderBy('camera_id');
      const rows = await (node === undefined ? all : all.where('node', '=', node)).execute();
      return rows.map((row) => ({
        ...{ cameraId: row.camera_id, why: row.why, tier: row.place },
        ...{ segments: Number(row.segments), bytes: Number(row.bytes) },
      }));
    },
    nodes: async () => {
      const rows = await db
        .selectFrom('recording')
        .select('node')
        .distinct()
        .where((where) => where.or([where('tier', '=', 'hot'), where('restored_until', 'is not', null)]))
        .orderBy('node')
        .execute();
      return rows.map(({ node }) => node);
    },
  };
}
