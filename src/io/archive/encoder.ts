import { execFile } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import ffmpeg from 'fluent-ffmpeg';
import { segmentPath } from '../../domain/segment-path.js';
import { messageOf, PermanentError } from '../../errors.js';
import type { RecordingEncoder } from '../../ports/recordings.js';
import { createRecordingFiles } from '../recordings/files.js';
import { encodeArguments, type EncodeHow, leftOutMs } from './encode-arguments.js';

/** Cameras go first. */
const NICENESS = 19;
/** Times are kept, to the tick of another clock. */
const TOLERANCE_MS = 2;
/** A picture that does not decode is an error, not something to be painted over. */
const STRICT = ['-nostdin', '-xerror', '-err_detect', 'explode'];

/**
 * Encodes recordings by ffmpeg, into a working folder.
 * @param workDir what is in it is made again when it is wanted again
 */
export function createRecordingEncoder(workDir: string): RecordingEncoder {
  // A working file lies where a recording would: what reads recordings reads it.
  const files = createRecordingFiles(workDir, 'work');
  const placeOf = (id: string): string => segmentPath(id.slice(0, id.lastIndexOf('-')), startOf(id));
  return {
    encode: async (id, path, how, signal) => {
      const place = placeOf(id);
      const made = files.localPath(place);
      await mkdir(dirname(made), { recursive: true });
      await encode(path, made, encodeArguments(how), signal);
      const found = await files.repair(place);
      if (!found) throw new PermanentError('encoding it made a file that holds nothing');
      compare(await picturesOf(path, signal), await picturesOf(made, signal), how);
      const decoded = await decode(made, signal);
      if (decoded === 0) throw new PermanentError('encoding it made a file without a picture');
      return { path: made, bytes: found.bytes, sha256: found.sha256, codec: found.codec };
    },
    remove: async (id) => {
      await files.remove(placeOf(id));
    },
  };
}

/** Of `segmentId`. */
function startOf(id: string): number {
  return Number(id.slice(id.lastIndexOf('-') + 1));
}

async function encode(
  source: string,
  target: string,
  options: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const command = ffmpeg(source, { niceness: NICENESS })
    .inputOptions(STRICT)
    .outputOptions([...options]);
  const stop = (): void => {
    command.kill('SIGKILL');
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    await new Promise<void>((done, fail) => {
      command
        .on('end', () => done())
        .on('error', (error: Error) => fail(error))
        .save(target);
    });
  } catch (error) {
    await rm(target, { force: true });
    signal.throwIfAborted();
    throw new PermanentError(`ffmpeg cannot encode it: ${messageOf(error)}`);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** The pictures of a file: how many, and the times of the first and the last, ms. */
interface Pictures {
  readonly count: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

/** @throws PermanentError when the copy does not show what the original shows */
function compare(original: Pictures, copy: Pictures, how: EncodeHow): void {
  if (how.fps === undefined && copy.count !== original.count)
    throw new PermanentError(
      `encoded anew it has ${copy.count} pictures, and the recording ${original.count}`,
    );
  const late = Math.max(
    Math.abs(copy.firstMs - original.firstMs),
    Math.abs(copy.lastMs - original.lastMs) - leftOutMs(how),
  );
  if (late > TOLERANCE_MS)
    throw new PermanentError(
      `encoded anew it is from ${copy.firstMs} to ${copy.lastMs} ms, and the recording from ${original.firstMs} to ${original.lastMs}`,
    );
}

/** Without decoding. */
async function picturesOf(path: string, signal: AbortSignal): Promise<Pictures> {
  const entries = ['-select_streams', 'v:0', '-show_entries', 'packet=pts_time', '-of', 'csv=p=0'];
  const text = await run('ffprobe', ['-v', 'error', ...entries, path], signal, 'its pictures cannot be read');
  const times = text
    .split('\n')
    .flatMap((line) => /^-?[\d.]+/.exec(line)?.[0] ?? [])
    .map((seconds) => Number(seconds) * 1000)
    .sort((a, b) => a - b);
  return { count: times.length, firstMs: times[0] ?? 0, lastMs: times.at(-1) ?? 0 };
}

/** @returns how many pictures. @throws PermanentError when one cannot be decoded */
async function decode(path: string, signal: AbortSignal): Promise<number> {
  const output = ['-map', '0:v:0', '-fps_mode', 'passthrough', '-f', 'null', '-progress', 'pipe:1', '-'];
  const text = await run(
    'ffmpeg',
    ['-v', 'error', ...STRICT, '-threads', '1', '-i', path, ...output],
    signal,
    'not every picture of it can be decoded',
  );
  return Number([...text.matchAll(/^frame=(\d+)$/gm)].at(-1)?.[1] ?? 0);
}

async function run(
  program: string,
  options: readonly string[],
  signal: AbortSignal,
  problem: string,
): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('nice', ['-n', String(NICENESS), program, ...options], {
      ...{ signal, maxBuffer: 1 << 26 },
    });
    return stdout;
  } catch (error) {
    signal.throwIfAborted();
    const { stderr = '' } = error as { stderr?: string };
    throw new PermanentError(`${problem}: ${stderr.trim().split('\n').at(-1) ?? ''}`);
  }
}
