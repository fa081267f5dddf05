import { z } from 'zod';
import { CameraId, PartId } from '../ids.js';
import { CongestionLevel } from './minute.js';

export const Granularity = z.enum(['quarter', 'hour', 'day']);
export type Granularity = z.infer<typeof Granularity>;

const count = z.number().int().nonnegative();

/** Speeds of those whose speed is known, km/h. `unknown`: how many had none. */
const Speeds = z.object({
  known: count,
  unknown: count,
  mean: z.number().optional(),
  /** The speed that 85 of 100 do not exceed. */
  p85: z.number().optional(),
  /** How many by 10 km/h: [0, 10), [10, 20) … */
  histogram: z.array(count),
});

/**
 * What a reader must know about a report: speeds were asked of a camera that is not calibrated; its file does not ask
 * for congestion to be judged (every level is `free`); part of the window was not watched; the window was not over yet.
 */
export const FlowNote = z.enum(['not-calibrated', 'not-judged', 'not-watched', 'unfinished']);
export type FlowNote = z.infer<typeof FlowNote>;

/** What one camera saw of traffic in one window [from, to). */
export const FlowReport = z.object({
  cameraId: CameraId,
  granularity: Granularity,
  /** Epoch ms; local hours and days of the site, so a day has 23 to 25 hours. */
  from: z.number().int(),
  to: z.number().int(),
  computedAt: z.number().int(),
  /** Crossings it was computed from: more of them later mean late data. */
  crossings: count,
  lines: z.array(
    z.object({
      line: PartId,
      direction: z.enum(['in', 'out']),
      /** What the camera file calls the direction. */
      name: z.string().optional(),
      total: count,
      byClass: z.record(z.string(), count),
      speed: Speeds,
      /** Time between one vehicle and the next, s: half are shorter; and the mean. Absent with fewer than two. */
      headwayS: z.object({ median: z.number(), mean: z.number() }).optional(),
    }),
  ),
  byClass: z.record(z.string(), count),
  speed: Speeds,
  /** Trips from one line to the next of one track. */
  trips: z.array(
    z.object({
      from: PartId,
      fromDirection: z.enum(['in', 'out']),
      to: PartId,
      toDirection: z.enum(['in', 'out']),
      total: count,
      byClass: z.record(z.string(), count),
    }),
  ),
  /** Things in view on average and at most (by minute), by class; vehicles together as `vehicles`. */
  density: z.record(z.string(), z.object({ mean: z.number(), most: z.number() })),
  congestion: z.object({
    /** The worst level of the window, and minutes spent in each. */
    worst: CongestionLevel,
    minutes: z.record(CongestionLevel, z.number()),
  }),
  /** By hour (of a day) or by quarter (of an hour): start, crossings by class, mean speed, minutes at each level. */
  series: z.array(
    z.object({
      at: z.number().int(),
      byClass: z.record(z.string(), count),
      in: count,
      out: count,
      meanKmh: z.number().optional(),
      minutes: z.record(CongestionLevel, z.number()).optional(),
    }),
  ),
  /** The same window of weeks before, newest first, as far as there are reports of it. */
  before: z.array(z.object({ from: z.number().int(), crossings: count, meanKmh: z.number().optional() })),
  /** How much of the window was watched, 0..1: what nobody looked at was not counted. */
  watched: z.number().min(0).max(1),
  notes: z.array(FlowNote).default([]),
});
export type FlowReport = z.infer<typeof FlowReport>;
