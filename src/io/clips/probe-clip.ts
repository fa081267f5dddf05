import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';

const run = promisify(execFile);

const Probe = z.object({
  streams: z.array(
    z.object({
      codec_type: z.string(),
      codec_name: z.string().default('unknown'),
      profile: z.string().default(''),
      pix_fmt: z.string().default(''),
      width: z.number().default(0),
      height: z.number().default(0),
      nb_frames: z.string().optional(),
      nb_read_packets: z.string().optional(),
      duration: z.string().optional(),
    }),
  ),
  format: z.object({ duration: z.string().optional() }).default({}),
});

export interface ProbedClip {
  readonly codec: string;
  readonly profile: string;
  readonly pixelFormat: string;
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  readonly durationMs: number;
  readonly audioCodec?: string;
}

/**
 * What ffprobe finds in a file.
 * @param count pictures are counted where the file has no index that says how many there are: all of it is read
 * @throws Error when it is no video
 */
export async function probeClip(path: string, signal: AbortSignal, count = false): Promise<ProbedClip> {
  const entries =
    'stream=codec_type,codec_name,profile,pix_fmt,width,height,nb_frames,nb_read_packets,duration:format=duration';
  const args = [
    '-v',
    'error',
    ...(count ? ['-count_packets'] : []),
    '-show_entries',
    entries,
    '-of',
    'json',
    path,
  ];
  const { stdout } = await run('ffprobe', args, { signal, maxBuffer: 1 << 22 });
  const { streams, format } = Probe.parse(JSON.parse(stdout));
  const pictures = streams.find(({ codec_type }) => codec_type === 'video');
  const sound = streams.find(({ codec_type }) => codec_type === 'audio');
  if (!pictures) throw new Error(`${path} holds no pictures`);
  const frames = count ? pictures.nb_read_packets : pictures.nb_frames;
  return {
    codec: pictures.codec_name,
    profile: pictures.profile,
    pixelFormat: pictures.pix_fmt,
    width: pictures.width,
    height: pictures.height,
    frames: Number(frames ?? 0),
    durationMs: Math.round(Number(format.duration ?? pictures.duration ?? 0) * 1000),
    ...(sound && { audioCodec: sound.codec_name }),
  };
}
