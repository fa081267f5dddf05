import type { OccupancyMark, OccupancyStore } from '../../ports/counting.js';
import { cleanText, type Database, type OccupancyMarkRow } from './schema.js';

/** Marks of areas, from which their occupancy is counted, and whether they are over their thresholds. */
export function createOccupancyStore({ db }: Database): OccupancyStore {
  return {
    addMark: async ({ areaId, note, by, ...mark }) => {
      const row = {
        ...mark,
        area_id: areaId,
        by: cleanText(by),
        note: note === undefined ? null : cleanText(note),
      };
      const [result] = await db
        .insertInto('occupancy_mark')
        .values(row)
        .onConflict((conflict) => conflict.column('id').doNothing())
        .execute();
      return (result?.numInsertedOrUpdatedRows ?? 0n) > 0n;
    },
    lastMark: async (areaId, at) => {
      const row = await db
        .selectFrom('occupancy_mark')
        .selectAll()
        .where('area_id', '=', areaId)
        .where('at', '<=', at)
        .orderBy('at', 'desc')
        .orderBy('id', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row && toMark(row);
    },
    marks: async ({ areaId, limit }) =>
      (
        await db
          .selectFrom('occupancy_mark')
          .selectAll()
          .where('area_id', '=', areaId)
          .orderBy('at', 'desc')
          .orderBy('id', 'desc')
          .limit(limit)
          .execute()
      ).map(toMark),
    state: async (areaId) => {
      const row = await db
        .selectFrom('area_state')
        .selectAll()
        .where('area_id', '=', areaId)
        .executeTakeFirst();
      return row && { areaId, isOver: row.is_over === 1, since: row.since, said: row.said };
    },
    putState: async ({ areaId, isOver, since, said }) => {
      const state = { is_over: isOver ? 1 : 0, since, said };
      await db
        .insertInto('area_state')
        .values({ area_id: areaId, ...state })
        .onConflict((conflict) => conflict.column('area_id').doUpdateSet(state))
        .execute();
    },
  };
}

function toMark({ area_id: areaId, note, ...row }: OccupancyMarkRow): OccupancyMark {
  return { ...row, areaId, ...(note !== null && { note }) };
}
