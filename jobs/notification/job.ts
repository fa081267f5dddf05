import { z } from 'zod';
import { defineJob } from '../define.js';

/** One message to one recipient on one channel. It names the delivery; addresses and texts stay out of Redis. */
export const notification = defineJob({
  name: 'notification',
  summary: 'send what waits for one recipient on one channel, in order, and keep the receipts',
  payload: z.strictObject({
    /** `<incident>+<occasion>+<recipient>+<channel>` */
    deliveryId: z.string().min(1).max(300),
  }),
  jobId: ({ deliveryId }) => deliveryId,
  timeoutMs: 60_000,
  attempts: 50,
  backoff: { firstMs: 1000, maxMs: 60_000 },
  concurrency: 16,
  external: false,
  example: { deliveryId: 'gate-1-1795251600000-intrusion-7+0+guard+email' },
});
