import { z } from 'zod';
import { defineJob } from '../define.js';

/** One look at everything. The schedule names the slot; whoever asks in between gets a report of that moment. */
export const healthCheck = defineJob({
  name: 'health-check',
  summary: 'look at cameras, streams, disks, Redis, SQL, queues, workers; report, and alerts on change',
  payload: z.strictObject({
    /** The slot of the report, epoch ms; one report a slot. Default: now. */
    at: z.number().int().positive().optional(),
  }),
  // Each part of a look is bounded; beyond this the next slot knows better.
  timeoutMs: 30_000,
  attempts: 3,
  backoff: { firstMs: 2000, maxMs: 10_000 },
  concurrency: 1,
  keep: { doneS: 3600, doneCount: 500, failedS: 86_400 },
  example: {},
});
