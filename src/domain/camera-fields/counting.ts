import { z } from 'zod';
import { CameraId, PartId } from '../ids.js';
import { Classes } from './shapes.js';

/** What a camera file says about how many are inside, how traffic flows, and what is too much. */

/** One alert when there are more than `above`, one when there are `clearAt` or fewer again. */
export const Threshold = z
  .strictObject({
    above: z.number().int().min(1).max(1_000_000).describe('more than this many raise an alert'),
    clearAt: z
      .number()
      .int()
      .min(0)
      .optional()
      .describe('this many or fewer end it; default: a tenth below `above`, at least one below'),
    forMs: z
      .number()
      .int()
      .min(0)
      .max(3_600_000)
      .default(0)
      .describe('for so long without a break before it counts, ms; zones only'),
  })
  .refine(({ above, clearAt }) => clearAt === undefined || clearAt <= above, {
    path: ['clearAt'],
    error: 'must not be greater than above: the alert would end while there are too many',
  });
export type Threshold = z.infer<typeof Threshold>;

const ClockTime = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day like 04:00')
  .describe('time of day, site time');

const occupancyFields = {
  classes: Classes.optional().describe('classes counted; default: all that the lines count'),
  capacity: z.number().int().min(1).max(1_000_000).optional().describe('places there are'),
  threshold: Threshold.optional(),
  resetAt: ClockTime.optional().describe('daily: the count begins again; default: never'),
  resetTo: z.number().int().min(0).default(0).describe('what it begins with at resetAt'),
};

/** How many are inside, by the camera's own lines: `in` minus `out`. The area's id is the camera's. */
export const Occupancy = z.strictObject({
  lines: z.array(PartId).min(1).optional().describe('default: all lines of the camera'),
  ...occupancyFields,
});
export type Occupancy = z.infer<typeof Occupancy>;

/** One place with several gates, also of several cameras. */
export const Area = z.strictObject({
  id: PartId,
  name: z.string().max(200).optional(),
  gates: z
    .array(
      z.strictObject({
        camera: CameraId,
        line: PartId,
        reversed: z.boolean().default(false).describe('the line’s `out` leads into the area'),
      }),
    )
    .min(1, 'needs at least one gate { camera, line }')
    .max(200),
  ...occupancyFields,
});
export type Area = z.infer<typeof Area>;

/** Reports of traffic that are sent when their hour or day is over. */
export const ReportOrder = z.strictObject({
  every: z.enum(['hour', 'day']),
  cameras: z.array(CameraId).min(1).optional().describe('default: all that count'),
  to: z.array(PartId).min(1).max(50).describe('ids of recipients with an e-mail address'),
});
export type ReportOrder = z.infer<typeof ReportOrder>;

/** Speeds, km/h of a calibrated camera or lengths a second of another, below which traffic is no longer so. */
const limits = (dense: number, congested: number, standstill: number, unit: string) =>
  z
    .strictObject({
      dense: z.number().positive().default(dense),
      congested: z.number().positive().default(congested),
      standstill: z.number().positive().default(standstill),
    })
    .refine(({ dense: d, congested: c, standstill: s }) => d > c && c > s, {
      error: 'must fall: dense > congested > standstill',
    })
    .prefault({})
    .describe(unit);

/** Levels that are worth an alert. */
const AlertFrom = z.enum(['congested', 'standstill', 'never']);

export const Flow = z.strictObject({
  zone: PartId.optional().describe('the part of the road that is judged; default: the whole picture'),
  belowKmh: limits(30, 15, 5, 'mean speed below which traffic is dense, congested, standing; km/h'),
  belowLengths: limits(2, 0.8, 0.15, 'of a camera without calibration: own lengths a second'),
  vehicles: z
    .number()
    .min(1)
    .max(1000)
    .default(4)
    .describe('fewer vehicles in view on average are always free traffic'),
  minutes: z
    .number()
    .int()
    .min(1)
    .max(60)
    .default(3)
    .describe('so many minutes in a row before a level changes'),
  alert: AlertFrom.default('congested').describe('from this level on an alert is raised'),
});
export type Flow = z.infer<typeof Flow>;
