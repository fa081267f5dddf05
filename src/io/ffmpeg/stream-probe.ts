import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import sharp from 'sharp';
import type { OpenOptions, SourceAddress, StreamInfo } from '../../domain/frame-source.js';
import { SourceError } from '../../domain/frame-source.js';
import { schemeOf } from '../../domain/source-address.js';
import type { Picture } from '../../domain/picture.js';
import { messageOf } from '../../errors.js';
import { toI420 } from '../pictures/i420.js';
import { readPicture } from '../pictures/read-picture.js';
import { probeStreamArguments } from './arguments.js';
import { type FfmpegBinaries, isNotRunnable, notRunnable } from './binary.js';
import { readLines } from './child.js';
import { firstPicture } from './picture-folder.js';
import { fail, fileProblem, liveProblem } from './reasons.js';
import { readSnapshot } from './snapshot-source.js';
import { inputOf, type SourceInput, writeInput } from './source-input.js';
import { createWebClient } from './web-client.js';
import { contentOf } from './web-content.js';
import { webProblem } from './web-reasons.js';
import { createY4mReader } from './y4m.js';

const LONGEST_MS = 10_000;

type ProbeOptions = Pick<OpenOptions, 'transport' | 'signal'>;

/**
 * Connects once and waits for the first picture, 10 s at most.
 * @returns what the source sends; `picture` in full size
 * @throws SourceError saying what is wrong and what to do; the signal's reason when it was aborted; InputError when
 *   ffmpeg is missing.
 */
export async function probeSource(
  binaries: FfmpegBinaries,
  source: SourceAddress,
  { signal, ...options }: ProbeOptions,
): Promise<StreamInfo> {
  const timeout = AbortSignal.timeout(LONGEST_MS);
  const both = AbortSignal.any([signal, timeout]);
  try {
    return await probe(binaries.ffmpeg, source, { ...options, signal: both });
  } catch (error) {
    signal.throwIfAborted();
    if (!timeout.aborted || error instanceof SourceError) throw error;
    fail(
      'timeout',
      `${source.label} gave no picture within ${LONGEST_MS / 1000} s; check the network, and that the camera sends key frames often enough`,
    );
  }
}

async function probe(program: string, source: SourceAddress, options: ProbeOptions): Promise<StreamInfo> {
  if (source.kind === 'folder') return infoOf(await firstPicture(resolve(source.location)), 'images');
  if (/^https?$/.test(schemeOf(source.location) ?? '')) return probeWeb(program, source, options.signal);
  const address = source.kind === 'file' ? { ...source, location: resolve(source.location) } : source;
  return probeWithFfmpeg(program, address, inputOf(address, { ...options, needsRate: true }), options.signal);
}

async function probeWeb(program: string, source: SourceAddress, signal: AbortSignal): Promise<StreamInfo> {
  const client = createWebClient(source);
  try {
    const answer = await client.get(signal);
    const failed = new Promise<never>((_, reject) => {
      answer.on('error', (error) => reject(new SourceError(webProblem(source, error))));
    });
    failed.catch(() => undefined);
    const content = contentOf(source, answer);
    const reading =
      content.kind === 'picture'
        ? readSnapshot(source, answer).then((bytes) => snapshotInfo(source, bytes))
        : probeWithFfmpeg(program, source, content.input, signal);
    return await Promise.race([reading, failed]);
  } finally {
    client.close();
  }
}

async function snapshotInfo(source: SourceAddress, bytes: Buffer): Promise<StreamInfo> {
  try {
    const picture = await readPicture(bytes);
    const { format } = await sharp(bytes).metadata();
    return infoOf(picture, format === 'jpeg' ? 'mjpeg' : format);
  } catch (error) {
    fail(
      'unsupported',
      `${source.label} sends a picture that cannot be read (${messageOf(error)}); check the path`,
    );
  }
}

function infoOf(picture: Picture, codec: string): StreamInfo {
  return { codec, width: picture.width, height: picture.height, picture: toI420(picture) };
}

function probeWithFfmpeg(
  program: string,
  source: SourceAddress,
  input: SourceInput,
  signal: AbortSignal,
): Promise<StreamInfo> {
  const startedAt = Date.now();
  const child = spawn(program, probeStreamArguments(input), {
    stdio: [input.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    signal,
    killSignal: 'SIGKILL',
  });
  writeInput(child, input);
  let picture: Picture | undefined;
  const read = createY4mReader((first) => (picture ??= first));
  const lines: string[] = [];
  readLines(child.stderr as Readable, (line) => lines.push(line));
  return new Promise((done, failed) => {
    child.on('error', (error) => failed(isNotRunnable(error) ? notRunnable(program, error) : error));
    (child.stdout as Readable).on('data', (chunk: Buffer) => {
      try {
        read(chunk);
      } catch (error) {
        failed(new SourceError({ fault: 'failed', message: `${source.label}: ${messageOf(error)}` }));
        child.kill('SIGKILL');
      }
    });
    child.on('close', (code, exitSignal) => {
      if (picture)
        return done({ ...announced(lines), width: picture.width, height: picture.height, picture });
      const exit = {
        code: code === 0 ? 1 : code,
        signal: exitSignal,
        silentMs: Date.now() - startedAt,
        hadFrames: false,
      };
      const telling = lines.filter((line) => /\[(error|fatal|panic|warning)\]/.test(line));
      const problem = (source.kind === 'file' ? fileProblem : liveProblem)(source, telling, exit);
      failed(new SourceError(problem ?? { fault: 'no-video', message: `${source.label} holds no picture` }));
    });
  });
}

/**
 * What ffmpeg says of the input's video stream, for example
 * `Stream #0:0: Video: h264 (High), yuv420p(progressive), 768x576, 10 fps, 10 tbr, 90k tbn`.
 */
function announced(lines: readonly string[]): { codec: string; fps?: number } {
  const line = lines.find((text) => /Stream #0:\d+.*: Video: /.test(text)) ?? '';
  const codec = /: Video: (\w+)/.exec(line)?.[1] ?? 'unknown';
  const fps = Number(/, ([\d.]+) fps\b/.exec(line)?.[1]);
  return { codec, ...(fps > 0 ? { fps } : {}) };
}
