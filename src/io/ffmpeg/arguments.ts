import type { OpenOptions, SourceAddress } from '../../domain/frame-source.js';
import { schemeOf, type StreamScheme } from '../../domain/source-address.js';

/** The command lines of ffmpeg and ffprobe (5.1 and newer), built without running anything. */

/**
 * Containers that hold video themselves. Playlists (hls, concat, sdp, dash …) are left out: a crafted one would
 * make ffmpeg open other files of this machine.
 */
const FILE_FORMATS = [
  ...[
    'mov',
    'matroska',
    'avi',
    'mpegts',
    'mpeg',
    'mpegvideo',
    'flv',
    'live_flv',
    'asf',
    'ogg',
    'mxf',
    'gif',
    'dv',
  ],
  ...[
    'h261',
    'h263',
    'h264',
    'hevc',
    'av1',
    'obu',
    'ivf',
    'm4v',
    'mjpeg',
    'mjpeg_2000',
    'vc1',
    'vc1test',
    'rm',
    'wtv',
  ],
  ...['nut', 'yuv4mpegpipe', 'dhav', 'kux'],
].join(',');

/** What a stream may open in turn: never a local file. */
const STREAM_PROTOCOLS: Record<StreamScheme, string> = {
  rtsp: 'rtsp,rtp,srtp,tcp,udp',
  rtsps: 'rtsp,rtp,srtp,tcp,udp,tls',
  rtmp: 'rtmp,tcp',
  rtmps: 'rtmps,tls,tcp',
  http: 'http,https,tcp,tls,crypto',
  https: 'http,https,tcp,tls,crypto',
  tcp: 'tcp',
  udp: 'udp',
  srt: 'srt,udp',
};

/** A stream that sends nothing for this long is given up. */
export const STREAM_TIMEOUT_MS = 10_000;

/**
 * A frame is taken when it is the first of its slot of 1/fps s. The slots begin this share of a slot before the
 * exact time: time stamps are rounded (Matroska: whole ms) and the clocks of live cameras jitter, and a frame a
 * little early must not fall into the slot before. Small for files, so that 25 frames/s at 5 gives 0, 5, 10 …
 */
const SLOT_LEAD = { file: 0.07, folder: 0.07, device: 0.3, stream: 0.3 } as const;

/** More pixels than this are refused by the decoder: 8192 x 8192. */
export const MAX_PIXELS = 8192 * 8192;

/** ffmpeg opens a plain path with `file:`, so that no name of a file can be taken for a protocol. */
function fileUrl(path: string): string {
  return `file:${path}`;
}

export function probeArguments(path: string): string[] {
  const entries = 'stream=codec_name,width,height:format=duration';
  return [
    ...[
      '-hide_banner',
      '-loglevel',
      'error',
      '-protocol_whitelist',
      'file',
      '-format_whitelist',
      FILE_FORMATS,
    ],
    ...['-select_streams', 'V:0', '-show_entries', entries, '-of', 'json', fileUrl(path)],
  ];
}

/**
 * Reads the first video stream; writes the sampled frames to fd 1 as YUV4MPEG2 (its header says the size, each
 * frame begins with a marker) and one line for each source frame and each sampled frame to fd 3 (see marks.ts).
 */
export function readArguments(source: SourceAddress, options: Omit<OpenOptions, 'signal'>): string[] {
  return [
    ...['-nostdin', '-hide_banner', '-nostats', '-loglevel', 'level+warning'],
    // One thread a camera: many cameras share the cores, and frame threads would hold frames back.
    ...['-threads', '1', '-max_pixels', String(MAX_PIXELS)],
    // A picture that changes its size must not start the filters anew: indexes and the size of the output stay.
    ...['-reinit_filter', '0'],
    ...inputArguments(source),
    ...['-map', '0:V:0', '-an', '-sn', '-dn', '-filter_threads', '1', '-vf', filters(source.kind, options)],
    // Every frame as it comes, none doubled, none left out, at once.
    ...['-pix_fmt', 'yuv420p', '-fps_mode', 'passthrough', '-enc_time_base', '1:1000000'],
    ...['-flush_packets', '1', '-f', 'yuv4mpegpipe', 'pipe:1'],
  ];
}

function inputArguments(source: SourceAddress): string[] {
  if (source.kind === 'file') {
    return ['-protocol_whitelist', 'file', '-format_whitelist', FILE_FORMATS, '-i', fileUrl(source.location)];
  }
  const scheme = schemeOf(source.location) as StreamScheme;
  const timeoutUs = String(STREAM_TIMEOUT_MS * 1000);
  // ffmpeg 5: `-timeout` is the socket timeout of RTSP (it was `-stimeout` in 4) and of UDP; the others take rw_timeout.
  const timeout = scheme.startsWith('rtsp')
    ? ['-rtsp_transport', 'tcp', '-timeout', timeoutUs]
    : [scheme === 'udp' ? '-timeout' : '-rw_timeout', timeoutUs];
  // By default ffmpeg studies MPEG-TS and FLV for 5 s and more before it gives the first frame.
  const study = ['-analyzeduration', '2000000'];
  return [...timeout, ...study, '-protocol_whitelist', STREAM_PROTOCOLS[scheme], '-i', source.location];
}

function filters(
  kind: SourceAddress['kind'],
  { fps, maxWidth, fromMs }: Omit<OpenOptions, 'signal'>,
): string {
  const slot = (time: string) => `floor((${time}-start_t)*${fps}+${SLOT_LEAD[kind]})`;
  const isFirstOfSlot = `not(eq(${slot('t')}\\,${slot('prev_t')}))`;
  const isLateEnough = fromMs === undefined ? '' : `*gte(t-start_t\\,${(fromMs / 1000).toFixed(6)})`;
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
