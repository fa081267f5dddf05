import { z } from 'zod';
import { defineJob } from '../define.js';

/** Retention: what is older than it needs to be goes. Running it twice removes nothing more. */
export const cleanup = defineJob({
  name: 'cleanup',
  summary:
    'remove events, alerts, pictures, plates, gaps, traffic and health reports older than their retention',
  payload: z.strictObject({
    /** Days that events, alerts and their pictures, gaps of the coverage timeline and traffic reports are kept. */
    keepDays: z.number().int().min(1).max(3650).default(90),
    /** Days that health reports are kept: one a minute, some 20 KB each. */
    keepReportsDays: z.number().int().min(1).max(3650).default(7),
    /** Days that annotated frames (`annotate: true`) are kept; they are many. */
    keepAnnotatedDays: z.number().int().min(1).max(3650).default(7),
    /** Days that passages are kept, with every look at their plates and its pictures. */
    keepPlatesDays: z.number().int().min(1).max(3650).default(30),
  }),
  timeoutMs: 600_000,
  attempts: 3,
  concurrency: 1,
  example: { keepDays: 90 },
});
