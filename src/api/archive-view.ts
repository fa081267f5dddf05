import type { ArchiveReport } from '../domain/archive/report.js';
import { iso } from './fields.js';

/** A report as it leaves the system: times are ISO 8601. */
export function publicArchiveReport(report: ArchiveReport): object {
  const { startedAt, endedAt, oldestKept, ...rest } = report;
  return {
    ...rest,
    ...{ startedAt: iso(startedAt), endedAt: iso(endedAt) },
    oldestKept: Object.fromEntries(Object.entries(oldestKept).map(([camera, at]) => [camera, iso(at)])),
  };
}

/** Without what only the report itself is looked at for. */
export function archiveReportLine(report: ArchiveReport): object {
  const { id, action, startedAt, endedAt, isDryRun, node, problem, failedCount } = report;
  const { moved, compressed, deleted, restored, checked, space } = report;
  return {
    ...{ id, action, node, startedAt: iso(startedAt), endedAt: iso(endedAt), isDryRun },
    ...(problem !== undefined && { problem }),
    ...{ moved, compressed, deleted, restored, checked, protected: report.protected, failedCount, space },
  };
}
