import { z } from 'zod';

/** The processed stream of a camera, published to a media server. */
export const Restream = z.strictObject({
  url: z
    .string()
    .regex(/^(rtmps?|rtsps?):\/\/[^\s/]+\/\S+$/, 'must be rtmp(s)://host/… or rtsp(s)://host/…')
    .refine((url) => URL.canParse(url), 'is no valid URL: escape special characters (%40 for @)')
    .refine(
      (url) => !/^rtmps?:\/\/[^/]*@/.test(url),
      'names a user: servers take RTMP’s as part of the path or query (rtmp://host/app/key?user=…&pass=…)',
    )
    .refine(
      (url) => !/^rtmps?:\/\/[^/]+\/[^/?]*(\?.*)?$/.test(url),
      'names no stream: write rtmp://host/app/stream',
    )
    .describe('where it is published; may hold a password, better as ${VARIABLE}'),
  fps: z.number().min(1).max(30).default(10),
  bitrateKbps: z.number().int().min(100).max(20_000).default(1500),
});
export type Restream = z.infer<typeof Restream>;
