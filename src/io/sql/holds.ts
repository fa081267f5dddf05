import type { Hold, Holds } from '../../ports/recordings.js';
import { cleanText, type Database, type HoldRow } from './schema.js';

/** Holds in SQL; released ones stay, for whoever asks later why something was kept. */
export function createHolds({ db }: Database): Holds {
  const get = async (id: string): Promise<Hold | undefined> => {
    const row = await db.selectFrom('hold').selectAll().where('id', '=', id).executeTakeFirst();
    return row && toHold(row);
  };
  return {
    get,
    add: async (hold) => {
      await db
        .insertInto('hold')
        .values(toRow(hold))
        .onConflict((conflict) => conflict.column('id').doNothing())
        .execute();
      const stored = await get(hold.id);
      if (!stored) throw new Error(`the hold ${hold.id} was not kept`);
      return stored;
    },
    release: async (id, by, at) => {
      await db
        .updateTable('hold')
        .set({ released_at: Math.round(at), released_by: by })
        .where('id', '=', id)
        .where('released_at', 'is', null)
        .execute();
      return get(id);
    },
    list: async ({ cameraId, active, from, to, limit }) => {
      let query = db
        .selectFrom('hold')
        .selectAll()
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit);
      if (cameraId !== undefined) query = query.where('camera_id', '=', cameraId);
      if (active !== undefined) query = query.where('released_at', active ? 'is' : 'is not', null);
      if (from !== undefined) query = query.where('to_at', '>', Math.floor(from));
      if (to !== undefined) query = query.where('from_at', '<', Math.ceil(to));
      return (await query.execute()).map(toHold);
    },
  };
}

/** Whole ms, outwards: nothing that was to be held is left out. */
function toRow(hold: Omit<Hold, 'releasedAt' | 'releasedBy'>): HoldRow {
  return {
    id: hold.id,
    camera_id: hold.cameraId,
    from_at: Math.floor(hold.from),
    to_at: Math.ceil(hold.to),
    reason: cleanText(hold.reason),
    by: hold.by,
    incident: hold.incident ?? null,
    created_at: Math.round(hold.createdAt),
    released_at: null,
    released_by: null,
  };
}

function toHold(row: HoldRow): Hold {
  return {
    id: row.id,
    cameraId: row.camera_id,
    from: row.from_at,
    to: row.to_at,
    reason: row.reason,
    by: row.by,
    ...(row.incident !== null && { incident: row.incident }),
    createdAt: row.created_at,
    ...(row.released_at !== null && { releasedAt: row.released_at }),
    ...(row.released_by !== null && { releasedBy: row.released_by }),
  };
}
