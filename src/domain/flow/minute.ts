import { z } from 'zod';

/** How traffic flows; each is worse than the one before. */
export const CongestionLevel = z.enum(['free', 'dense', 'congested', 'standstill']);
export type CongestionLevel = z.infer<typeof CongestionLevel>;

/** What was seen of one minute of one camera, summed so that minutes can be added up. */
export const FlowMinute = z.object({
  /** How long of the minute the camera was looked through, ms. */
  watchedMs: z.number().nonnegative(),
  /** By class: time in view, of all things together, ms. Divided by `watchedMs`: how many were in view on average. */
  presentMs: z.record(z.string(), z.number().nonnegative()),
  /** Of vehicles: time in view standing, ms. */
  standingMs: z.number().nonnegative(),
  /** Of vehicles: way covered, in their own lengths (the square root of the box's area; about 2 m of a car). */
  lengths: z.number().nonnegative(),
  /** Of vehicles whose speed is known: way covered, metres, and the time they took for it, ms. */
  metres: z.number().nonnegative(),
  measuredMs: z.number().nonnegative(),
  /** As of the end of the minute. */
  level: CongestionLevel,
});
export type FlowMinute = z.infer<typeof FlowMinute>;
