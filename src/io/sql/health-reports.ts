import type { HealthReport } from '../../domain/health/report.js';
import type { HealthReports } from '../../ports.js';
import { cleanText, type Database, type HealthReportRow } from './schema.js';

/** Rows a statement: short enough that a writer waiting for SQLite's lock does not notice. */
const STEP = 500;

/** Health reports in SQL, one a slot. */
export function createHealthReports({ db }: Database): HealthReports {
  return {
    add: async (report) => {
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('health_report')
        .values({ at: report.at, state: report.state, data: cleanText(JSON.stringify(report)) })
        .onConflict((conflict) => conflict.column('at').doNothing())
        .executeTakeFirst();
      return Number(numInsertedOrUpdatedRows ?? 0) > 0;
    },
    latest: async (before) => {
      let query = db.selectFrom('health_report').select('data').orderBy('at', 'desc').limit(1);
      if (before !== undefined) query = query.where('at', '<', before);
      const row = await query.executeTakeFirst();
      return row && toReport(row);
    },
    list: async ({ from, to, limit }) => {
      const rows = await db
        .selectFrom('health_report')
        .select('data')
        .where('at', '>=', from)
        .where('at', '<', to)
        .orderBy('at', 'desc')
        .limit(limit)
        .execute();
      return rows.map(toReport);
    },
    removeBefore: async (before, signal) => {
      let removed = 0;
      while (!signal.aborted) {
        const oldest = db
          .selectFrom('health_report')
          .select('at')
          .where('at', '<', before)
          .orderBy('at')
          .limit(STEP);
        const { numDeletedRows } = await db
          .deleteFrom('health_report')
          .where('at', 'in', oldest)
          .executeTakeFirst();
        removed += Number(numDeletedRows);
        if (Number(numDeletedRows) < STEP) break;
      }
      return removed;
    },
  };
}

/** Rows are written by `add` alone. */
function toReport({ data }: Pick<HealthReportRow, 'data'>): HealthReport {
  return JSON.parse(data) as HealthReport;
}
