import { FlowReport } from '../../domain/flow/report.js';
import type { FlowReports } from '../../ports/counting.js';
import type { Database, FlowReportRow } from './schema.js';

/** Reports of traffic: one a camera, granularity and window. */
export function createFlowReports({ db }: Database): FlowReports {
  return {
    put: async (report) => {
      const { cameraId, granularity, from, to, computedAt, crossings } = report;
      const key = { camera_id: cameraId, granularity, from_at: from };
      const rest = { to_at: to, computed_at: computedAt, crossings, data: JSON.stringify(report) };
      await db
        .insertInto('flow_report')
        .values({ ...key, ...rest })
        .onConflict((conflict) => conflict.columns(['camera_id', 'granularity', 'from_at']).doUpdateSet(rest))
        .execute();
    },
    get: async (cameraId, granularity, from) => {
      const row = await db
        .selectFrom('flow_report')
        .select('data')
        .where('camera_id', '=', cameraId)
        .where('granularity', '=', granularity)
        .where('from_at', '=', from)
        .executeTakeFirst();
      return row && toReport(row);
    },
    list: async ({ cameraId, granularity, from, to, limit }) =>
      (
        await db
          .selectFrom('flow_report')
          .select('data')
          .where('camera_id', '=', cameraId)
          .where('granularity', '=', granularity)
          .where('from_at', '>=', from)
          .where('from_at', '<', to)
          .orderBy('from_at')
          .limit(limit)
          .execute()
      ).map(toReport),
    // A few dozen rows a camera and day: one statement takes them.
    removeBefore: async (before) => {
      const { numDeletedRows } = await db
        .deleteFrom('flow_report')
        .where('from_at', '<', before)
        .executeTakeFirst();
      return Number(numDeletedRows);
    },
  };
}

/** Rows may be of an older version: fields it did not know make an error that says so. */
function toReport({ data }: Pick<FlowReportRow, 'data'>): FlowReport {
  return FlowReport.parse(JSON.parse(data));
}
