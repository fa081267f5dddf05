import { z } from 'zod';
import { Granularity } from '../../src/domain/flow/report.js';
import { CameraId } from '../../src/domain/ids.js';
import { defineJob } from '../define.js';

const instant = z.number().int().positive();

export const trafficFlow = defineJob({
  name: 'traffic-flow',
  summary: 'counts, speeds, headway, density and congestion of a camera over windows of time; reports',
  payload: z
    .strictObject({
      /** Default: every camera with lines. */
      cameraId: CameraId.optional(),
      /** [from, to), epoch ms; every window of that granularity which begins in it. */
      from: instant,
      to: instant,
      granularity: Granularity,
      /** Windows that have been computed are computed again only when crossings came late. */
      onlyLate: z.boolean().default(false),
      /** Send the report of the newest window to whom the camera file orders it for. */
      ordered: z.boolean().default(false),
      /** Ids of recipients who get the report by e-mail. */
      email: z.array(z.string().min(1).max(64)).max(50).optional(),
    })
    .refine(({ from, to }) => from < to, {
      path: ['to'],
      error: 'must be after from: the window is empty',
    }),
  timeoutMs: 5 * 60_000,
  attempts: 5,
  concurrency: 1,
  example: { cameraId: 'gate-1', from: 1795251600000, to: 1795255200000, granularity: 'hour' },
});
