import { z } from 'zod';

/**
 * What was seen of one plate in one picture, before anything is known about how plates are written. Plain JSON: it is
 * kept, so that sights of one vehicle can be fused again.
 */
const CharRead = z.object({
  /** What this character may be, most likely first; the probabilities add up to at most 1. */
  options: z
    .array(z.object({ char: z.string().min(1).max(2), p: z.number().min(0).max(1) }))
    .min(1)
    .max(8),
});
export type CharRead = z.infer<typeof CharRead>;

/** The colour of the plate's ground, as seen. */
export const PlateGround = z.enum(['white', 'yellow', 'blue', 'red', 'unknown']);
export type PlateGround = z.infer<typeof PlateGround>;

/** A point in unit coordinates of the picture. */
const Corner = z.object({ x: z.number(), y: z.number() });

export const PlateSight = z.object({
  /**
   * Lines of text from top to bottom, each from left to right; never empty. A line holds letters, digits and also the
   * marks (`-`, `.`, space) where the recogniser saw them.
   */
  lines: z.array(z.array(CharRead).min(1)).min(1).max(3),
  /** Corners of the plate's text: top left, top right, bottom right, bottom left as the text is read. */
  corners: z.tuple([Corner, Corner, Corner, Corner]),
  /** Height of a character in the picture it was seen in, pixels. */
  charHeightPx: z.number().positive(),
  /** 0 (blurred beyond reading) .. 1 (crisp). */
  sharpness: z.number().min(0).max(1),
  ground: PlateGround,
  /** How plate-like the thing looked beside its text (inside a vehicle, a plate's ground and border), 0..1. */
  plausibility: z.number().min(0).max(1),
});
export type PlateSight = z.infer<typeof PlateSight>;
