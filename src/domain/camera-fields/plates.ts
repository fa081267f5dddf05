import { z } from 'zod';
import { PartId } from '../ids.js';
import { seconds } from './shapes.js';

export const Plates = z.strictObject({
  enabled: z.boolean().default(true),
  view: z
    .enum(['auto', 'street', 'gate'])
    .default('auto')
    .describe(
      'street: plates are looked for on vehicles that are followed. gate: a barrier or car park seen from near, where vehicles fill the picture and are often not recognised: while something moves, plates are looked for in the whole picture. auto: on vehicles that are followed, and in the whole picture while something large moves that is none of them',
    ),
  classes: z
    .array(z.enum(['car', 'motorcycle', 'bus', 'truck']))
    .min(1)
    .default(['car', 'motorcycle', 'bus', 'truck'])
    .describe('vehicles whose plate is read; detect.classes must find them'),
  minVehiclePx: z
    .number()
    .int()
    .min(20)
    .max(4000)
    .default(120)
    .describe(
      'height of a vehicle in the analysed picture (see maxWidth) from which its plate is looked for, pixels; lower: more looks that show nothing',
    ),
  zones: z
    .array(PartId)
    .max(50)
    .default([])
    .describe('ids of zones of this camera; only vehicles that stand in one of them are read. Default: all'),
  everyMs: z
    .number()
    .int()
    .min(50)
    .max(60_000)
    .default(250)
    .describe(
      'capture time between two looks at one vehicle (gate: at the picture), at least, ms; lower: more sights to fuse',
    ),
  maxLooks: z
    .number()
    .int()
    .min(1)
    .max(100)
    .default(12)
    .describe(
      'looks at one vehicle at most; the passage is final when they are used up. gate: looks until one is taken every two seconds only, counted anew for each plate',
    ),
  passageWindowS: seconds(0, 86_400)
    .default(60)
    .describe('the same plate seen again by this camera within this time is the same passage, s'),
  lists: z.array(PartId).max(50).default([]).describe('lists its plates are checked against. Default: all'),
  alertUnknown: z
    .boolean()
    .default(false)
    .describe('a vehicle on no allow list raises an alert; lists may ask for that by themselves'),
});
