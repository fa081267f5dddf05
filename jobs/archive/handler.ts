import type { z } from 'zod';
import type { ArchiveReport } from '../../src/domain/archive/report.js';
import { NotReadyError, PermanentError } from '../../src/errors.js';
import { done, type Handler, type Outcome, skipped } from '../define.js';
import { archive, archiveJobId } from './job.js';
import { move } from './move.js';
import type { ArchiveContext, Needs } from './needs.js';
import { coldOf, restore } from './restore.js';
import { type RunEnd, tell } from './run-end.js';
import { scrub } from './scrub.js';
import { sendReport } from './send-report.js';

type Run = Exclude<z.output<(typeof archive)['payload']>, { action: 'report' }>;

const DAY_MS = 86_400_000;

/**
 * Recordings to the cold store and back, and whether their bytes are what they were. A job that names no recordings folder
 * becomes one for each, which only a worker of that machine does.
 */
export const handle: Handler<typeof archive, Needs> = async (payload, ctx) => {
  if (payload.action === 'report') return sendReport(payload, ctx);
  const here = ctx.ports.recordingFiles.node;
  if (payload.node === undefined) {
    const nodes = await nodesOf(payload, ctx);
    if (nodes.every((node) => node === here)) return work(payload, ctx);
    const [since, again] = [ctx.now(), payload.action === 'restore'];
    for (const node of nodes) await ctx.enqueue(archive, { ...payload, node, since }, { again });
    return done({ nodes });
  }
  if (payload.node !== here) throw elsewhere(payload.node, ctx.now() - (payload.since ?? ctx.now()));
  return work(payload, ctx);
};

async function nodesOf(payload: Run, ctx: ArchiveContext): Promise<string[]> {
  const { recordings, recordingFiles } = ctx.ports;
  if (payload.action === 'restore') return [...new Set((await coldOf(ctx, payload)).map(({ node }) => node))];
  // This one in any case: what is in the cold store is every machine's.
  return [...new Set([recordingFiles.node, ...(await recordings.nodes())])];
}

/** Not often, and the longer it has waited the less. */
function elsewhere(node: string, waitedMs: number): Error {
  if (waitedMs > DAY_MS)
    return new PermanentError(
      `the recordings folder ${node} is on another machine, and for a day no worker there has taken this: start "camqueue worker archive" on it`,
    );
  const retryMs = Math.min(60_000, Math.max(500, waitedMs / 10));
  return new NotReadyError(`the recordings folder ${node} is on another machine`, retryMs);
}

/** One at a time on a recordings folder: two that copy the same recording might take away each other's copy. */
async function work(payload: Run, ctx: ArchiveContext): Promise<Outcome> {
  const { recordingFiles } = ctx.ports;
  const id = archiveJobId({ ...payload, node: recordingFiles.node });
  const run = async (): Promise<Outcome> => {
    const ended = await runOf(payload, ctx, id);
    if (!ended) return skipped('cold storage holds no recordings of that camera and time');
    await tell(ctx, ended);
    return done(summaryOf(ended.report));
  };
  return payload.action === 'move' && payload.dryRun ? run() : recordingFiles.exclusively(run);
}

function runOf(payload: Run, ctx: ArchiveContext, id: string): Promise<RunEnd | undefined> {
  switch (payload.action) {
    case 'move':
      return move(ctx, payload, { id });
    case 'scrub':
      return scrub(ctx, payload, { id });
    case 'restore':
      return restore(ctx, payload, { id });
  }
}

function summaryOf(report: ArchiveReport): object {
  const { id, node, moved, compressed, deleted, restored, checked, failedCount } = report;
  return {
    report: id,
    node,
    moved,
    compressed,
    deleted,
    restored,
    checked,
    protected: report.protected,
    failed: failedCount,
  };
}
