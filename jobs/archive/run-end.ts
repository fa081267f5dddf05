import type { ArchiveReport } from '../../src/domain/archive/report.js';
import { messageOf, NotReadyError, PermanentError } from '../../src/errors.js';
import { archive } from './job.js';
import type { ArchiveContext, Work } from './needs.js';

export interface RunEnd {
  readonly report: ArchiveReport;
  /** What kept it from being through; thrown once the report is stored and sent. */
  readonly trouble?: Error;
}

/** Does something with the cold store. @returns what is wrong with it; `undefined`: nothing. @throws the reason of an abort */
export async function troubleOf(ctx: ArchiveContext, work: () => Promise<void>): Promise<Error | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    ctx.signal.throwIfAborted();
    // By shape: errors of node's internals are not always instances of this file's Error.
    return error as Error;
  }
}

/** Ends a run: the report is completed and stored. */
export async function closeRun({ ledger }: Work, trouble: Error | undefined): Promise<RunEnd> {
  const report = await ledger.end(trouble === undefined ? undefined : messageOf(trouble));
  return { report, ...(trouble !== undefined && { trouble }) };
}

const FULL = ['ENOSPC', 'EDQUOT', 'EFBIG', 'EROFS', 'EACCES', 'EPERM'];

/**
 * Tells what a run did: to the audit trail, and by e-mail to those of `archive.reportTo`; once a report.
 * @throws what kept it from being through. A store that is away may be back soon, and is tried again; one that is full, or
 * may not be written to, is people's to mend: the next run goes on where this one ended.
 */
export async function tell(ctx: ArchiveContext, { report, trouble }: RunEnd): Promise<void> {
  const { audit, cameras } = ctx.ports;
  const isFinal = trouble === undefined || isForPeople(trouble) || ctx.isLastAttempt;
  if (isFinal && !report.isDryRun) {
    const { id, node, action, moved, deleted, restored, failedCount } = report;
    if (moved.count + deleted.hot.count + deleted.cold.count + restored.count + failedCount > 0)
      await audit.append({
        ...{ at: report.endedAt, actor: 'archive', action: `recordings.${action}`, subject: node },
        detail: { report: id, moved, deleted, restored, failed: failedCount },
        onceKey: `archive/${id}/${report.endedAt}`,
      });
    if (isNews(report))
      for (const recipient of cameras.archive.reportTo)
        await ctx.enqueue(archive, { action: 'report', reportId: id, recipient });
  }
  if (trouble === undefined) return;
  const rest = 'nothing was deleted that has no verified copy; the next run goes on';
  const message = `${messageOf(trouble)} (${rest})`;
  if (isForPeople(trouble)) throw new PermanentError(message, { cause: trouble });
  throw new Error(message, { cause: trouble });
}

function isForPeople(trouble: Error): boolean {
  if (trouble instanceof NotReadyError) return false;
  const code = 'code' in trouble ? String(trouble.code) : '';
  return trouble instanceof PermanentError || FULL.includes(code);
}

/** A night's run always is; looking for damage only when there is some. */
function isNews({ action, failedCount, problem }: ArchiveReport): boolean {
  return action === 'move' || (action === 'scrub' && (failedCount > 0 || problem !== undefined));
}
