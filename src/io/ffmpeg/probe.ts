import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { FileInfo } from '../../domain/frame-source.js';
import { MAX_PIXELS, probeArguments } from './arguments.js';
import { type FfmpegBinaries, isNotRunnable, notRunnable } from './binary.js';
import { fail, plainLine } from './reasons.js';

const TIMEOUT_MS = 20_000;

const Probe = z.object({
  streams: z
    .array(
      z.object({
        codec_name: z.string().optional(),
        width: z.number().optional(),
        height: z.number().optional(),
        avg_frame_rate: z.string().optional(),
      }),
    )
    .default([]),
  format: z.object({ duration: z.string().optional() }).default({}),
});

/**
 * Looks at a video file: is it there, is it a video, how large and how long.
 * @param path absolute
 * @throws SourceError with one reason naming the file and the fix; InputError when ffprobe is missing.
 */
export async function inspectFile(
  binaries: FfmpegBinaries,
  path: string,
  signal: AbortSignal,
): Promise<FileInfo> {
  const fingerprint = await fingerprintOf(path);
  const { streams, format } = await probe(binaries, path, signal);
  const { codec_name: codec = 'unknown', width = 0, height = 0 } = streams[0] ?? {};
  if (!streams[0]) fail('no-video', `${path} holds no video, only sound or data; choose another file`);
  if (codec === 'unknown' || width < 1 || height < 1) {
    fail('unsupported', `${path} holds video of a kind ffmpeg cannot decode; convert it to H.264 in MP4`);
  }
  if (width * height > MAX_PIXELS || Math.max(width, height) > 16_384) {
    fail('too-large', `${path} is ${width}x${height} pixels, more than 8192x8192; scale it down first`);
  }
  const seconds = Number(format.duration);
  const fps = quotient(streams[0].avg_frame_rate);
  return {
    ...{ fingerprint, width, height },
    ...(seconds > 0 ? { durationMs: Math.round(seconds * 1000) } : {}),
    ...(fps > 0 && fps < Infinity ? { fps } : {}),
  };
}

/** ffprobe writes rates as `30000/1001`, and `0/0` where it knows none. */
function quotient(rate = '0/0'): number {
  const [frames, seconds] = rate.split('/').map(Number);
  return (frames ?? 0) / (seconds ?? 0);
}

async function fingerprintOf(path: string): Promise<string> {
  const about = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR')
      fail('missing', `${path} does not exist; check the path in source`);
    fail('unreadable', `${path} cannot be opened (${error.code}); check its permissions`);
  });
  if (about.isDirectory())
    fail(
      'unsupported',
      `${path} is a folder; name one video file, or end source with / to read the pictures in it`,
    );
  if (!about.isFile()) fail('unsupported', `${path} is no regular file; name one video file`);
  if (about.size === 0) fail('empty', `${path} is empty (0 bytes); copy or record it again`);
  return `${path}|${about.size}|${Math.round(about.mtimeMs)}`;
}

async function probe(
  binaries: FfmpegBinaries,
  path: string,
  signal: AbortSignal,
): Promise<z.infer<typeof Probe>> {
  try {
    const { stdout } = await promisify(execFile)(binaries.ffprobe, probeArguments(path), {
      signal,
      timeout: TIMEOUT_MS,
      killSignal: 'SIGKILL',
      maxBuffer: 1 << 20,
    });
    return Probe.parse(JSON.parse(stdout));
  } catch (error) {
    if (signal.aborted) throw error;
    if (isNotRunnable(error)) throw notRunnable(binaries.ffprobe, error);
    const { stderr = '', killed = false } = error as { stderr?: string; killed?: boolean };
    if (killed)
      fail('timeout', `${path} could not be examined within ${TIMEOUT_MS / 1000} s; check the disk it is on`);
    if (/permission denied/i.test(stderr))
      fail('unreadable', `${path} cannot be opened (EACCES); check its permissions`);
    const address = { kind: 'file', location: path, label: path } as const;
    const words = plainLine(tellingLine(stderr), address);
    fail(
      'unreadable',
      `${path} is no video that ffmpeg can read (ffmpeg: ${words}); check that it plays, or copy it again`,
    );
  }
}

/** ffprobe ends with its verdict on the whole file; the line before it, if there is one, says what is wrong. */
function tellingLine(stderr: string): string {
  const lines = stderr.trim().split('\n');
  return lines.findLast((line) => !line.includes('Invalid data found')) ?? lines.at(-1) ?? '';
}
