import type { SourceAddress, SourceFault, SourceProblem } from '../../domain/frame-source.js';
import { STREAM_TIMEOUT_MS } from './arguments.js';
import { redactUrls } from '../../domain/redact.js';

/** How an ffmpeg process ended. */
export interface Exit {
  /** A frame of the source was decoded. */
  readonly hadFrames: boolean;
  /** Time from its last frame (or its start) to its end, ms. */
  readonly silentMs: number;
  readonly code: number | null;
  readonly signal: string | null;
}

/** What ffmpeg's last words mean, most telling first. */
const MEANINGS: readonly (readonly [RegExp, SourceFault, string])[] = [
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

/** Why reading a stream ended, in one sentence without credentials. */
export function streamProblem(source: SourceAddress, lines: readonly string[], exit: Exit): SourceProblem {
  const words = lines.map((line) => plainLine(line, source));
  // Where frames came, the complaints about damaged ones are not why it ended.
  const meanings = MEANINGS.filter(([, fault]) => fault !== 'unsupported' || !exit.hadFrames);
  const worst = words.findLast((line) => meanings.some(([pattern]) => pattern.test(line)));
  const meaning = meanings.find(([pattern]) => worst !== undefined && pattern.test(worst));
  const isVague = !meaning || meaning[1] === 'unsupported';
  // Some protocols (RTSP, UDP, SRT) give a timeout other names.
  if (isVague && exit.code !== 0 && exit.signal === null && exit.silentMs >= STREAM_TIMEOUT_MS) {
    return {
      fault: 'timeout',
      message: `${source.label} sent nothing for ${STREAM_TIMEOUT_MS / 1000} s; check the network and that the camera is on`,
    };
  }
  if (meaning && worst !== undefined) {
    return { fault: meaning[1], message: `${source.label} ${meaning[2]} (ffmpeg: ${worst})` };
  }
  if (exit.signal !== null) return killed(source, exit.signal);
  if (exit.code === 0) return { fault: 'ended', message: `${source.label} ended the stream` };
  return {
    fault: 'failed',
    message: `${source.label} cannot be read (ffmpeg: ${words.at(-1) ?? `exit ${exit.code}`})`,
  };
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
    bare.replaceAll(`file:${source.location}: `, '').replaceAll(source.location, source.label),
  ).trim();
}

function isError(line: string): boolean {
  return /\[(error|fatal|panic)\]/.test(line);
}

function killed(source: SourceAddress, signal: string): SourceProblem {
  return { fault: 'killed', message: `ffmpeg was stopped by ${signal} while it read ${source.label}` };
}
