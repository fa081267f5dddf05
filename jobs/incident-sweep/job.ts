import { z } from 'zod';
import { defineJob } from '../define.js';

/** Puts back what a lost job would have done, and ends what nobody ended. Running it twice does nothing more. */
export const incidentSweep = defineJob({
  name: 'incident-sweep',
  summary: 'close incidents whose time is up, and enqueue steps and messages whose jobs were lost',
  payload: z.strictObject({}),
  attempts: 3,
  concurrency: 1,
  example: {},
});
