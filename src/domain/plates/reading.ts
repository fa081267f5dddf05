import { z } from 'zod';
import { PlateGround } from './sight.js';

/** A plate's text as one grammar (or none) understands it. */
export const PlateText = z.object({
  /** As people write it: `30A-339.18`, `29-B1 256.62`. Of an unrecognised one: as read. */
  text: z.string().min(1).max(32),
  /** For matching: capital letters and digits only, `30A33918`. */
  key: z.string().min(1).max(24),
  /** ISO 3166-1 alpha-2 of the grammar; absent: unrecognised. */
  country: z.string().length(2).optional(),
  /** Id of the form within the grammar, for example `car` or `diplomatic`. */
  format: z.string().optional(),
  /** Name of the place its code stands for. */
  province: z.string().optional(),
});
export type PlateText = z.infer<typeof PlateText>;

export const Verdict = z.enum(['accepted', 'needs-review', 'rejected']);
export type Verdict = z.infer<typeof Verdict>;

/** What the sights of one vehicle say together. */
export const PlateReading = PlateText.extend({
  ground: PlateGround,
  /** Lines of text on the plate. */
  lines: z.number().int().min(1).max(3),
  /** Calibrated probability that the whole text is right, 0..1. */
  p: z.number().min(0).max(1),
  verdict: Verdict,
  /** Why it is not accepted, for people; absent when it is. */
  reason: z.string().optional(),
  /** By character of `key`: the probability that it is right. */
  charP: z.array(z.number().min(0).max(1)),
  /** Other texts it may be, most likely first, with their probabilities; at most 4. */
  alternatives: z.array(PlateText.extend({ p: z.number().min(0).max(1) })).max(4),
  /** How many sights it rests on. */
  sights: z.number().int().positive(),
});
export type PlateReading = z.infer<typeof PlateReading>;
