import { z } from 'zod';
import { seconds } from './shapes.js';

export const Reconnect = z
  .strictObject({
    maxRetries: z
      .number()
      .int()
      .min(1)
      .max(1000)
      .default(5)
      .describe('failures in a row after which the camera counts as failed'),
    firstS: seconds(0.1, 3600).default(1).describe('wait after the first failure, s; it doubles each time'),
    maxS: seconds(0.1, 86_400).default(60).describe('longest wait between two tries, s'),
    giveUp: z
      .boolean()
      .default(false)
      .describe('true: a failed camera is not tried any more until it is changed'),
  })
  .refine(({ firstS, maxS }) => firstS <= maxS, { error: 'firstS must not be more than maxS' });

export const Tampering = z.strictObject({
  enabled: z
    .boolean()
    .default(true)
    .describe(
      'tell when the picture goes black, the lens is covered or the camera is turned; files: with pace realtime',
    ),
  afterS: seconds(1, 600)
    .default(5)
    .describe('it must stay for this long, s. Raise it where lorries stop in front of the camera'),
});
