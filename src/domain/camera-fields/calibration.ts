import { z } from 'zod';
import { calibrationFault } from '../speed/calibration-fault.js';
import { Point } from './shapes.js';

/** A point of the picture whose place on the ground was measured. */
export const CalibrationPoint = z.strictObject({
  at: Point,
  ground: z.tuple([z.number(), z.number()]).describe('metres, on any flat map of the ground'),
});

/** A rectangle on the ground, for example a marked lane: corners in order around it, the first side `widthM` long. */
const GroundRectangle = z.strictObject({
  corners: z.tuple([Point, Point, Point, Point]).describe('around the rectangle, unit coordinates'),
  widthM: z.number().positive().max(10_000).describe('from the first corner to the second, metres'),
  lengthM: z.number().positive().max(10_000).describe('from the second corner to the third, metres'),
});

/** What turns places in the picture into places on the ground: four or more measured points, or a rectangle. */
export const Calibration = z
  .strictObject({
    points: z.array(CalibrationPoint).min(4, 'needs at least four points').max(200).optional(),
    rectangle: GroundRectangle.optional(),
  })
  .refine(({ points, rectangle }) => (points === undefined) !== (rectangle === undefined), {
    error: 'needs either points (at least four) or a rectangle',
    abort: true,
  })
  .superRefine((calibration, ctx) => {
    const fault = calibrationFault(calibration);
    if (fault) ctx.addIssue({ code: 'custom', ...fault });
  });
export type Calibration = z.infer<typeof Calibration>;
