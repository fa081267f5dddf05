import {
  type ArchiveDeed,
  type ArchiveReport,
  type ArchiveStep,
  newReport,
  reckon,
  reckonFailure,
  resumed,
} from '../../src/domain/archive/report.js';
import type { Segment } from '../../src/ports.js';
import type { ArchiveContext } from './needs.js';

/** The report of a run while it is made. What was done before a crash is in it. */
export interface Ledger {
  readonly report: ArchiveReport;
  did(segment: Pick<Segment, 'cameraId' | 'bytes'>, deed: ArchiveDeed): Promise<void>;
  failed(segment: Pick<Segment, 'id'>, step: ArchiveStep, reason: string): Promise<void>;
  /** Completes and stores it. @param problem why the run ends before it is through */
  end(problem?: string): Promise<ArchiveReport>;
}

/** How much of a report a crash may cost, ms. */
const SAVE_EVERY_MS = 2000;

/**
 * @param isKept `false`: the report is stored nowhere
 */
export async function openLedger(
  { ports, now }: Pick<ArchiveContext, 'ports' | 'now'>,
  about: Pick<ArchiveReport, 'id' | 'action' | 'isDryRun'>,
  isKept = true,
): Promise<Ledger> {
  const { archiveReports, recordingFiles, recordings } = ports;
  const known = isKept && !about.isDryRun ? await archiveReports.get(about.id) : undefined;
  const { node } = recordingFiles;
  let report = known
    ? resumed(known)
    : newReport({ ...about, node, startedAt: now() }, await recordingFiles.space());
  let savedAt = now();
  const save = async (): Promise<void> => {
    savedAt = now();
    report = { ...report, endedAt: savedAt };
    if (isKept) await archiveReports.put(report);
  };
  const change = async (changed: ArchiveReport): Promise<void> => {
    report = changed;
    if (!changed.isDryRun && Math.abs(now() - savedAt) >= SAVE_EVERY_MS) await save();
  };
  return {
    get report() {
      return report;
    },
    did: (segment, deed) => change(reckon(report, segment, deed)),
    failed: ({ id }, step, reason) => change(reckonFailure(report, { segmentId: id, step, reason })),
    end: async (problem) => {
      const oldest = await recordings.oldest();
      report = {
        ...report,
        ...(problem !== undefined && { problem }),
        space: { ...report.space, after: await recordingFiles.space() },
        oldestKept: Object.fromEntries(oldest.map(({ cameraId, startAt }) => [cameraId, startAt])),
      };
      await save();
      return report;
    },
  };
}
