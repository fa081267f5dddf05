import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Fragment, FragmentSink, FragmentStream } from '../../../src/domain/fragment.js';
import type { FrameSource, SourceFrame } from '../../../src/domain/frame-source.js';
import type { SourceInput } from '../../../src/io/ffmpeg/source-input.js';
import { makeClip, type makeFolder } from './media.js';

/** Frame n of these clips, of 10 frames/s, has luma 16 + n (limited range) in every pixel; a key frame every 2 s. */
export const FRAMES = 120;
export const GROUP = 20;
const COUNTING = `color=size=64x48:rate=10:duration=${FRAMES / 10},format=yuv420p,geq=lum=16+N:cb=128:cr=128`;
const GROUPS = ['-g', '20', '-keyint_min', '20', '-sc_threshold', '0'];
const X264 = ['-c:v', 'libx264', '-preset', 'veryfast', ...GROUPS];
const X265 = ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params'];

export const CODECS = {
  h264: [...X264, '-bf', '0'],
  'h264 with B-frames': [...X264, '-bf', '2'],
  'h264 with open groups': [...X264, '-bf', '2', '-x264-params', 'open-gop=1'],
  h265: [...X265, 'log-level=error:keyint=20:min-keyint=20:no-open-gop=1'],
  'h265 with open groups': [...X265, 'log-level=error:keyint=20:min-keyint=20:open-gop=1'],
  mjpeg: ['-c:v', 'mjpeg', '-q:v', '2', '-pix_fmt', 'yuvj420p'],
  ffv1: ['-c:v', 'ffv1'],
};
export type Codec = keyof typeof CODECS;

/** Makes each clip once. */
export function createClips(
  folder: Awaited<ReturnType<typeof makeFolder>>,
): (codec: Codec) => Promise<string> {
  const made = new Map<Codec, Promise<string>>();
  return (codec) => {
    const making =
      made.get(codec) ??
      makeClip(folder.path(`${codec.replaceAll(' ', '-')}.mkv`), COUNTING, ...CODECS[codec]);
    made.set(codec, making);
    return making;
  };
}

/** A file that comes like a live stream, but so many times faster. */
export function livelike(file: string, speed = 100): SourceInput {
  return { args: ['-readrate', String(speed), '-i', file] };
}

export const streamOf = (file: string) => ({ kind: 'stream', location: file, label: 'the camera' }) as const;

export async function framesOf(
  source: FrameSource,
  seen: (frame: SourceFrame, count: number) => void = () => undefined,
): Promise<SourceFrame[]> {
  const frames: SourceFrame[] = [];
  for (let next = await source.next(); next; next = await source.next()) {
    frames.push(next);
    seen(next, frames.length);
  }
  return frames;
}

export interface Recorded extends FragmentSink {
  readonly streams: FragmentStream[];
  readonly fragments: Fragment[];
}

export function recorded(): Recorded {
  const streams: FragmentStream[] = [];
  const fragments: Fragment[] = [];
  return { streams, fragments, begin: (one) => streams.push(one), take: (one) => fragments.push(one) };
}

/** What ffprobe says of a file, decoding all of it. */
export async function probed(
  file: string,
): Promise<{ frames: number; codec: string; startS: number; errors: string }> {
  const entries = 'stream=codec_name,nb_read_frames,start_time';
  const { stdout, stderr } = await promisify(execFile)('ffprobe', [
    ...[
      '-v',
      'error',
      '-count_frames',
      '-select_streams',
      'V:0',
      '-show_entries',
      entries,
      '-of',
      'json',
      file,
    ],
  ]);
  const { streams } = JSON.parse(stdout) as { streams: Record<string, string>[] };
  const about = streams[0] ?? {};
  return {
    frames: Number(about['nb_read_frames']),
    codec: about['codec_name'] ?? '',
    startS: Number(about['start_time']),
    errors: stderr,
  };
}
