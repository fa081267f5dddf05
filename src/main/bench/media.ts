import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createClipMaker } from '../../io/clips/clip-maker.js';
import { encoderArguments, encodingForAll } from '../../io/clips/encode-arguments.js';
import { createRecordingFiles } from '../../io/recordings/files.js';
import { openDatabase } from '../../io/sql/open.js';
import { createRecordingIndex } from '../../io/sql/recording-index.js';
import { createFolderStore } from '../../io/storage/folder-store.js';
import { noStorage } from '../../io/storage/open-storage.js';
import type { ClipMaker, ClipOrder } from '../../ports/clips.js';
import type { Detectors } from '../../ports.js';
import { loadConfig } from '../installation.js';
import { type Figure, median } from './figure.js';
import type { BenchContext } from './parts.js';
import { orderOf, recordMinutes } from './recorded.js';

const run = promisify(execFile);
const ROUNDS = 3;
const NODE = 'bench';
/** Of the archive: recordings of a minute of 1.3 Mbit/s. */
const FILES = { count: 50, bytes: 10 * 1024 ** 2 };

const X264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p', '-bf', '0', '-g', '20'];

/** Export by copying, with a watermark and with an overlay. */
export async function measureExport({ footage, signal }: BenchContext): Promise<Figure[]> {
  return withRecordings(async (folder, maker, record) => {
    const encode = ['-stream_loop', '-1', '-i', footage.sample, ...X264, '-b:v', '2M'];
    const street = await record({ cameraId: 'street', minutes: 10, size: [768, 576], encode }, signal);
    const looks = await measureLooks(maker, street.slice(0, 1), folder, signal);
    return [...(await measureCopy(maker, street, signal)), ...looks];
  });
}

/** Copying to cold storage. */
export async function measureArchive({ signal }: BenchContext): Promise<Figure[]> {
  return withRecordings((folder) => measureCold(folder, signal));
}

/** The memory of a day's export: minutes of work. */
export async function measureDayOfExport({ footage, signal }: BenchContext): Promise<Figure[]> {
  return withRecordings(async (_folder, maker, record) => {
    const input = ['-stream_loop', '-1', '-i', footage.sample, '-vf', 'scale=160:120'];
    const encode = [...input, ...X264, '-b:v', '30k'];
    const small = await record({ cameraId: 'day', minutes: 1440, size: [160, 120], encode }, signal);
    return measureDay(maker, small, signal);
  });
}

type Record = (about: Parameters<typeof recordMinutes>[1], signal: AbortSignal) => Promise<Segments>;

async function withRecordings(
  work: (folder: string, maker: ClipMaker, record: Record) => Promise<Figure[]>,
): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'camqueue-bench-media-'));
  const database = await openDatabase({ dataDir: folder });
  try {
    const index = createRecordingIndex(database);
    const to = { folder: join(folder, 'recordings'), node: NODE, index };
    await mkdir(to.folder);
    return await work(folder, makerOf(folder, index), (about, signal) => recordMinutes(to, about, signal));
  } finally {
    await database.close();
    await rm(folder, { recursive: true, force: true });
  }
}

type Segments = Awaited<ReturnType<typeof recordMinutes>>;

function makerOf(folder: string, recordings: ReturnType<typeof createRecordingIndex>): ClipMaker {
  return createClipMaker({
    ...{ workDir: join(folder, 'work'), recordings, cold: noStorage('COLD_URL'), threads: 1 },
    files: createRecordingFiles(join(folder, 'recordings'), NODE),
    detectors: openDetectors,
    faces: () => Promise.reject(new Error('no faces are blurred here')),
  });
}

async function openDetectors(): Promise<Detectors> {
  const [{ createDetectors }, { networksOf }] = await Promise.all([
    import('../../io/onnx/detectors.js'),
    import('../../io/onnx/networks.js'),
  ]);
  const { MODELS_DIR: modelsDir } = loadConfig();
  return createDetectors({ modelsDir, networks: networksOf([], modelsDir) });
}

async function timeOf(maker: ClipMaker, order: ClipOrder, signal: AbortSignal): Promise<number> {
  const startedAt = performance.now();
  await maker.make(order, { signal });
  const ms = performance.now() - startedAt;
  await maker.remove(order.id);
  return ms;
}

/** Ten minutes, poster, thumbnails and hash included. */
async function measureCopy(maker: ClipMaker, segments: Segments, signal: AbortSignal): Promise<Figure[]> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++)
    times.push(await timeOf(maker, orderOf(`copy-${round}`, segments, {}), signal));
  const value = (segments.length * 60_000) / median(times);
  const what = 'ten minutes of 2 Mbit/s by copying, against playing them';
  return [{ part: 'export', what, value, unit: 'x', aim: { least: 100 } }];
}

/** A minute with a watermark against ffmpeg with the same encoder and two texts; then with the overlay too. */
async function measureLooks(
  maker: ClipMaker,
  segments: Segments,
  folder: string,
  signal: AbortSignal,
): Promise<Figure[]> {
  const watermark = { title: 'Main gate', timeZone: 'Asia/Ho_Chi_Minh' };
  const source = join(folder, 'recordings', segments[0]?.path ?? '');
  const ratios: number[] = [];
  const marked: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const bare = await timeOfBare(source, join(folder, 'bare.mp4'), signal);
    marked.push(await timeOf(maker, orderOf(`mark-${round}`, segments, { watermark }, 0), signal));
    ratios.push((marked.at(-1) ?? NaN) / bare);
  }
  const overlay = await timeOf(maker, orderOf('overlay', segments, { watermark, overlay: true }, 0), signal);
  const pictures = 600;
  return [
    {
      ...{ part: 'export', what: 'a minute with a watermark, against bare ffmpeg', value: median(ratios) },
      ...{ unit: 'x', aim: { most: 1.3 } },
    },
    {
      ...{ part: 'export', what: 'overlay, a picture: detector, tracker, drawing' },
      ...{ value: (overlay - median(marked)) / pictures, unit: 'ms' },
    },
  ];
}

async function timeOfBare(source: string, out: string, signal: AbortSignal): Promise<number> {
  const text = (what: string, y: string): string =>
    `drawtext=text='${what}':x=10:y=${y}:fontsize=20:fontcolor=white:borderw=2`;
  const filters = [text('Main gate', '10'), text('%{pts\\:gmtime\\:0}', '40')].join(',');
  const startedAt = performance.now();
  await run(
    'nice',
    [
      ...['-n', '10', 'ffmpeg', '-v', 'error', '-y', '-threads', '1', '-i', source, '-vf', filters],
      ...[...encoderArguments(encodingForAll(1)), out],
    ],
    { signal },
  );
  return performance.now() - startedAt;
}

/** To a folder, flushed and verified, against `cp` and `sha256sum`, which do not wait for the disk. */
async function measureCold(folder: string, signal: AbortSignal): Promise<Figure[]> {
  const from = join(folder, 'files');
  const [copied, kept] = [join(folder, 'copied'), join(folder, 'cold')];
  await mkdir(from);
  const names = Array.from({ length: FILES.count }, (_, i) => `${i}.mp4`);
  for (const name of names) await writeFile(join(from, name), randomBytes(FILES.bytes));
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await Promise.all([copied, kept].map((path) => rm(path, { recursive: true, force: true })));
    await mkdir(kept);
    await run('sync', [], { signal });
    const startedAt = performance.now();
    await run('sh', ['-c', 'cp -r "$0" "$1" && sha256sum "$1"/* > /dev/null', from, copied], { signal });
    const plainMs = performance.now() - startedAt;
    const store = createFolderStore(kept);
    const beganAt = performance.now();
    for (const name of names) await store.putFile(name, join(from, name), { bytes: FILES.bytes, signal });
    ratios.push(plainMs / (performance.now() - beganAt));
    await store.close();
  }
  const what = '500 MB to cold storage, flushed and verified, against cp and sha256sum';
  return [{ part: 'archive', what, value: median(ratios), unit: 'x', aim: { least: 0.8 } }];
}

/** How much more memory a day takes than an hour. */
async function measureDay(maker: ClipMaker, segments: Segments, signal: AbortSignal): Promise<Figure[]> {
  const peakOf = async (id: string, minutes: number): Promise<number> => {
    let peak = 0;
    const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 100);
    await timeOf(maker, orderOf(id, segments.slice(0, minutes), {}), signal).finally(() =>
      clearInterval(timer),
    );
    return peak / 1024 ** 2;
  };
  const hour = await peakOf('hour', 60);
  const day = await peakOf('day', segments.length);
  return [
    { part: 'export', what: 'memory of an hour', value: hour, unit: 'MB' },
    { part: 'export', what: 'memory of a day, more than of an hour', value: day - hour, unit: 'MB' },
  ];
}
