import { z } from 'zod';
import { PartId } from '../../src/domain/ids.js';
import { defineJob } from '../define.js';

/** One recipient, one channel. The payload names the recipient by id: addresses stay out of Redis. */
export const notification = defineJob({
  name: 'notification',
  summary: 'deliver one alert to one recipient on one channel and keep the receipt',
  payload: z.strictObject({
    alertId: z.string().min(1).max(150),
    recipient: PartId,
    channel: z.enum(['email']),
  }),
  jobId: ({ alertId, recipient, channel }) => `${alertId}+${recipient}+${channel}`,
  timeoutMs: 60_000,
  attempts: 10,
  backoff: { firstMs: 2000, maxMs: 300_000 },
  external: false,
  example: { alertId: 'gate-1-1795251600000-intrusion-7', recipient: 'guard', channel: 'email' },
});
