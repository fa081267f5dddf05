import { z } from 'zod';
import { defineJob } from '../define.js';

/** Copies what cannot be made again: database, configuration, keys, lists. */
export const backup = defineJob({
  name: 'backup',
  summary: 'back up database, configuration and keys, and read the backup back',
  payload: z.strictObject({
    /** Wall clock, epoch ms; names it. */
    at: z.number().int().positive(),
    /** So many are kept, the oldest go. */
    keep: z.number().int().min(1).max(1000).default(14),
  }),
  jobId: ({ at }) => `backup-${at}`,
  timeoutMs: 3_600_000,
  attempts: 3,
  concurrency: 1,
  keep: { doneS: 30 * 86_400, doneCount: 1000, failedS: 30 * 86_400 },
  example: { at: 1795251600000 },
});
