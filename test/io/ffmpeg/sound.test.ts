import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { FfmpegCopy } from '../../../src/io/ffmpeg/copy-source.js';
import { FfmpegSource } from '../../../src/io/ffmpeg/frame-source.js';
import { createRecordingFiles } from '../../../src/io/recordings/files.js';
import { framesOf, livelike, type Recorded, recorded, streamOf } from './counting.js';
import { makeFolder } from './media.js';

const run = promisify(execFile);
const PATH = 'gate-1/2026-11-22/08-00-00.000Z.mp4';
const { signal } = new AbortController();

let folder: Awaited<ReturnType<typeof makeFolder>>;
/** 12 s, a key frame every 2 s; its sound is G.711, which MP4 cannot hold, and is silent but for second 7. */
let camera: string;

beforeAll(async () => {
  folder = await makeFolder();
  camera = folder.path('camera.mkv');
  await run('ffmpeg', [
    ...['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=64x48:rate=10:duration=12'],
    ...['-f', 'lavfi', '-i', "aevalsrc='0.5*sin(2*PI*440*t)*between(t,7,8)':s=8000:d=12"],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '20', '-c:a', 'pcm_mulaw'],
    camera,
  ]);
});
afterAll(() => folder.remove());

const READERS: [string, (sink: Recorded) => Promise<void>][] = [
  [
    'beside the decoded frames',
    async (sink) => {
      const options = { fps: 10, maxWidth: 640, signal, sink, sound: true };
      const source = new FfmpegSource('ffmpeg', streamOf(camera), options, livelike(camera));
      expect(await framesOf(source)).toHaveLength(120);
      await source.close();
    },
  ],
  [
    'of a stream that is only recorded',
    async (sink) => {
      await new FfmpegCopy('ffmpeg', streamOf(camera), { signal, sink, sound: true }, livelike(camera)).ended;
    },
  ],
];

test.each(READERS)('the sound %s is in a file that begins later, at its time', async (name, read) => {
  const sink = recorded();
  await read(sink);
  expect(sink.fragments.reduce((sum, { frames }) => sum + frames, 0)).toBe(120);
  const from = sink.fragments.findIndex(({ isKey, mediaMs }) => isKey && mediaMs >= 4000);
  const dir = folder.path(name.replaceAll(' ', '-'));
  await mkdir(dir);
  const file = await createRecordingFiles(dir, 'here').create(PATH, sink.streams[0]?.init ?? Buffer.alloc(0));
  for (const { bytes } of sink.fragments.slice(from)) await file.append(bytes);
  await file.close();
  const streams = await streamsOf(`${dir}/${PATH}`);
  expect(streams.map(({ codec_name }) => codec_name)).toEqual(['h264', 'aac']);
  for (const { start_time, duration } of streams) {
    expect(Math.abs(Number(start_time))).toBeLessThan(0.2);
    expect(Math.abs(Number(duration) - 8)).toBeLessThan(0.3);
  }
  expect(await pictureTimes(`${dir}/${PATH}`)).toEqual([0, 0.1, 0.2, 0.3]);
  // Second 7 of the camera is second 3 of the file.
  const [begins, ends] = await loud(`${dir}/${PATH}`);
  expect(Math.abs((begins ?? NaN) - 3)).toBeLessThan(0.15);
  expect(Math.abs((ends ?? NaN) - 4)).toBeLessThan(0.15);
});

test('without being asked for there is none', async () => {
  const sink = recorded();
  await new FfmpegCopy('ffmpeg', streamOf(camera), { signal, sink }, livelike(camera)).ended;
  expect(Buffer.from(sink.streams[0]?.init ?? []).includes('soun')).toBe(false);
});

async function streamsOf(file: string): Promise<Record<string, string>[]> {
  const entries = 'stream=codec_name,start_time,duration';
  const { stdout, stderr } = await run('ffprobe', [
    '-v',
    'error',
    '-show_entries',
    entries,
    '-of',
    'json',
    file,
  ]);
  expect(stderr).toBe('');
  return (JSON.parse(stdout) as { streams: Record<string, string>[] }).streams;
}

/** Of the first pictures, s. */
async function pictureTimes(file: string): Promise<number[]> {
  const { stdout } = await run('ffprobe', [
    ...['-v', 'error', '-select_streams', 'v', '-show_entries', 'packet=pts_time', '-of', 'csv=p=0', file],
  ]);
  return stdout
    .split('\n')
    .slice(0, 4)
    .map((time) => Math.round(Number.parseFloat(time) * 1000) / 1000);
}

/** When silence ends and begins again, s. */
async function loud(file: string): Promise<(number | undefined)[]> {
  const detect = 'silencedetect=noise=-30dB:duration=0.5';
  const { stderr } = await run('ffmpeg', [
    '-hide_banner',
    '-i',
    file,
    '-vn',
    '-af',
    detect,
    '-f',
    'null',
    '-',
  ]);
  const at = (word: string): number[] =>
    [...stderr.matchAll(new RegExp(`${word}: ([\\d.-]+)`, 'g'))].map(([, time]) => Number(time));
  return [at('silence_end')[0], at('silence_start')[1]];
}
