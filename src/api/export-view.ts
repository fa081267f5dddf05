import type { JobView } from '../../queues/types.js';
import { publicGap } from '../domain/export/export-manifest.js';
import type { Export, ExportResult } from '../ports/exports.js';
import { iso } from './fields.js';

/** Its job is enqueued after its row: for that long a row may be without one, ms. */
const JOB_COMES_MS = 30_000;

/** An export as it stands: what its row says, and its job while it lives. */
export interface ExportNow {
  readonly row: Export;
  /** Of its job, while it waits or runs. */
  readonly progress?: number;
  readonly leftMs?: number;
}

/**
 * The row with what its job knows better. Where the job ended without a word (its worker died again and again), or is gone
 * from the queue, it has failed: asking for it again begins it anew.
 */
export function exportNow(row: Export, job: JobView | undefined, now: number): ExportNow {
  if (row.state !== 'waiting' && row.state !== 'running') return { row };
  if (job?.state === 'failed') return { row: { ...row, state: 'failed', reason: job.reason ?? 'it failed' } };
  if ((!job || job.state === 'completed') && now - row.requestedAt > JOB_COMES_MS)
    return { row: { ...row, state: 'failed', reason: 'its job is gone from the queue; ask for it again' } };
  return {
    row,
    progress: job?.progress ?? 0,
    ...(job?.leftMs !== undefined && { leftMs: job.leftMs }),
  };
}

/** An export as it leaves the system: times as ISO 8601, its files as addresses. */
export function publicExport({ row, progress, leftMs }: ExportNow): object {
  const { id, request, state, requestedAt, requestedBy, incident, startedAt, endedAt, expiresAt } = row;
  const { from, to, ...wanted } = request;
  const isThere = state === 'done' && row.result !== undefined;
  return {
    ...{ id, state, request: { ...wanted, from: iso(from), to: iso(to) } },
    ...{ requestedAt: iso(requestedAt), requestedBy },
    ...(incident !== undefined && { incident }),
    ...(startedAt !== undefined && { startedAt: iso(startedAt) }),
    ...(progress !== undefined && { progress }),
    ...(leftMs !== undefined && { leftMs }),
    ...(endedAt !== undefined && { endedAt: iso(endedAt) }),
    ...(expiresAt !== undefined && { expiresAt: iso(expiresAt) }),
    ...(row.reason !== undefined && { reason: row.reason }),
    ...(isThere && { result: publicResult(id, row.result) }),
  };
}

function publicResult(id: string, result: ExportResult): object {
  const { bytes, sha256, durationMs, width, height, codec, how, gaps, sprite, evidence } = result;
  const at = `/api/v1/exports/${id}`;
  const { key: _, ...tiles } = sprite;
  return {
    ...{ bytes, sha256, durationMs, width, height, codec, how, gaps: gaps.map(publicGap) },
    clip: `${at}/clip`,
    poster: `${at}/poster.jpg`,
    sprite: { ...tiles, href: `${at}/sprite.jpg` },
    manifest: `${at}/manifest.json`,
    ...(evidence && {
      evidence: {
        ...{ id: evidence.id, bytes: evidence.bytes, sha256: evidence.sha256 },
        href: `/api/v1/evidence/${evidence.id}`,
      },
    }),
  };
}
