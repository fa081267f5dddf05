import { z } from 'zod';
import { ExportRequest } from '../../src/domain/export/request.js';
import { exportId } from '../../src/domain/export/export-id.js';
import { defineJob } from '../define.js';

/** Cuts a stretch of time out of a camera's recordings. Asked for twice it is one export. */
export const exportClip = defineJob({
  name: 'export-clip',
  summary:
    'cut a stretch of time out of the recordings: MP4, AVI or MKV, watermark, overlay, evidence package',
  payload: z.strictObject({
    ...ExportRequest.shape,
    /** Person, key or job that wants it; default: whoever enqueued the job. */
    by: z.string().max(200).optional(),
    /** Number of the incident whose clip it is. */
    incident: z.number().int().positive().optional(),
  }),
  jobId: exportId,
  // Whoever comes from outside asks in its own name.
  externalPayload: ExportRequest,
  timeoutMs: 6 * 3_600_000,
  attempts: 5,
  backoff: { firstMs: 5000, maxMs: 300_000 },
  // Live analysis goes first.
  concurrency: 1,
  keep: { doneS: 7 * 86_400, doneCount: 10_000, failedS: 7 * 86_400 },
  example: {
    ...{ cameraId: 'gate-1', from: 1795251600000, to: 1795251660000 },
    ...{ format: 'mp4', watermark: true },
  },
});
