import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { PermanentError } from '../../../errors.js';
import { isNotRunnable, notRunnable } from '../../ffmpeg/binary.js';
import { fileUrl, VIDEO_FORMATS } from '../../ffmpeg/source-input.js';

/** One of the files that a stretch is made of. */
export interface Input {
  readonly path: string;
  /** Capture time of its pts 0, epoch ms. */
  readonly startAt: number;
  /** Only looked at, not shown. */
  readonly isAround?: boolean;
}

export interface ProbedInput extends Input {
  /** Where the concat demuxer takes the file to begin, µs of its own clock. */
  readonly startUs: number;
  readonly width: number;
  readonly height: number;
  readonly hasAudio: boolean;
}

/** Files joined on one clock: a script for ffmpeg's concat demuxer, and the capture time of that clock's 0. */
export interface Timeline {
  readonly script: string;
  /** µs since the epoch */
  readonly originUs: number;
}

/** A file is entered so much before the first picture wanted: key frames are looked up by decoding time. */
const SEEK_LEAD_US = 1_000_000;
/**
 * ffmpeg puts joined files at whole ticks of the first one's clock, often 1/10240 s: a picture may be half a tick beside its
 * capture time, and in another joining half a tick to the other side. Pictures are further apart than this, µs.
 */
export const SLACK_US = 100;
/** Nothing is won by skipping less. */
const LEAST_SKIP_US = 3_000_000;

/** A recording may go on a little while the next one has begun; ms. */
const OVERLAP_MS = 5000;

/** Those of the files that may have something between two capture times (epoch ms). */
export function inputsWithin<T extends Input>(inputs: readonly T[], from: number, to: number): T[] {
  return inputs.filter(
    ({ startAt }, i) => startAt < to && (inputs[i + 1]?.startAt ?? Infinity) > from - OVERLAP_MS,
  );
}

/**
 * Each file begins at its own capture time, whatever lies between it and the one before.
 * @param from nothing before is needed, epoch ms
 */
export function timelineOf(inputs: readonly ProbedInput[], from: number): Timeline {
  const [first] = inputs;
  if (!first) throw new RangeError('a timeline needs a file');
  const wantedUs = Math.floor((from - first.startAt) * 1000) - SEEK_LEAD_US;
  // Whole seconds are whole ticks of every clock.
  const seekUs =
    wantedUs - first.startUs >= LEAST_SKIP_US ? Math.floor(wantedUs / 1e6) * 1_000_000 : undefined;
  const begins = inputs.map(
    ({ startAt, startUs }, i) => startAt * 1000 + (i === 0 ? (seekUs ?? startUs) : startUs),
  );
  const entries = inputs.flatMap(({ path }, i) => {
    const next = begins[i + 1];
    return [
      `file '${quoted(path)}'`,
      ...(i === 0 && seekUs !== undefined ? [`inpoint ${seconds(seekUs)}`] : []),
      ...(next === undefined ? [] : [`duration ${seconds(next - begins[i]!)}`]),
    ];
  });
  return { script: ['ffconcat version 1.0', ...entries, ''].join('\n'), originUs: begins[0]! };
}

/** What must be known of a file before it is joined. @throws PermanentError naming a file that is no video. */
export async function probeInput(input: Input, signal: AbortSignal): Promise<ProbedInput> {
  const said = await ffprobe(
    [
      ...['-protocol_whitelist', 'file', '-format_whitelist', VIDEO_FORMATS],
      ...['-show_entries', 'format=start_time:stream=codec_type,width,height', '-of', 'json'],
      fileUrl(resolve(input.path)),
    ],
    signal,
  ).catch((error: unknown) => {
    signal.throwIfAborted();
    const { stderr } = error as { stderr?: string };
    if (stderr === undefined) throw error;
    throw new PermanentError(
      `${input.path} cannot be read as video (${stderr.trim().split('\n').at(-1) ?? ''})`,
    );
  });
  const { streams = [], format } = JSON.parse(said) as {
    streams?: { codec_type?: string; width?: number; height?: number }[];
    format?: { start_time?: string };
  };
  const video = streams.find(({ codec_type }) => codec_type === 'video');
  if (!video?.width || !video.height) throw new PermanentError(`${input.path} holds no video`);
  return {
    ...input,
    ...{ width: video.width, height: video.height },
    startUs: Math.round(Number(format?.start_time ?? 0) * 1e6) || 0,
    hasAudio: streams.some(({ codec_type }) => codec_type === 'audio'),
  };
}

/**
 * Capture times of the pictures in [from, to), µs after `from`, in order; nothing is decoded.
 * @param script file of the timeline's script
 */
export async function pictureTimes(
  script: string,
  { originUs }: Timeline,
  { from, to }: { from: number; to: number },
  signal: AbortSignal,
): Promise<number[]> {
  const end = Math.max(0, to * 1000 - originUs) / 1e6 + 2;
  const said = await ffprobe(
    [
      ...[
        '-protocol_whitelist',
        'file',
        '-f',
        'concat',
        '-safe',
        '0',
        '-read_intervals',
        `%${end.toFixed(6)}`,
      ],
      ...['-select_streams', 'V:0', '-show_entries', 'packet=pts_time', '-of', 'csv=p=0', script],
    ],
    signal,
  );
  return said
    .split('\n')
    .map((line) => Math.round(Number.parseFloat(line) * 1e6) + originUs - Math.round(from * 1000))
    .filter((us) => us >= -SLACK_US && us < Math.round((to - from) * 1000) - SLACK_US)
    .map((us) => Math.max(0, us))
    .sort((a, b) => a - b);
}

async function ffprobe(args: readonly string[], signal: AbortSignal): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('ffprobe', ['-hide_banner', '-v', 'error', ...args], {
      ...{ signal, maxBuffer: 2 ** 28 },
    });
    return stdout;
  } catch (error) {
    throw isNotRunnable(error) ? notRunnable('ffprobe', error) : error;
  }
}

/** ffmpeg's quoting: nothing is special between single quotes but the quote. */
function quoted(path: string): string {
  return resolve(path).replaceAll("'", String.raw`'\''`);
}

function seconds(us: number): string {
  return (us / 1e6).toFixed(6);
}
