import { z } from 'zod';
import { CameraId } from '../../src/domain/ids.js';
import { defineJob } from '../define.js';

/** Doorbell: draws the newest analysed frame of a camera once, for all who watch. */
export const liveFrame = defineJob({
  name: 'live-frame',
  summary: 'draw the newest frame with its overlay for everybody who watches the camera',
  payload: z.strictObject({ cameraId: CameraId }),
  doorbell: ({ cameraId }) => cameraId,
  timeoutMs: 10_000,
  attempts: 1,
  // Most of a job is waiting for the next frame; drawing is done in other threads.
  concurrency: 16,
  keep: { doneS: 60, doneCount: 100, failedS: 3600 },
  external: false,
  optional: true,
  example: { cameraId: 'gate-1' },
});
