import { z } from 'zod';
import { polygonProblem } from '../polygon.js';
import { parseSchedule } from '../schedule.js';

/** What several fields of a camera are made of. Unit coordinates: 0..1 of the picture, origin top left, y down. */
const unit = z
  .number()
  .min(0, 'must be in 0..1 (a fraction of the picture)')
  .max(1, 'must be in 0..1 (a fraction of the picture)');
export const Point = z.tuple([unit, unit]).describe('[x, y] in 0..1, origin top left, y down');
export const Polygon = z
  .array(Point)
  .min(3, 'needs at least 3 points [x, y]')
  .max(100)
  .superRefine((points, ctx) => {
    const problem = polygonProblem(points);
    if (problem !== undefined) ctx.addIssue({ code: 'custom', message: problem });
  })
  .describe('at least three points, in order around it, unit coordinates');
export const Rectangle = z.tuple([unit, unit, unit, unit]).describe('[x, y, width, height] in 0..1');
export const Classes = z.array(z.string().min(1)).min(1, 'names at least one class, for example [person]');
export const Schedule = z.string().superRefine((text, ctx) => {
  const parsed = parseSchedule(text);
  if ('error' in parsed) ctx.addIssue({ code: 'custom', message: parsed.error });
});
export const seconds = (min: number, max: number) => z.number().min(min).max(max);
export const TimeZone = z.string().refine(isTimeZone, 'is no time zone; for example Asia/Ho_Chi_Minh');

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
