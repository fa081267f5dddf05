import { z } from 'zod';
import { Line } from '../../domain/camera-fields/lines-zones.js';

/**
 * The name of a source: it becomes the name of its files. Letters of every language, digits, ".", "_" and "-"; a number
 * is taken as its digits.
 */
export const SourceId = z.preprocess(
  (value) => (typeof value === 'number' ? String(value) : value),
  z
    .string('must be a text, for example "gate-1"')
    .regex(
      /^[\p{L}\p{N}]([\p{L}\p{N}._-]{0,62}[\p{L}\p{N}_-])?$/u,
      'must be 1-64 letters, digits, ".", "_" or "-", for example gate-1',
    )
    .refine((id) => id.toLowerCase() !== 'total', 'is the name of the file of all sources; choose another'),
);

/** A source that can be counted: everything about it was checked. Travels to the worker as JSON. */
export const SourceSpec = z.strictObject({
  id: SourceId,
  /** Address or path as it was given; it may hold credentials: never show it, see `redactUrls`. */
  source: z.string().min(1),
  /** A file (or folder of pictures) ends; everything else is live. */
  kind: z.enum(['file', 'live']),
  alias: z.string().optional(),
  location: z.string().optional(),
  threshold: z.number().int().positive().optional(),
  lines: z.array(Line).min(1),
  classes: z.array(z.string()).min(1),
  fps: z.number().positive(),
});
export type SourceSpec = z.infer<typeof SourceSpec>;

/** A source that cannot be counted, and why: it fails with that while the others go on. */
export interface RefusedSource extends Pick<SourceSpec, 'id' | 'source' | 'kind' | 'alias' | 'location'> {
  readonly refused: string;
}
export type PlannedSource = SourceSpec | RefusedSource;

export function isRefused(source: PlannedSource): source is RefusedSource {
  return 'refused' in source;
}
