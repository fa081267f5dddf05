import { z } from 'zod';
import { CameraId } from '../../src/domain/ids.js';
import { defineJob } from '../define.js';

/** The doorbell of one camera: "there is something in your ring". It carries no data and is never retried. */
export const motion = defineJob({
  name: 'motion',
  summary: "drain a camera's frame ring: detect, track, count, raise events",
  payload: z.strictObject({ cameraId: CameraId }),
  doorbell: ({ cameraId }) => cameraId,
  timeoutMs: 10_000,
  attempts: 1,
  concurrency: 2,
  keep: { doneS: 3600, doneCount: 1000, failedS: 7 * 86_400 },
  example: { cameraId: 'gate-1' },
});
