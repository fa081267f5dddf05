import {
  type SourceAddress,
  SourceError,
  type SourceFault,
  type SourceProblem,
} from '../../domain/frame-source.js';
import { redactUrls } from '../../domain/redact.js';
import { streamTimeoutMs } from './source-input.js';

/** How an ffmpeg process ended. */
export interface Exit {
  /** A frame of the source was decoded. */
  readonly hadFrames: boolean;
  /** Time from its last frame (or its start) to its end, ms. */
  readonly silentMs: number;
  readonly code: number | null;
  readonly signal: string | null;
}

type Meanings = readonly (readonly [RegExp, SourceFault, string])[];

/** What ffmpeg's last words about a stream mean, most telling first. */
const STREAM_MEANINGS: Meanings = [
  [
    /\b401\b|\b403\b|unauthorized|authorization failed|forbidden/i,
    'unauthorised',
    'refuses the user name or password; check the credentials in source',
  ],
  [/connection refused/i, 'refused', 'refuses connections; check host, port and that the camera is on'],
  [
    /timed out|connection timeout/i,
    'timeout',
    'did not answer in time; check the network and that the camera is on',
  ],
  [
    /no route to host|unreachable|failed to resolve|name or service not known|temporary failure in name/i,
    'unreachable',
    'cannot be reached; check the host name and the network',
  ],
  [/\b404\b|not found|server returned 4\d\d/i, 'missing', 'has no such stream; check the path in source'],
  [/server returned 5\d\d|5xx/i, 'failed', 'answers with an error of its own; check the camera'],
  [
    /matches no streams|decoder .*not found|invalid data found|unsupported|could not find codec|unknown codec|protocol not found|not on whitelist/i,
    'unsupported',
    'sends nothing that ffmpeg can decode as video; check the path and the codec (H.264, H.265, MJPEG …)',
  ],
  [/end of file|ends prematurely|broken pipe|connection reset/i, 'ended', 'closed the connection'],
];

/** What RTSP means by it: ffmpeg says so of the missing answer when the connection is reset instead of one. */
const RTSP_MEANINGS: Meanings = [
  [
    /^invalid data found/i,
    'ended',
    'closed the connection without an answer; check the network, and that the port is that of RTSP',
  ],
  ...STREAM_MEANINGS,
];

/** The same about a video device (V4L2). */
const DEVICE_MEANINGS: Meanings = [
  [
    /no such (file|device)/i,
    'missing',
    'is not there; check that the camera is plugged in and its number (v4l2-ctl --list-devices)',
  ],
  [
    /permission denied/i,
    'unreadable',
    'may not be opened; add the user to the group video (usermod -aG video <user>), or pass the device to the container',
  ],
  [/resource busy/i, 'refused', 'is in use by another program; end that one first'],
  [
    /not a video capture device|inappropriate ioctl|matches no streams|decoder .*not found|invalid (data|argument)/i,
    'unsupported',
    'is no camera that can be read; choose another number (v4l2-ctl --list-devices)',
  ],
];

/** Why reading a stream or a device ended, in one sentence without credentials. */
export function liveProblem(source: SourceAddress, lines: readonly string[], exit: Exit): SourceProblem {
  // The concat demuxer repeats the address, which may hold anything; what is wrong stands in the other lines.
  const words = lines
    .filter((line) => !line.includes('Impossible to open'))
    .map((line) => plainLine(line, source));
  const timeoutMs = streamTimeoutMs(source);
  const meant = meaningOf(source, words, exit);
  const isVague = !meant || meant.fault === 'unsupported' || (meant.fault === 'timeout' && exit.hadFrames);
  // Some protocols (RTSP, UDP, SRT) give a timeout other names.
  if (isVague && exit.signal === null && exit.silentMs >= timeoutMs && (exit.code !== 0 || exit.hadFrames)) {
    return {
      fault: 'timeout',
      message: `${source.label} sent nothing for ${Math.round(exit.silentMs / 1000)} s; check the network and that the camera is on`,
    };
  }
  if (meant) return meant;
  if (exit.signal !== null) return killed(source, exit.signal);
  if (exit.code === 0) return { fault: 'ended', message: `${source.label} ended the stream` };
  return {
    fault: 'failed',
    message: `${source.label} cannot be read (ffmpeg: ${words.at(-1) ?? `exit ${exit.code}`})`,
  };
}

function meaningOf(source: SourceAddress, words: readonly string[], exit: Exit): SourceProblem | undefined {
  // Where frames came, the complaints about damaged ones are not why it ended.
  const meanings = meaningsOf(source).filter(([, fault]) => fault !== 'unsupported' || !exit.hadFrames);
  for (const line of words.toReversed()) {
    // A host, a port or a path may hold 404 too.
    const said = line.replace(/\b[a-z]+:\/\/\S+|hostname \S+/gi, '');
    const meaning = meanings.find(([pattern]) => pattern.test(said));
    if (meaning) return { fault: meaning[1], message: `${source.label} ${meaning[2]} (ffmpeg: ${line})` };
  }
  return undefined;
}

function meaningsOf({ kind, location }: SourceAddress): Meanings {
  if (kind === 'device') return DEVICE_MEANINGS;
  return /^rtsps?:/i.test(location) ? RTSP_MEANINGS : STREAM_MEANINGS;
}

/** Why reading a file ended early; `undefined` when it was read to its end. */
export function fileProblem(
  source: SourceAddress,
  lines: readonly string[],
  exit: Exit,
): SourceProblem | undefined {
  if (exit.signal !== null) return killed(source, exit.signal);
  if (exit.code === 0) return undefined;
  const said = lines.findLast(isError) ?? lines.at(-1);
  const words = said === undefined ? `exit ${exit.code}` : plainLine(said, source);
  return {
    fault: 'unreadable',
    message: `${source.label} cannot be decoded (ffmpeg: ${words}); check that it plays, or convert it to H.264 in MP4`,
  };
}

/** Does this line of ffmpeg (with `-loglevel level+warning`) say that the content is broken? */
export function isDamage(line: string): boolean {
  return isError(line) || /\[warning\].*(corrupt|partial file|truncat)/i.test(line);
}

/** The line for people: without ffmpeg's addresses and levels, without the path, without credentials. */
export function plainLine(line: string, source: SourceAddress): string {
  const bare = line
    .replace(/\[[^\]]* @ 0x[0-9a-f]+\] /gi, '')
    .replace(/\[(fatal|error|warning|panic)\] /g, '');
  return redactUrls(
    bare
      .replaceAll(`file:${source.location}: `, '')
      .replaceAll('pipe:0: ', '')
      .replaceAll(source.location, source.label),
  ).trim();
}

function isError(line: string): boolean {
  return /\[(error|fatal|panic)\]/.test(line);
}

function killed(source: SourceAddress, signal: string): SourceProblem {
  return { fault: 'killed', message: `ffmpeg was stopped by ${signal} while it read ${source.label}` };
}

/** @throws SourceError always; the message says what is wrong and what to do. */
export function fail(fault: SourceFault, message: string): never {
  throw new SourceError({ fault, message });
}
