import { z } from 'zod';

/** A camera's id: lower-case letters, digits and dashes; it becomes part of keys, folders and job ids. */
export const CameraId = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$/, 'must be 1-64 of a-z, 0-9 and "-", for example gate-1');
export type CameraId = z.infer<typeof CameraId>;

/** Alerts that are about no camera (a full disk, a dead worker) carry this in place of a camera's id. */
export const SYSTEM: CameraId = 'system';

/** The id of a line, zone or signal: unique within its camera. */
export const PartId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1-64 of letters, digits, "_" and "-"');
export type PartId = z.infer<typeof PartId>;
