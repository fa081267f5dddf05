import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { CameraId } from '../../src/domain/ids.js';
import { segmentId, segmentPath } from '../../src/domain/segment-path.js';
import { codecString, sampleEntry } from '../../src/io/mp4/codec-string.js';
import { boxAt, viewOf } from '../../src/io/mp4/boxes.js';
import { createRecordingFiles } from '../../src/io/recordings/files.js';
import { createRecordingIndex } from '../../src/io/sql/recording-index.js';
import type { Database } from '../../src/io/sql/schema.js';
import type { RecordingFiles, RecordingIndex, Segment } from '../../src/ports.js';
import { openTestSqlite } from './sqlite.js';

const run = promisify(execFile);

/** One recording: pictures that each show their own number, made by a real encoder. */
export interface RecordingSpec {
  readonly seconds: number;
  /** Capture time of its presentation time 0, epoch ms. Default: where the one before it ends. */
  readonly startAt?: number;
  /** How long it lasts by its row, s; default: as long as it does. */
  readonly rowSeconds?: number;
  /** Default 10. */
  readonly fps?: number;
  /** Pictures from one key frame to the next; default: a second. */
  readonly gop?: number;
  readonly codec?: 'h264' | 'hevc' | 'mjpeg' | 'mpeg4';
  /** Default 160x120. */
  readonly size?: readonly [number, number];
  /** Default 0. */
  readonly bFrames?: number;
  readonly openGop?: boolean;
  /** AAC, a tone. */
  readonly sound?: boolean;
  /** Default 16 000. */
  readonly soundHz?: number;
  /** More arguments of the encoder. */
  readonly encoder?: readonly string[];
  /** Default `closed`. */
  readonly state?: 'open' | 'closed';
  /** Default: this folder's. */
  readonly node?: string;
}

export interface TestRecordings {
  readonly folder: string;
  readonly database: Database;
  readonly index: RecordingIndex;
  readonly files: RecordingFiles;
  readonly segments: readonly Segment[];
  pathOf(segment: Segment): string;
  /** All pictures that a player finds in the recordings, with their capture times. */
  pictures(): Promise<readonly TakenPicture[]>;
  close(): Promise<void>;
}

export interface TakenPicture {
  /** 1.. over all recordings of a camera; `undefined`: the picture shows no number (black, for example). */
  readonly number: number | undefined;
  /** Capture time, epoch ms; of other files than recordings: the time in the file, ms. */
  readonly at: number;
}

export const FIRST_AT = Date.UTC(2026, 2, 3, 10, 0, 0);
export const NODE = 'this-node';

/** Recordings of a camera in a folder, with their rows in a SQLite database of their own. */
export async function makeRecordings(
  dataDir: string,
  specs: readonly RecordingSpec[],
  cameraId: CameraId = 'gate-1',
): Promise<TestRecordings> {
  const database = await openTestSqlite(dataDir);
  const index = createRecordingIndex(database);
  const folder = join(dataDir, 'recordings');
  const files = createRecordingFiles(folder, NODE);
  const segments: Segment[] = [];
  let nextAt = FIRST_AT;
  let number = 1;
  for (const spec of specs) {
    const startAt = spec.startAt ?? nextAt;
    const path = segmentPath(cameraId, startAt);
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await makeNumbered(file, number, spec);
    number += Math.round(spec.seconds * (spec.fps ?? 10));
    nextAt = startAt + (spec.rowSeconds ?? spec.seconds) * 1000;
    const segment = await rowOf(file, { cameraId, startAt, path, spec });
    await index.open(segment);
    segments.push(segment);
  }
  const pathOf = (segment: Segment): string => join(folder, segment.path);
  return {
    ...{ folder, database, index, files, segments, pathOf },
    pictures: async () => {
      const all = await Promise.all(
        segments.map(async (segment) =>
          (await picturesOf(pathOf(segment))).map(({ number: n, at }) => ({
            number: n,
            at: segment.startAt + at,
          })),
        ),
      );
      return all.flat();
    },
    close: () => database.close(),
  };
}

/** Encodes pictures that show `first`, `first + 1` … into fragmented MP4 as the recorder writes it. */
export async function makeNumbered(file: string, first: number, spec: RecordingSpec): Promise<void> {
  const { seconds, fps = 10, size = [160, 120], sound = false } = spec;
  const count = Math.round(seconds * fps);
  const child = spawn(
    'ffmpeg',
    [
      ...[
        '-v',
        'error',
        '-y',
        '-f',
        'rawvideo',
        '-pix_fmt',
        'gray',
        '-s',
        '4x4',
        '-r',
        String(fps),
        '-i',
        'pipe:0',
      ],
      ...(sound
        ? [
            '-f',
            'lavfi',
            '-i',
            `sine=frequency=440:sample_rate=${spec.soundHz ?? 16_000}:duration=${seconds}`,
          ]
        : []),
      ...['-map', '0:v', ...(sound ? ['-map', '1:a', '-c:a', 'aac', '-b:a', '32k'] : [])],
      ...['-vf', `scale=${size[0]}:${size[1]}:flags=neighbor,setsar=1`, ...encoderArguments(spec)],
      ...['-f', 'mp4', '-movflags', 'frag_keyframe+empty_moov+default_base_moof'],
      ...['-frag_duration', '1000000', file],
    ],
    { stdio: ['pipe', 'ignore', 'inherit'] },
  );
  child.stdin.end(Buffer.concat(Array.from({ length: count }, (_, i) => blocksOf(first + i))));
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`ffmpeg could not make ${file}`);
}

function encoderArguments(spec: RecordingSpec): string[] {
  const { fps = 10, gop = fps, codec = 'h264', bFrames = 0, openGop = false, encoder = [] } = spec;
  const keys = ['-g', String(gop), '-keyint_min', String(gop), '-bf', String(bFrames), '-sc_threshold', '0'];
  const common = [...(codec === 'mjpeg' ? [] : keys), '-threads', '1'];
  switch (codec) {
    case 'h264': {
      const open = ['-x264-params', `open-gop=${openGop ? 1 : 0}:b-adapt=0`];
      return [
        '-c:v',
        'libx264',
        '-preset',
        'ultrafast',
        '-pix_fmt',
        'yuv420p',
        ...common,
        ...open,
        ...encoder,
      ];
    }
    case 'hevc': {
      const params = `log-level=error:keyint=${gop}:min-keyint=${gop}:scenecut=0:bframes=${bFrames}:open-gop=${openGop ? 1 : 0}:pools=1`;
      const tag = ['-tag:v', 'hvc1', '-x265-params', params];
      return ['-c:v', 'libx265', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', ...tag, ...encoder];
    }
    case 'mjpeg':
      return ['-c:v', 'mjpeg', '-q:v', '4', '-pix_fmt', 'yuvj420p', ...common, ...encoder];
    case 'mpeg4':
      return ['-c:v', 'mpeg4', '-q:v', '4', '-pix_fmt', 'yuv420p', ...common, ...encoder];
  }
}

/** 4x4 blocks: the first is white, the last black, the 14 between are the bits of the number. */
function blocksOf(number: number): Buffer {
  const bits = Array.from({ length: 14 }, (_, bit) => ((number >> bit) & 1 ? 235 : 16));
  return Buffer.from([235, ...bits, 16]);
}

function numberOf(blocks: Buffer): number | undefined {
  const isWhite = [...blocks].map((level) => level > 128);
  if (isWhite[0] !== true || isWhite[15] !== false) return undefined;
  return isWhite.slice(1, 15).reduce((sum, bit, i) => sum + (bit ? 1 << i : 0), 0);
}

/** The numbers that the pictures of a file show, in the order they are shown. */
export async function framesOf(file: string, crop?: string): Promise<(number | undefined)[]> {
  return (await picturesOf(file, crop)).map(({ number }) => number);
}

/**
 * Decodes a file as a player does.
 * @param crop of ffmpeg's filter, where the picture has borders
 * @throws Error when the decoder complains about anything
 */
export async function picturesOf(file: string, crop?: string): Promise<TakenPicture[]> {
  const filters = [
    ...(crop === undefined ? [] : [`crop=${crop}`]),
    'showinfo',
    'scale=4:4:flags=area',
    'format=gray',
  ];
  const { stdout, stderr } = await run(
    'ffmpeg',
    [
      ...['-hide_banner', '-nostats', '-loglevel', 'level+info', '-threads', '1', '-copyts', '-i', file],
      ...['-map', '0:V:0', '-vf', filters.join(','), '-fps_mode', 'passthrough'],
      ...['-enc_time_base', '1:1000000', '-f', 'rawvideo', 'pipe:1'],
    ],
    { encoding: 'buffer', maxBuffer: 1 << 26 },
  );
  const lines = stderr.toString().split('\n');
  const complaint = lines.find(
    (line) =>
      /\[(warning|error|fatal)\]/.test(line) &&
      !/deprecated pixel format|EOI missing|Guessed Channel/.test(line),
  );
  if (complaint !== undefined) throw new Error(`${file} does not play cleanly: ${complaint}`);
  const times = lines.flatMap((line) => /Parsed_showinfo.* pts_time:(-?[\d.e+-]+)/.exec(line)?.[1] ?? []);
  return times.map((seconds, i) => ({
    number: numberOf(stdout.subarray(i * 16, i * 16 + 16)),
    at: Math.round(Number(seconds) * 1e6) / 1000,
  }));
}

async function rowOf(
  file: string,
  {
    cameraId,
    startAt,
    path,
    spec,
  }: { cameraId: CameraId; startAt: number; path: string; spec: RecordingSpec },
): Promise<Segment> {
  const bytes = await readFile(file);
  const state = spec.state ?? 'closed';
  const [width, height] = spec.size ?? [160, 120];
  return {
    ...{ id: segmentId(cameraId, startAt), cameraId, node: spec.node ?? NODE, path, startAt },
    ...{
      endAt: startAt + Math.round((spec.rowSeconds ?? spec.seconds) * 1000),
      bytes: bytes.length,
      codec: codecOf(bytes),
    },
    ...{ width, height, why: 'always', state, tier: 'hot', isProtected: false },
    ...(state === 'closed' && { sha256: createHash('sha256').update(bytes).digest('hex') }),
  };
}

function codecOf(bytes: Buffer): string {
  const view = viewOf(bytes);
  const stsd = boxAt(view, { from: 0, to: bytes.length }, 'moov', 'trak', 'mdia', 'minf', 'stbl', 'stsd');
  return codecString(view, sampleEntry(view, stsd));
}

/** Overwrites bytes in the middle of a file, as a failing disk does. */
export async function damage(file: string): Promise<void> {
  const bytes = await readFile(file);
  bytes.fill(0x5a, Math.floor(bytes.length / 2), Math.floor(bytes.length / 2) + 64);
  await writeFile(file, bytes);
}
