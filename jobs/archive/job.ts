import { z } from 'zod';
import { CameraId } from '../../src/domain/ids.js';
import { defineJob } from '../define.js';

/** Runs over the recordings of one machine; running it twice does nothing twice. */
export const archive = defineJob({
  name: 'archive',
  summary: 'move old recordings to cold storage, restore some, or look for damaged ones; each step verified',
  payload: z.discriminatedUnion('action', [
    z.strictObject({
      /** Move what is old to cold storage, delete what is older than it is kept. */
      action: z.literal('move'),
      /** Wall clock of the run, epoch ms; names it. */
      at: z.number().int().positive(),
      dryRun: z.boolean().default(false),
      cameraId: CameraId.optional(),
    }),
    z.strictObject({
      /** Bring recordings back from cold storage for a while. */
      action: z.literal('restore'),
      cameraId: CameraId,
      from: z.number().int().positive(),
      to: z.number().int().positive(),
      keepDays: z.number().int().min(1).max(365).default(7),
    }),
    z.strictObject({
      /** Compare the bytes of recordings with their hashes, those longest not looked at first. */
      action: z.literal('scrub'),
      at: z.number().int().positive(),
      maxBytes: z.number().int().positive().default(50e9),
    }),
  ]),
  jobId: (payload) =>
    payload.action === 'restore'
      ? `restore-${payload.cameraId}-${payload.from}-${payload.to}`
      : `${payload.action}-${payload.at}${payload.action === 'move' && payload.dryRun ? '-dry' : ''}`,
  timeoutMs: 8 * 3_600_000,
  attempts: 5,
  backoff: { firstMs: 5000, maxMs: 600_000 },
  concurrency: 1,
  keep: { doneS: 30 * 86_400, doneCount: 1000, failedS: 30 * 86_400 },
  example: { action: 'move', at: 1795251600000, dryRun: true },
});
