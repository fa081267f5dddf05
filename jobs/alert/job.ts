import { z } from 'zod';
import { Severity } from '../../src/domain/alerting/config.js';
import { CameraId } from '../../src/domain/ids.js';
import { defineJob } from '../define.js';

export const alert = defineJob({
  name: 'alert',
  summary: 'open an incident, or add to the one that is open, and plan whom to tell; or end it',
  payload: z.strictObject({
    /** What it is about: the event's id, or an id of the caller's. The same id is the same alert. */
    id: z.string().regex(/^[A-Za-z0-9_.-]{1,150}$/, 'must be 1-150 of letters, digits, "_", "." and "-"'),
    cameraId: CameraId,
    kind: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be lower-case words with "-", for example intrusion'),
    /** What tells it from others of its kind at this camera, for example a zone. */
    subject: z
      .string()
      .regex(/^[A-Za-z0-9_.-]{1,100}$/, 'must be 1-100 of letters, digits, "_", "." and "-"')
      .optional(),
    severity: Severity.default('warning'),
    /** Capture time, epoch ms. */
    at: z.number().int().positive(),
    summary: z.string().min(1).max(300),
    eventId: z.string().max(200).optional(),
    snapshot: z.string().max(300).optional(),
    /** end: what the kind and subject are about is over. */
    phase: z.enum(['begin', 'end']).default('begin'),
    /** false: an incident of its own, however near to others; each such alert is about another thing. */
    cooldown: z.boolean().default(true),
  }),
  jobId: ({ id }) => `alert-${id}`,
  attempts: 10,
  concurrency: 8,
  example: {
    id: 'gate-1-1795251600000-intrusion-7',
    cameraId: 'gate-1',
    kind: 'intrusion',
    subject: 'yard',
    at: 1795251600000,
    summary: 'person in yard',
  },
});
