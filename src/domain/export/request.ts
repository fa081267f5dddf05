import { z } from 'zod';
import { CameraId } from '../ids.js';

export const ClipFormat = z.enum(['mp4', 'avi', 'mkv']);
export type ClipFormat = z.infer<typeof ClipFormat>;

/** Longest stretch that one export may have. */
export const LONGEST_EXPORT_MS = 24 * 3_600_000;

/** What somebody wants to have of a camera's recordings. Times are capture times, epoch ms; `to` is not included. */
export const ExportRequest = z.strictObject({
  cameraId: CameraId,
  from: z.number().int().positive(),
  to: z.number().int().positive(),
  format: ClipFormat.default('mp4'),
  watermark: z
    .boolean()
    .default(false)
    .describe('camera name, place and capture time drawn into the pictures'),
  overlay: z.boolean().default(false).describe('boxes, ids, zones, lines and counts drawn into the pictures'),
  blurFaces: z.boolean().default(false).describe('faces made unrecognisable'),
  evidence: z
    .boolean()
    .default(false)
    .describe('a package beside the clip: original recordings, manifest with every hash, signed'),
  gaps: z
    .enum(['skip', 'black'])
    .default('skip')
    .describe('where nothing was recorded: left out, or a black picture that says why'),
  partial: z.boolean().default(false).describe('also when parts of the stretch were not recorded'),
  reason: z.string().trim().min(1).max(500).optional().describe('why; kept with the evidence'),
});
export type ExportRequest = z.infer<typeof ExportRequest>;
