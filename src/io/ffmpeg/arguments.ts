import type { OpenOptions, SourceAddress } from '../../domain/frame-source.js';
import { fileUrl, inputOf, type SourceInput, VIDEO_FORMATS } from './source-input.js';

/** The command lines of ffmpeg and ffprobe (5.1 and newer), built without running anything. */

/**
 * A frame is taken when it is the first of its slot of 1/fps s. The slots begin this share of a slot before the
 * exact time: time stamps are rounded (Matroska: whole ms) and the clocks of live cameras jitter, and a frame a
 * little early must not fall into the slot before. Small for files, so that 25 frames/s at 5 gives 0, 5, 10 …
 */
export const SLOT_LEAD = { file: 0.07, folder: 0.07, device: 0.3, stream: 0.3 } satisfies Record<
  SourceAddress['kind'],
  number
>;

/** More pixels than this are refused by the decoder: 8192 x 8192. */
export const MAX_PIXELS = 8192 * 8192;

export function probeArguments(path: string): string[] {
  const entries = 'stream=codec_name,width,height,avg_frame_rate:format=duration';
  return [
    ...[
      '-hide_banner',
      '-loglevel',
      'error',
      '-protocol_whitelist',
      'file',
      '-format_whitelist',
      VIDEO_FORMATS,
    ],
    ...['-select_streams', 'V:0', '-show_entries', entries, '-of', 'json', fileUrl(path)],
  ];
}

/**
 * Reads the first video stream; writes the sampled frames to fd 1 as YUV4MPEG2 (its header says the size, each
 * frame begins with a marker) and one line for each source frame and each sampled frame to fd 3 (see marks.ts).
 */
export function readArguments(
  source: SourceAddress,
  options: Omit<OpenOptions, 'signal'>,
  input: SourceInput = inputOf(source, options),
): string[] {
  return [
    ...['-nostdin', '-hide_banner', '-nostats', '-loglevel', 'level+warning'],
    // One thread a camera: many cameras share the cores, and frame threads would hold frames back.
    ...['-threads', '1', '-max_pixels', String(MAX_PIXELS)],
    // A picture that changes its size must not start the filters anew: indexes and the size of the output stay.
    ...['-reinit_filter', '0'],
    ...input.args,
    ...[
      '-map',
      '0:V:0',
      '-an',
      '-sn',
      '-dn',
      '-filter_threads',
      '1',
      '-vf',
      filters(source.kind, options, input),
    ],
    // Every frame as it comes, none doubled, none left out, at once.
    ...['-pix_fmt', 'yuv420p', '-fps_mode', 'passthrough', '-enc_time_base', '1:1000000'],
    ...['-flush_packets', '1', '-f', 'yuv4mpegpipe', 'pipe:1'],
  ];
}

/**
 * Reads the first picture that can be decoded and writes it, in full size, to fd 1 as YUV4MPEG2; stderr tells what the
 * input is.
 */
export function probeStreamArguments(input: SourceInput): string[] {
  return [
    ...['-nostdin', '-hide_banner', '-nostats', '-loglevel', 'level+info'],
    ...['-threads', '1', '-max_pixels', String(MAX_PIXELS), ...input.args],
    ...['-map', '0:V:0', '-an', '-sn', '-dn', '-frames:v', '1', '-pix_fmt', 'yuv420p'],
    ...['-fps_mode', 'passthrough', '-f', 'yuv4mpegpipe', 'pipe:1'],
  ];
}

function filters(
  kind: SourceAddress['kind'],
  { fps, maxWidth, fromMs }: Omit<OpenOptions, 'signal'>,
  { originUs, fromSlot }: Pick<SourceInput, 'originUs' | 'fromSlot'>,
): string {
  const start = originUs === undefined ? 'start_t' : (originUs / 1e6).toFixed(6);
  const slot = (time: string) => `floor((${time}-${start})*${fps}+${SLOT_LEAD[kind]})`;
  const isFirstOfSlot = `not(eq(${slot('t')}\\,${slot('prev_t')}))`;
  const isLateEnough =
    (fromMs === undefined ? '' : `*gte(t-start_t\\,${(fromMs / 1000).toFixed(6)})`) +
    (fromSlot === undefined ? '' : `*gte(${slot('t')}\\,${fromSlot})`);
  const width = maxWidth - (maxWidth % 2);
  return [
    'settb=AVTB',
    mark('source'),
    `select=${isFirstOfSlot}${isLateEnough}`,
    mark('sampled'),
    `scale=w=min(iw\\,${width}):h=if(gt(iw\\,${width})\\,max(2\\,2*round(ih*${width}/iw/2))\\,ih)`,
  ].join(',');
}

function mark(name: 'source' | 'sampled'): string {
  return `metadata=mode=add:key=${name}:value=1,metadata=mode=print:key=${name}:direct=1:file='pipe\\:3'`;
}
