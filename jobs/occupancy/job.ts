import { z } from 'zod';
import { PartId } from '../../src/domain/ids.js';
import { defineJob } from '../define.js';

/** Something crossed a line of an area, or a minute has gone by: count again, and say when there are too many. */
export const occupancy = defineJob({
  name: 'occupancy',
  summary: 'count how many are inside an area, reset it daily, alert over its threshold',
  payload: z.strictObject({
    /** Default: all areas. */
    area: PartId.optional(),
  }),
  doorbell: ({ area }) => area ?? 'all',
  timeoutMs: 30_000,
  attempts: 1,
  concurrency: 1,
  keep: { doneS: 3600, doneCount: 500, failedS: 86_400 },
  example: { area: 'yard' },
});
