import { z } from 'zod';
import { CameraId } from '../../src/domain/ids.js';
import { defineJob } from '../define.js';

const Instant = z.number().int().positive();

/** A recordings folder belongs to one machine: a job without a node becomes one for each. */
const OnNode = {
  /** Name of the recordings folder that it is for; only a worker of that machine does it. Default: one job for each. */
  node: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{1,100}$/)
    .optional(),
  /** Since when that machine is waited for, epoch ms. */
  since: Instant.optional(),
};

/** Runs over the recordings of one machine; running it twice does nothing twice. */
export const archive = defineJob({
  name: 'archive',
  summary: 'move old recordings to cold storage, restore some, or look for damaged ones; each step verified',
  payload: z.discriminatedUnion('action', [
    z.strictObject({
      /** Move what is old to cold storage, delete what is older than it is kept. */
      action: z.literal('move'),
      /** Wall clock of the run, epoch ms; names it. */
      at: Instant,
      dryRun: z.boolean().default(false),
      cameraId: CameraId.optional(),
      ...OnNode,
    }),
    z
      .strictObject({
        /** Bring recordings back from cold storage for a while. */
        action: z.literal('restore'),
        cameraId: CameraId,
        from: Instant,
        to: Instant,
        keepDays: z.number().int().min(1).max(365).default(7),
        ...OnNode,
      })
      .refine(({ from, to }) => from < to, { error: 'must be after from', path: ['to'] }),
    z.strictObject({
      /** Compare the bytes of recordings with their hashes, those longest not looked at first. */
      action: z.literal('scrub'),
      at: Instant,
      maxBytes: z.number().int().positive().default(50e9),
      ...OnNode,
    }),
    z.strictObject({
      /** Send the report of a run to one recipient by e-mail. */
      action: z.literal('report'),
      reportId: z.string().min(1).max(200),
      recipient: z.string().min(1).max(64),
    }),
  ]),
  jobId: archiveJobId,
  timeoutMs: 8 * 3_600_000,
  attempts: 5,
  backoff: { firstMs: 5000, maxMs: 600_000 },
  concurrency: 1,
  keep: { doneS: 30 * 86_400, doneCount: 1000, failedS: 30 * 86_400 },
  example: { action: 'move', at: 1795251600000, dryRun: true },
});

type Named =
  | { action: 'move'; at: number; dryRun: boolean; cameraId?: string | undefined; node?: string | undefined }
  | { action: 'restore'; cameraId: string; from: number; to: number; node?: string | undefined }
  | { action: 'scrub'; at: number; node?: string | undefined }
  | { action: 'report'; reportId: string; recipient: string };

/** Also names the report of the run. */
export function archiveJobId(payload: Named): string {
  if (payload.action === 'report') return `report-${payload.reportId}-${payload.recipient}`;
  const of = payload.node === undefined ? '' : `-${payload.node}`;
  switch (payload.action) {
    case 'move': {
      const camera = payload.cameraId === undefined ? '' : `-${payload.cameraId}`;
      return `move-${payload.at}${payload.dryRun ? '-dry' : ''}${camera}${of}`;
    }
    case 'restore':
      return `restore-${payload.cameraId}-${payload.from}-${payload.to}${of}`;
    case 'scrub':
      return `scrub-${payload.at}${of}`;
  }
}
