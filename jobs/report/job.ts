import { z } from 'zod';
import { Granularity } from '../../src/domain/flow/report.js';
import { CameraId } from '../../src/domain/ids.js';
import { defineJob } from '../define.js';

/** One job a recipient and report: its id makes a second e-mail impossible while it is remembered. */
export const report = defineJob({
  name: 'report',
  summary: 'send a traffic report to one recipient by e-mail',
  payload: z.strictObject({
    cameraId: CameraId,
    granularity: Granularity,
    /** Start of the window, epoch ms. */
    from: z.number().int().positive(),
    recipient: z.string().min(1).max(64),
    /** Of the report as it was when it was asked for; a later one is another e-mail. */
    computedAt: z.number().int().positive(),
  }),
  jobId: ({ cameraId, granularity, from, recipient, computedAt }) =>
    `report-${cameraId}-${granularity}-${from}-${recipient}-${computedAt}`,
  timeoutMs: 60_000,
  attempts: 10,
  concurrency: 2,
  keep: { doneS: 7 * 86_400, doneCount: 10_000, failedS: 7 * 86_400 },
  external: false,
  example: {
    ...{ cameraId: 'gate-1', granularity: 'hour', from: 1795251600000 },
    ...{ recipient: 'chief', computedAt: 1795255500000 },
  },
});
