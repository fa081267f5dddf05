import { z } from 'zod';
import { CameraId } from '../../src/domain/ids.js';
import { defineJob } from '../define.js';

export const alert = defineJob({
  name: 'alert',
  summary: 'decide whether people are told (cooldown per camera and kind) and whom',
  payload: z.strictObject({
    /** What it is about: the event's id, or an id of the caller's. The same id is the same alert. */
    id: z.string().regex(/^[A-Za-z0-9_.-]{1,150}$/, 'must be 1-150 of letters, digits, "_", "." and "-"'),
    cameraId: CameraId,
    kind: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be lower-case words with "-", for example intrusion'),
    severity: z.enum(['info', 'warning', 'critical']).default('warning'),
    /** Capture time, epoch ms. */
    at: z.number().int().positive(),
    summary: z.string().min(1).max(300),
    eventId: z.string().max(200).optional(),
    snapshot: z.string().max(300).optional(),
    /** false: told even when people have just been told of this kind; each such alert is about another thing. */
    cooldown: z.boolean().default(true),
  }),
  jobId: ({ id }) => `alert-${id}`,
  attempts: 10,
  example: {
    id: 'gate-1-1795251600000-intrusion-7',
    cameraId: 'gate-1',
    kind: 'intrusion',
    at: 1795251600000,
    summary: 'person in yard',
  },
});
