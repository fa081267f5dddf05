import { exportOrder } from '../../src/domain/export/export-order.js';
import { exportId } from '../../src/domain/export/export-id.js';
import { exportNeeds, lackOfRoom } from '../../src/domain/export/export-room.js';
import { removeExportFiles } from '../../src/domain/export/remove-export-files.js';
import { ExportRequest } from '../../src/domain/export/request.js';
import { messageOf, NotReadyError, PermanentError } from '../../src/errors.js';
import type { ClipOrder, MadeClip } from '../../src/ports/clips.js';
import type { Export, ExportResult } from '../../src/ports/exports.js';
import { done, skipped, type Handler } from '../define.js';
import type { exportClip } from './job.js';
import { keepClip } from './keep-clip.js';
import { evidenceIdOf } from './seal-evidence.js';
import { sourceOf, type Context, type Needs, type Source } from './source.js';

const DAY_MS = 24 * 3_600_000;
/** Recordings may be on a machine that is just away; for longer it is a failure, ms. */
const PATIENCE_MS = 3_600_000;
/** Progress is told no more often, ms. */
const TELL_MS = 500;
/** Share of the work that is cutting; the rest is keeping what was cut. */
const CUTTING = 0.95;

/**
 * From the wish to the file in the storage. Every step may run twice: the row says how far it is, the clip maker goes on
 * in its working folder, files go to places named by their content.
 */
export const handle: Handler<typeof exportClip, Needs> = async (payload, ctx) => {
  const { exports, clips } = ctx.ports;
  const { by, incident, ...wanted } = payload;
  const request = ExportRequest.parse(wanted);
  const asked = await exports.request({
    ...{ id: exportId(request), request, requestedAt: ctx.now() },
    requestedBy: by ?? ctx.origin ?? 'job/export-clip',
    ...(incident !== undefined && { incident }),
  });
  const row = (await exports.running(asked.id, ctx.now())) ?? asked;
  if (row.state === 'done') {
    await clips.remove(row.id);
    return done(row.result && shortResult(row.result));
  }
  if (row.state !== 'running') return skipped(`the export was ${row.state}`);
  try {
    return done(shortResult(await make(row, ctx)));
  } catch (error) {
    throw await settled(row, ctx, error);
  }
};

async function make(row: Export, ctx: Context): Promise<ExportResult> {
  const { clips, exports, exportSettings } = ctx.ports;
  const source = await sourceOf(row.request, ctx);
  const { camera, plan } = source;
  const { site } = ctx.ports.cameras;
  const order = exportOrder({
    ...{ id: row.id, request: row.request, camera, site, plan, logo: exportSettings.logo },
  });
  await checkRoom(order, source, row, ctx);
  const made = await makeClip(order, ctx);
  ctx.signal.throwIfAborted();
  const result = await keepClip(row, source, made, ctx);
  ctx.signal.throwIfAborted();
  const { keepDays, keepEvidenceDays } = exportSettings;
  const days = result.evidence ? keepEvidenceDays : keepDays;
  const now = await exports.done(row.id, result, ctx.now(), ctx.now() + days * DAY_MS);
  // Cancelled at the last moment: it is not to be had.
  if (now?.state !== 'done') throw new PermanentError(`the export was ${now?.state ?? 'removed'}`);
  await clips.remove(row.id);
  await tell(ctx, 1, 0);
  return now.result ?? result;
}

/** @throws PermanentError saying how much room is needed and how much there is */
async function checkRoom(order: ClipOrder, { segments }: Source, row: Export, ctx: Context): Promise<void> {
  const { clips, storage } = ctx.ports;
  const estimate = await clips.estimate(order);
  const originalBytes = row.request.evidence ? segments.reduce((sum, { bytes }) => sum + bytes, 0) : 0;
  const lack = lackOfRoom(exportNeeds(estimate, originalBytes), {
    work: await clips.space(),
    storage: await storage.space(),
  });
  if (lack !== undefined) throw new PermanentError(lack);
}

async function makeClip(order: ClipOrder, ctx: Context): Promise<MadeClip> {
  let toldAt = 0;
  return ctx.ports.clips.make(order, {
    signal: ctx.signal,
    onProgress: (fraction, leftMs) => {
      const now = ctx.now();
      if (now - toldAt < TELL_MS) return;
      toldAt = now;
      void tell(ctx, fraction * CUTTING, leftMs);
    },
  });
}

/** Progress that cannot be told (Redis is away for a moment) is no reason to end. */
async function tell(ctx: Context, fraction: number, leftMs?: number): Promise<void> {
  await ctx.progress(fraction, leftMs).catch(() => undefined);
}

/** Writes down how it ended where this was its end. @returns what the job ends with */
async function settled(row: Export, ctx: Context, thrown: unknown): Promise<unknown> {
  const { signal } = ctx;
  if (signal.aborted) {
    const why = signal.reason as Error;
    if (why.name === 'CancelledError') await end(row, ctx, 'cancelled', why.message);
    // Shut down, or taken over: another worker goes on.
    else if (why.name === 'TimeoutError' && ctx.isLastAttempt) await end(row, ctx, 'failed', why.message);
    return thrown;
  }
  const error = impatient(row, ctx, thrown);
  if (error instanceof NotReadyError) return error;
  if (error instanceof PermanentError || ctx.isLastAttempt) await end(row, ctx, 'failed', reasonText(error));
  return error;
}

/** What is not ready for an hour will not be. */
function impatient(row: Export, ctx: Context, error: unknown): unknown {
  if (!(error instanceof NotReadyError)) return error;
  const waitedMs = ctx.now() - (row.startedAt ?? ctx.now());
  return waitedMs <= PATIENCE_MS ? error : new PermanentError(`${error.message}; waited for an hour`);
}

/** Nothing of it is left but its row, which says why. */
async function end(row: Export, ctx: Context, state: 'failed' | 'cancelled', reason: string): Promise<void> {
  const { clips, exports, storage, evidence } = ctx.ports;
  const now = await exports.ended(row.id, state, reason, ctx.now());
  if (now?.state === 'done') return;
  if (row.request.evidence) await evidence.giveUp(evidenceIdOf(row), reason);
  await clips.remove(row.id);
  await removeExportFiles(storage, row);
}

function reasonText(error: unknown): string {
  if ((error as { code?: unknown }).code === 'ENOSPC')
    return `a disk became full: ${messageOf(error)}; free some room and ask again`;
  return messageOf(error);
}

function shortResult({ key, bytes, sha256, durationMs, how, gaps, evidence }: ExportResult): object {
  return {
    ...{ key, bytes, sha256, durationMs, how, gaps: gaps.length },
    ...(evidence && { evidence: evidence.id }),
  };
}
