import { type Kysely, sql } from 'kysely';
import { redactUrls } from '../../domain/redact.js';
import type { Gap, Gaps } from '../../ports.js';
import { cleanText, type Database, type GapRow, type Schema } from './schema.js';

/** Rows a statement: short enough that a writer waiting for SQLite's lock does not notice. */
const STEP = 1000;

/**
 * How far before its beginning a gap may be said to end, ms: a reconnected stream's first frame can be older than the
 * moment the loss was noticed. Such a gap ends where it began; an older `to` is about another gap.
 */
const EARLY_END_MS = 60_000;

/**
 * Gaps in SQL. Calls may be repeated, come late, and come from two processes: at most one gap of a camera's track
 * lasts, and it is the newest.
 */
export function createGapStore(database: Database): Gaps {
  const { db } = database;
  return {
    begin: async (gap) => {
      const row = toRow(gap);
      // One insert at a time: of two that begin at once, the later sees the earlier and ends it below.
      await database.serially(`gap:${row.camera_id}:${row.track}`, (inner) => insert(inner, row));
      await db
        .updateTable('gap')
        .set({ to_at: row.from_at })
        .where('camera_id', '=', row.camera_id)
        .where('track', '=', row.track)
        .where('from_at', '<', row.from_at)
        .where((where) => where.or([where('to_at', 'is', null), where('to_at', '>', row.from_at)]))
        .execute();
    },
    end: async (cameraId, track, to) => {
      const at = Math.round(to);
      await db
        .updateTable('gap')
        .set({ to_at: sql<number>`case when from_at > ${at} then from_at else ${at} end` })
        .where('camera_id', '=', cameraId)
        .where('track', '=', track)
        .where('to_at', 'is', null)
        .where('from_at', '<=', at + EARLY_END_MS)
        .execute();
    },
    list: async ({ cameraId, track, from, to }) => {
      let query = db
        .selectFrom('gap')
        .selectAll()
        .where('camera_id', '=', cameraId)
        .where('from_at', '<', to)
        .where((where) => where.or([where('to_at', 'is', null), where('to_at', '>', from)]))
        .orderBy('from_at')
        .orderBy('id');
      if (track !== undefined) query = query.where('track', '=', track);
      return (await query.execute()).map(toGap);
    },
    removeBefore: (before, signal) => removeEnded(db, before, signal),
  };
}

/** One statement. A gap that lasts and comes late ends where the next one began. */
async function insert(db: Kysely<Schema>, row: GapRow): Promise<void> {
  await db
    .insertInto('gap')
    .values((build) => ({
      ...row,
      to_at:
        row.to_at ??
        build
          .selectFrom('gap as later')
          .select(({ fn }) => fn.min('later.from_at').as('at'))
          .where('later.camera_id', '=', row.camera_id)
          .where('later.track', '=', row.track)
          .where('later.from_at', '>', row.from_at),
    }))
    .onConflict((conflict) =>
      row.to_at === null
        ? conflict.column('id').doNothing()
        : // Told again with its end.
          conflict.column('id').doUpdateSet({ to_at: row.to_at }).where('gap.to_at', 'is', null),
    )
    .execute();
}

async function removeEnded(db: Kysely<Schema>, before: number, signal: AbortSignal): Promise<number> {
  let removed = 0;
  while (!signal.aborted) {
    const ended = db.selectFrom('gap').select('id').where('to_at', '<', before).orderBy('to_at').limit(STEP);
    const { numDeletedRows } = await db.deleteFrom('gap').where('id', 'in', ended).executeTakeFirst();
    removed += Number(numDeletedRows);
    if (Number(numDeletedRows) < STEP) break;
  }
  return removed;
}

function toRow({ cameraId, track, from, to, cause, reason }: Gap): GapRow {
  const fromAt = Math.round(from);
  return {
    id: `${cameraId}-${track}-${fromAt}`,
    camera_id: cameraId,
    track,
    from_at: fromAt,
    to_at: to === undefined ? null : Math.max(fromAt, Math.round(to)),
    cause,
    reason: reason === undefined ? null : cleanText(redactUrls(reason)),
  };
}

function toGap(row: GapRow): Gap {
  return {
    cameraId: row.camera_id,
    track: row.track,
    from: row.from_at,
    ...(row.to_at !== null && { to: row.to_at }),
    cause: row.cause,
    ...(row.reason !== null && { reason: row.reason }),
  };
}
