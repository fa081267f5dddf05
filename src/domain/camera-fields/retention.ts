import { z } from 'zod';
import { CameraId, PartId } from '../ids.js';

/** How long recordings stay on the recordings' disk, then in cold storage; the first rule that fits a recording counts. */
export const RetentionRule = z.strictObject({
  cameras: z.array(CameraId).min(1).optional().describe('default: all'),
  groups: z.array(PartId).min(1).optional().describe('groups of cameras; default: all'),
  why: z.enum(['always', 'motion']).optional().describe('what was recorded; default: both'),
  hotDays: z.number().positive().max(3650).describe("days on the recordings' disk"),
  coldDays: z
    .number()
    .min(0)
    .max(36_500)
    .default(0)
    .describe('days in cold storage after that; 0: recordings go when hotDays are over'),
  maxGb: z
    .number()
    .positive()
    .optional()
    .describe('most of each camera on the recordings’ disk, GB: the oldest are moved on sooner, or go'),
  encode: z
    .strictObject({
      codec: z.enum(['h265', 'h264']).default('h265'),
      crf: z.number().int().min(18).max(40).default(28).describe('quality: less is better and larger'),
      maxHeight: z
        .number()
        .int()
        .min(144)
        .max(4320)
        .optional()
        .describe('larger pictures are scaled down, pixels'),
      fps: z.number().min(1).max(60).optional().describe('at most so many pictures a second'),
    })
    .optional()
    .describe('the copy in cold storage is encoded anew; default: it is the recording as it is'),
});
export type RetentionRule = z.infer<typeof RetentionRule>;

/** Who is told what the archive did, by e-mail. */
export const ArchiveSettings = z.strictObject({
  freeGb: z
    .number()
    .positive()
    .optional()
    .describe(
      "free room wanted on the recordings' disk, GB: the oldest are moved to cold storage until there is",
    ),
  reportTo: z.array(PartId).max(50).default([]).describe('ids of recipients with an e-mail address'),
});
export type ArchiveSettings = z.infer<typeof ArchiveSettings>;
