import { z } from 'zod';
import { seconds } from './shapes.js';

export const Recording = z.strictObject({
  mode: z.enum(['always', 'motion', 'off']).default('off'),
  segmentS: z.number().int().min(5).max(3600).default(60).describe('length of a file, s'),
  preRollS: seconds(0, 60).default(5).describe('motion: kept from before the movement, s'),
  postRollS: seconds(0, 600).default(5).describe('motion: kept from after it, s'),
  retentionDays: z
    .number()
    .positive()
    .default(14)
    .describe('days that recordings are kept where no rule of `retention` fits'),
  audio: z.boolean().default(false).describe('with sound; the law of many places forbids it'),
});
