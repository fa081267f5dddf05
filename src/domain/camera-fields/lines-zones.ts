import { z } from 'zod';
import { PartId } from '../ids.js';
import { Threshold } from './counting.js';
import { Classes, Point, Polygon, Schedule } from './shapes.js';

export const Line = z
  .strictObject({
    id: PartId,
    from: Point,
    to: Point,
    classes: Classes.optional().describe('classes counted; default: all that are detected'),
    names: z
      .strictObject({ in: z.string(), out: z.string() })
      .optional()
      .describe('what to call the two directions'),
  })
  .refine((line) => Math.hypot(line.to[0] - line.from[0], line.to[1] - line.from[1]) > 1e-3, {
    error: 'has no length: from and to are the same point',
  });
export type Line = z.infer<typeof Line>;

/** Whether two lines lie between the same points, in either order, and one class at least would be counted by both. */
export function haveSameEnds(a: Line, b: Line): boolean {
  const same = (p: Line['from'], q: Line['from']): boolean => p[0] === q[0] && p[1] === q[1];
  const isSame = (same(a.from, b.from) && same(a.to, b.to)) || (same(a.from, b.to) && same(a.to, b.from));
  return isSame && (!a.classes || !b.classes || a.classes.some((one) => b.classes?.includes(one) === true));
}

const zoneFields = {
  id: PartId,
  polygon: Polygon,
  kind: z
    .enum(['watch', 'restricted', 'include', 'ignore'])
    .default('watch')
    .describe(
      'restricted: entering raises an alert; watch: events only; ignore: objects standing here are not tracked',
    ),
  classes: Classes.optional(),
  minDwellMs: z
    .number()
    .int()
    .min(0)
    .max(86_400_000)
    .default(500)
    .describe('time inside before it counts as entered, ms'),
  threshold: Threshold.optional().describe('of things in the zone at once'),
  schedule: Schedule.optional().describe('when the zone is armed, site time: "mon-fri 19:00-06:00; sat,sun"'),
};

export const Zone = z
  .strictObject(zoneFields)
  .refine(({ kind, threshold }) => threshold === undefined || kind === 'watch' || kind === 'restricted', {
    path: ['threshold'],
    error: 'needs a zone of kind watch or restricted: in others nobody is counted',
  });
export type Zone = z.infer<typeof Zone>;
