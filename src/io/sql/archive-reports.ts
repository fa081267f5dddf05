import type { ArchiveReport } from '../../domain/archive/report.js';
import type { ArchiveReports } from '../../ports/recordings.js';
import { type ArchiveReportRow, cleanText, type Database } from './schema.js';

/** Reports in SQL, one a run. */
export function createArchiveReports({ db }: Database): ArchiveReports {
  return {
    put: async (report) => {
      const row = { id: report.id, at: report.startedAt, data: cleanText(JSON.stringify(report)) };
      await db
        .insertInto('archive_report')
        .values(row)
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ at: row.at, data: row.data }))
        .execute();
    },
    get: async (id) => {
      const row = await db.selectFrom('archive_report').selectAll().where('id', '=', id).executeTakeFirst();
      return row && toReport(row);
    },
    list: async ({ limit }) => {
      const rows = await db
        .selectFrom('archive_report')
        .selectAll()
        .orderBy('at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit)
        .execute();
      return rows.map(toReport);
    },
    removeBefore: async (before) => {
      const { numDeletedRows } = await db
        .deleteFrom('archive_report')
        .where('at', '<', before)
        .executeTakeFirst();
      return Number(numDeletedRows);
    },
  };
}

/** Rows are written by `put` alone. */
function toReport({ data }: Pick<ArchiveReportRow, 'data'>): ArchiveReport {
  return JSON.parse(data) as ArchiveReport;
}
