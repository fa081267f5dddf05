import { z } from 'zod';
import { defineJob } from '../define.js';

/** One step of an incident's plan, delayed until it is due. Whoever reacts before stops it. */
export const escalation = defineJob({
  name: 'escalation',
  summary: 'one step of an incident: whom to tell now, if nobody has reacted yet',
  payload: z.strictObject({
    /** An alert's id; with "storm-" before it, a storm's. */
    incidentId: z.string().min(1).max(160),
    /** 0-based step of its plan; or why else people are told. */
    occasion: z.union([z.int().min(0).max(10_000), z.enum(['raised', 'ended', 'storm-over'])]),
  }),
  jobId: ({ incidentId, occasion }) => `${incidentId}+${occasion}`,
  attempts: 20,
  external: false,
  concurrency: 8,
  // Its id must be known for as long as an incident may last.
  keep: { doneS: 2 * 86_400, doneCount: 100_000, failedS: 7 * 86_400 },
  example: { incidentId: 'gate-1-1795251600000-intrusion-7', occasion: 1 },
});
