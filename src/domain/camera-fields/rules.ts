import { z } from 'zod';
import { PartId } from '../ids.js';
import { Rectangle } from './shapes.js';

export const Signal = z.union([
  z.strictObject({ id: PartId, lamp: Rectangle }),
  z.strictObject({ id: PartId, feed: z.literal('api') }),
]);
export const Rule = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('red-light'),
    line: PartId,
    signal: PartId,
    direction: z.enum(['in', 'out']),
    graceMs: z.number().min(0).default(300),
  }),
  z.strictObject({
    kind: z.literal('speed'),
    zone: PartId,
    limitKmh: z.number().positive(),
    toleranceKmh: z.number().min(0).default(5),
  }),
  z.strictObject({
    kind: z.literal('wrong-way'),
    zone: PartId,
    headingDeg: z.number().min(0).lt(360),
    toleranceDeg: z.number().gt(0).max(180).default(60),
  }),
  z.strictObject({ kind: z.literal('lane'), line: PartId }),
]);
export const Suspicious = z.strictObject({
  abandoned: z.strictObject({ afterMs: z.number().positive() }).optional(),
  crowd: z
    .strictObject({ zone: PartId, people: z.number().int().positive(), forMs: z.number().min(0) })
    .optional(),
  loitering: z.strictObject({ zone: PartId, afterMs: z.number().positive() }).optional(),
  fall: z.strictObject({ downMs: z.number().positive() }).optional(),
  faces: z.boolean().optional(),
});
