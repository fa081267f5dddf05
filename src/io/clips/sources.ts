import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { NotReadyError, PermanentError } from '../../errors.js';
import type { ObjectStore } from '../../ports/storage.js';
import type { RecordingFiles, RecordingIndex, Segment } from '../../ports.js';
import { hashFile } from './hash-file.js';
import { readRecording, type RecordingContents } from './recording-file.js';
import { runFfmpeg } from './run-ffmpeg.js';
import { PART_FLAGS } from './part-arguments.js';
import type { WorkFolder } from './work-folder.js';

/** Another machine may hand its recordings over, or the job may run there, ms. */
const ELSEWHERE_RETRY_MS = 60_000;

export interface SourceOptions {
  readonly recordings: Pick<RecordingIndex, 'get'>;
  readonly files: Pick<RecordingFiles, 'node' | 'localPath'>;
  readonly cold: ObjectStore;
}

export interface FetchOptions {
  readonly signal: AbortSignal;
  /** So many bytes more were read. */
  readonly onBytes: (count: number) => void;
}

/** A recording that a clip can be cut from, as a file of this machine. */
export interface Source {
  readonly segment: Segment;
  readonly contents: RecordingContents;
}

/** A recording that nothing can be cut from; the rest may still be exported. */
export class UnusableRecording extends PermanentError {
  constructor(
    readonly segmentId: string,
    /** For the list of gaps, without the name of a camera. */
    readonly what: string,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Finds the file of a recording, on this machine or in the cold store (downloaded into the working folder unless it is a
 * folder), and makes sure that its bytes are those that were recorded.
 * @returns `undefined` when nothing was recorded into it yet
 * @throws UnusableRecording when it is gone or damaged; NotReadyError when it is on another machine, or the cold store away
 */
export async function fetchSource(
  segmentId: string,
  from: SourceOptions,
  folder: WorkFolder,
  options: FetchOptions,
): Promise<Source | undefined> {
  for (let isSecond = false; ; isSecond = true) {
    const segment = await from.recordings.get(segmentId);
    if (!segment) throw gone(segmentId, segmentId);
    try {
      const path = await fileOf(segment, from, folder, options);
      const contents = (await readRecording(path)) ?? (await readOther(segment, path, folder, options));
      if (!contents && segment.state === 'closed') throw damaged(segment, 'holds no whole picture');
      return contents && { segment, contents };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      // It may have been moved to the cold store between the two; its row says so now.
      if (isSecond) throw gone(segmentId, segment.path, segment);
    }
  }
}

async function fileOf(
  segment: Segment,
  from: SourceOptions,
  folder: WorkFolder,
  options: FetchOptions,
): Promise<string> {
  const { tier, node, state, cold, path, sha256 } = segment;
  if (tier === 'hot' && node === from.files.node) {
    const file = from.files.localPath(path);
    // What is still being written grows on, and is cut after a crash: what is there now is kept.
    if (state === 'open') return folder.once(`${segment.id}.open.mp4`, (draft) => copyFile(file, draft));
    // A restored one is the cold store's copy.
    await verify(segment, file, [sha256, cold?.sha256], options);
    return file;
  }
  if (cold) return fetchCold(segment, cold, from.cold, folder, options);
  if (tier === 'cold') throw gone(segment.id, path, segment);
  throw new NotReadyError(
    `the recording ${path} is in the recordings folder "${node}" of another machine, this one's is "${from.files.node}"; ` +
      'run the export worker there, or set COLD_URL so that recordings are moved to a common place',
    ELSEWHERE_RETRY_MS,
  );
}

async function fetchCold(
  segment: Segment,
  copy: NonNullable<Segment['cold']>,
  store: ObjectStore,
  folder: WorkFolder,
  options: FetchOptions,
): Promise<string> {
  const local = store.localPath(copy.key);
  if (local !== undefined) {
    // A folder that is not mounted has lost nothing: the store knows.
    if (!(await store.stat(copy.key))) throw gone(segment.id, copy.key, segment);
    await verify(segment, local, [copy.sha256], options);
    return local;
  }
  return folder.once(`${segment.id}.cold.mp4`, async (draft) => {
    const stream = await store.read(copy.key, { signal: options.signal });
    if (!stream) throw gone(segment.id, copy.key, segment);
    const hash = createHash('sha256');
    const counted = async function* (pieces: AsyncIterable<Buffer>) {
      for await (const piece of pieces) {
        hash.update(piece);
        options.onBytes(piece.length);
        yield piece;
      }
    };
    await pipeline(stream, counted, createWriteStream(draft), { signal: options.signal });
    if (hash.digest('hex') !== copy.sha256) throw damaged(segment, NOT_THE_BYTES);
  });
}

const NOT_THE_BYTES = 'does not hold the bytes that were recorded (its SHA-256 is another)';

async function verify(
  segment: Segment,
  file: string,
  hashes: readonly (string | undefined)[],
  options: FetchOptions,
): Promise<void> {
  const { sha256 } = await hashFile(file, options);
  if (!hashes.includes(sha256)) throw damaged(segment, NOT_THE_BYTES);
}

/** One that was encoded anew, and is no fragmented MP4, becomes one. */
async function readOther(
  segment: Segment,
  path: string,
  folder: WorkFolder,
  { signal }: FetchOptions,
): Promise<RecordingContents | undefined> {
  if (segment.state === 'open') return undefined;
  try {
    const file = await folder.once(`${segment.id}.in.mp4`, (draft) =>
      runFfmpeg(
        { inputs: [['-i', path]], output: ['-map', '0:V:0', '-map', '0:a?', '-c', 'copy', ...PART_FLAGS] },
        draft,
        { signal },
      ),
    );
    return await readRecording(file);
  } catch (error) {
    if (signal.aborted || (error as NodeJS.ErrnoException).code !== undefined) throw error;
    return undefined;
  }
}

const REST = 'ask for a partial export (partial) to get the rest without it';

function gone(segmentId: string, path: string, segment?: Segment): UnusableRecording {
  const whose = segment ? ` of camera ${segment.cameraId} (from ${isoTime(segment)})` : '';
  return new UnusableRecording(
    segmentId,
    `the recording ${path} is gone`,
    `the recording ${path}${whose} is gone; ${REST}`,
  );
}

/** The error for a recording whose pictures cannot be used. */
export function damaged(segment: Segment, how: string): UnusableRecording {
  const { id, path, cameraId } = segment;
  return new UnusableRecording(
    id,
    `the recording ${path} is damaged`,
    `the recording ${path} of camera ${cameraId} (from ${isoTime(segment)}) is damaged: it ${how}; ${REST}`,
  );
}

function isoTime({ startAt }: Segment): string {
  return new Date(startAt).toISOString();
}

/** Copies what is needed of a recording, fragments `first` to `last`, as a file that begins there. */
export async function cutOut(
  { path, setupTo, fragments }: RecordingContents,
  [first, last]: readonly [number, number],
  target: string,
  signal: AbortSignal,
): Promise<void> {
  const ranges: (readonly [number, number])[] = [
    [0, setupTo],
    [fragments[first]!.from, fragments[last]!.to],
  ];
  const pieces = async function* () {
    for (const [start, end] of ranges) yield* createReadStream(path, { start, end: end - 1 });
  };
  await pipeline(pieces, createWriteStream(target), { signal });
}
