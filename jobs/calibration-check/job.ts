import { z } from 'zod';
import { CameraId } from '../../src/domain/ids.js';
import { defineJob } from '../define.js';

export const calibrationCheck = defineJob({
  name: 'calibration-check',
  summary: 'see whether calibrated cameras still look where they did when they were calibrated',
  payload: z.strictObject({
    /** Default: every camera with a calibration. */
    cameraId: CameraId.optional(),
    /** The slot, epoch ms. Default: now. */
    at: z.number().int().positive().optional(),
  }),
  timeoutMs: 5 * 60_000,
  attempts: 3,
  concurrency: 1,
  example: { cameraId: 'gate-1' },
});
