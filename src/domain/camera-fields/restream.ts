import { z } from 'zod';

/** The processed stream of a camera, published to a media server. */
export const Restream = z.strictObject({
  url: z
    .string()
    .regex(/^(rtmps?|rtsps?):\/\/[^\s/]+\/.+/, 'must be rtmp(s)://host/… or rtsp(s)://host/…')
    .describe('where it is published; may hold a password, better as ${VARIABLE}'),
  fps: z.number().min(1).max(30).default(10),
  bitrateKbps: z.number().int().min(100).max(20_000).default(1500),
});
export type Restream = z.infer<typeof Restream>;
