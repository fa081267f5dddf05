import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { type OpenOptions, type SourceAddress, SourceError } from '../../domain/frame-source.js';
import { schemeOf, type StreamScheme } from '../../domain/source-address.js';

/** What ffmpeg and ffprobe are given to open a source. */
export interface SourceInput {
  /** Up to and including `-i`. */
  readonly args: readonly string[];
  /** To be written to its standard input, which is then closed; none: it needs no standard input. */
  readonly stdin?: string | Readable;
  /** The source begins in mid-stream: slots and times count from there, µs by its own clock. Default: its first frame. */
  readonly originUs?: number;
  /** With `originUs`: frames of earlier slots are decoded, as later ones need them, but not given out. */
  readonly fromSlot?: number;
}

/**
 * Containers that hold video themselves. Playlists (hls, concat, sdp, dash …) are left out: a crafted one would
 * make ffmpeg open other files of this machine.
 */
export const VIDEO_FORMATS = [
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
  ],
  ...['wtv', 'nut', 'yuv4mpegpipe', 'dhav', 'kux'],
].join(',');

/** What a stream that ffmpeg connects to may open in turn: never a local file. */
const STREAM_PROTOCOLS: Record<Exclude<StreamScheme, 'http' | 'https'>, string> = {
  rtsp: 'rtsp,rtp,srtp,tcp,udp',
  rtsps: 'rtsp,rtp,srtp,tcp,udp,tls',
  rtmp: 'rtmp,tcp',
  rtmps: 'rtmps,tls,tcp',
  tcp: 'tcp',
  udp: 'udp',
  srt: 'srt,udp',
};

/** The operating system's door to cameras that are plugged in. */
const DEVICE_FORMAT = 'v4l2';

/** By default ffmpeg studies MPEG-TS and FLV for 5 s and more before it gives the first frame. */
const STUDY_US = '2000000';

/**
 * A stream that sends nothing for this long is given up, ms. RTSP cameras send several packets a second, so that a
 * dead network shows soon; the others may be anything.
 */
export function streamTimeoutMs(source: SourceAddress): number {
  return schemeOf(source.location)?.startsWith('rtsp') === true ? 5000 : 10_000;
}

/**
 * How ffmpeg (5.1 and newer) opens a source. Addresses of streams hold passwords and everyone on a machine may read
 * everyone's command lines (`ps`): they go through standard input, as a script for the concat demuxer.
 * @param options `needsRate`: ffmpeg is to find out and say how many frames a second there are, which takes 1–2 s more
 * @throws Error for HTTP and folders: they are read by this process (see web-source.ts, picture-folder.ts).
 */
export function inputOf(
  source: SourceAddress,
  { transport = 'tcp', needsRate = false }: Pick<OpenOptions, 'transport'> & { needsRate?: boolean } = {},
): SourceInput {
  if (source.kind === 'file') {
    return {
      args: [
        '-protocol_whitelist',
        'file',
        '-format_whitelist',
        VIDEO_FORMATS,
        '-i',
        fileUrl(source.location),
      ],
    };
  }
  if (source.kind === 'device') return { args: ['-f', DEVICE_FORMAT, '-i', source.location] };
  const scheme = schemeOf(source.location);
  if (source.kind === 'folder' || !isConnectedByFfmpeg(scheme)) {
    throw new Error(`${source.label} is not opened by ffmpeg itself`);
  }
  const timeoutUs = String(streamTimeoutMs(source) * 1000);
  const isRtsp = scheme.startsWith('rtsp');
  // ffmpeg 5: `timeout` is the socket timeout of RTSP (it was `stimeout` in 4) and of UDP; the others take rw_timeout.
  const options = isRtsp
    ? // The rate of frames is of no use here, and waiting to learn it costs 1.5 s of each connection.
      { rtsp_transport: transport, timeout: timeoutUs, ...(needsRate ? {} : { fpsprobesize: '0' }) }
    : { [scheme === 'udp' ? 'timeout' : 'rw_timeout']: timeoutUs };
  return {
    args: [
      // The script's one entry has been studied when it was opened: packets are not to be studied again.
      ...['-analyzeduration', '0', '-fpsprobesize', '0'],
      ...['-protocol_whitelist', `pipe,${STREAM_PROTOCOLS[scheme]}`],
      ...['-format_whitelist', `concat,${isRtsp ? 'rtsp' : VIDEO_FORMATS}`],
      // Packets as the source sends them; `safe` would refuse every address with a protocol.
      ...['-f', 'concat', '-auto_convert', '0', '-safe', '0', '-i', 'pipe:0'],
    ],
    stdin: concatScript(source, { analyzeduration: STUDY_US, ...options }),
  };
}

/**
 * A stream whose bytes this process has received already.
 * @param format ffmpeg's name of the container; none: it finds out
 */
export function pipedInput(stdin: Readable, format?: 'mpjpeg'): SourceInput {
  const reading = format
    ? // Pictures in a multipart answer carry no time: it is the time they come. Nothing needs studying.
      ['-use_wallclock_as_timestamps', '1', '-fpsprobesize', '0', '-format_whitelist', format, '-f', format]
    : ['-format_whitelist', VIDEO_FORMATS];
  return {
    args: ['-analyzeduration', STUDY_US, '-protocol_whitelist', 'pipe', ...reading, '-i', 'pipe:0'],
    stdin,
  };
}

/** Gives a started ffmpeg what it reads from standard input; its end ends that, and the other way round. */
export function writeInput({ stdin }: ChildProcess, input: SourceInput): void {
  if (stdin === null || input.stdin === undefined) return;
  stdin.on('error', () => undefined); // ffmpeg has ended: its exit tells
  if (typeof input.stdin === 'string') {
    stdin.end(input.stdin);
    return;
  }
  const body = input.stdin;
  body.on('error', () => stdin.end());
  stdin.on('close', () => body.destroy());
  body.pipe(stdin);
}

function isConnectedByFfmpeg(scheme: string | undefined): scheme is keyof typeof STREAM_PROTOCOLS {
  return scheme !== undefined && Object.hasOwn(STREAM_PROTOCOLS, scheme);
}

/** ffmpeg opens a plain path with `file:`, so that no name of a file can be taken for a protocol. */
export function fileUrl(path: string): string {
  return `file:${path}`;
}

/** ffmpeg's quoting (ffmpeg-utils, "Quoting and escaping"): nothing is special between single quotes but the quote. */
function concatScript(source: SourceAddress, options: Record<string, string>): string {
  // eslint-disable-next-line no-control-regex -- a line feed would begin another directive
  if (/[\u0000-\u001f\u007f]/.test(source.location)) {
    throw new SourceError({
      fault: 'unsupported',
      message: `the address of ${source.label} holds a control character; write it on one line, special characters escaped (%0A)`,
    });
  }
  const lines = Object.entries(options).map(([name, value]) => `option ${name} ${value}`);
  return ['ffconcat version 1.0', `file '${source.location.replaceAll("'", "'\\''")}'`, ...lines, ''].join(
    '\n',
  );
}
