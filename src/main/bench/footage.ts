import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { messageOf } from '../../errors.js';

/** Clips made of the sample for the benchmark, in a temporary folder; each is made when first asked for. */
export interface Footage {
  readonly sample: string;
  /** So much of the sample's beginning, as it is. */
  start(seconds: number): Promise<string>;
  /** The sample over and over, long enough not to end while it is measured. */
  long(): Promise<string>;
  /** The same pictures as a camera of 15 frames/s would send them (H.264), over and over. */
  camera(): Promise<string>;
  /** One cycle of stillness and movement, and the same over and over. */
  mixed(): Promise<{ readonly once: string; readonly long: string }>;
  /** A scene that nothing moves in, long enough to measure it idle; and one that people enter after `ENTER_S`. MPEG-TS. */
  idle(): Promise<{ readonly still: string; readonly entering: string }>;
  remove(): Promise<void>;
}

/** A cycle: stillness with a camera's noise, then movement; 45 and 5 s, a tenth. */
const STILL_S = 45;
const MOVING_S = 5;
export const MIXED_FPS = 10;
export const CYCLE_FRAMES = (STILL_S + MOVING_S) * MIXED_FPS;
/** Uniform noise of this strength, of 0..255, changing from frame to frame: a small sensor at dusk. */
const NOISE = 4;
/** Frames a second that no machine reaches: for the length of the looped clips. */
const FASTEST = { every: 250, mixed: 1500 };

export async function openFootage(sample: string, seconds: number, signal: AbortSignal): Promise<Footage> {
  const folder = await mkdtemp(join(tmpdir(), 'camqueue-bench-footage-'));
  const made = new Map<string, Promise<string>>();
  const make = (name: string, args: (path: string) => Promise<string[]>): Promise<string> => {
    const path = join(folder, name);
    const making =
      made.get(name) ??
      args(path)
        .then((list) => ffmpeg([...list, path], signal))
        .then(() => path);
    made.set(name, making);
    return making;
  };
  const loop = (name: string, source: string, frames: number): Promise<string> =>
    make(name, async () => {
      const loops = Math.ceil(frames / Math.max(1, await framesOf(source, signal)));
      return ['-stream_loop', String(loops), '-i', source, '-map', '0:V:0', '-c', 'copy'];
    });
  return {
    sample,
    start: (length) =>
      make(`start-${length}.mkv`, async () => [
        '-i',
        sample,
        '-t',
        String(length),
        '-map',
        '0:V:0',
        '-c',
        'copy',
      ]),
    long: () => loop('long.mkv', sample, seconds * FASTEST.every),
    async camera() {
      return loop(
        'camera-long.mkv',
        await make('camera.mkv', async () => cameraArguments(sample)),
        seconds * FASTEST.every,
      );
    },
    async mixed() {
      const still = await make('still.png', async () =>
        stillArguments(sample, await framesOf(sample, signal)),
      );
      const once = await make('mixed.mkv', async () => mixedArguments(still, sample));
      return { once, long: await loop('mixed-long.mkv', once, seconds * FASTEST.mixed) };
    },
    async idle() {
      const picture = await make('still.png', async () =>
        stillArguments(sample, await framesOf(sample, signal)),
      );
      const stillS = IDLE_SETTLE_S + 2 * seconds;
      return {
        still: await make('idle.ts', async () =>
          enteringArguments(picture, sample, { stillS, enteredS: 0, keyEveryS: OFTEN_S }),
        ),
        entering: await make('entering.ts', async () =>
          enteringArguments(picture, sample, {
            stillS: ENTER_S,
            enteredS: ENTERED_S,
            keyEveryS: SELDOM_S,
          }),
        ),
      };
    },
    remove: async () => {
      await Promise.allSettled(made.values());
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Frames a second of most cameras' sub-streams, and the least that the aim asks for. */
export const CAMERA_FPS = 15;
const LONGEST_S = 120;
const H264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '20', '-bf', '0', '-g', '50'];

function cameraArguments(sample: string): string[] {
  const timed = ['-vf', `setpts=N/${CAMERA_FPS}/TB,format=yuv420p`, '-r', String(CAMERA_FPS)];
  return ['-t', String(LONGEST_S), '-i', sample, ...timed, ...H264];
}

/** Pictures that the median is taken of; fewer of a clip that has fewer frames. */
const MEDIAN_OF = 41;

/** The scene without what passes through it: the median of pictures spread over the sample. */
function stillArguments(sample: string, frames: number): string[] {
  const every = Math.max(1, Math.floor(frames / MEDIAN_OF));
  const radius = Math.max(1, Math.min((MEDIAN_OF - 1) / 2, Math.floor((frames / every - 1) / 2)));
  const picture = `select=not(mod(n\\,${every})),tmedian=radius=${radius}`;
  return ['-i', sample, '-vf', picture, '-frames:v', '1', '-fps_mode', 'passthrough'];
}

function mixedArguments(still: string, sample: string): string[] {
  const same = `fps=${MIXED_FPS},format=yuv420p,setsar=1`;
  const graph = [
    `[0:v]${same},noise=alls=${NOISE}:allf=t[still]`,
    `[1:V]${same},setpts=PTS-STARTPTS[moving]`,
    '[still][moving]concat=n=2:v=1[out]',
  ].join(';');
  return [
    ...['-loop', '1', '-framerate', String(MIXED_FPS), '-t', String(STILL_S), '-i', still],
    ...['-t', String(MOVING_S), '-i', sample, '-filter_complex', graph, '-map', '[out]'],
    ...H264,
  ];
}

/** Of the scene that people enter: late in the second group of pictures, so that much is decoded after the event. */
export const ENTER_S = 19;
const ENTERED_S = 2;
/** Idling begins after 10 s without movement; and a start, and a little. */
export const IDLE_SETTLE_S = 25;
/** A camera in daylight, after its own noise reduction. Without any noise it would count as frozen. */
const DAYLIGHT_NOISE = 2;
/** Seconds between key frames: usual are 1 to 10. More often costs more, more seldom shows movement later. */
const OFTEN_S = 1;
const SELDOM_S = 10;

interface Entering {
  readonly stillS: number;
  readonly enteredS: number;
  readonly keyEveryS: number;
}

function enteringArguments(
  still: string,
  sample: string,
  { stillS, enteredS, keyEveryS }: Entering,
): string[] {
  const same = `fps=${MIXED_FPS},format=yuv420p,setsar=1`;
  const noise = `noise=alls=${DAYLIGHT_NOISE}:allf=t`;
  const joined = enteredS > 0 ? '[still][moving]concat=n=2:v=1' : '[moving]nullsink;[still]null';
  const graph = `[0:v]${same}[still];[1:V]${same},setpts=PTS-STARTPTS[moving];${joined},${noise}[out]`;
  const coded = ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '25', '-bf', '0', '-sc_threshold', '0'];
  return [
    ...['-loop', '1', '-framerate', String(MIXED_FPS), '-t', String(stillS), '-i', still],
    ...['-t', String(Math.max(1, enteredS)), '-i', sample, '-filter_complex', graph, '-map', '[out]'],
    ...[...coded, '-g', String(keyEveryS * MIXED_FPS)],
  ];
}

async function framesOf(path: string, signal: AbortSignal): Promise<number> {
  const wanted = ['-count_packets', '-select_streams', 'V:0', '-show_entries', 'stream=nb_read_packets'];
  const { stdout } = await run('ffprobe', ['-v', 'error', ...wanted, '-of', 'csv=p=0', path], signal);
  return Number.parseInt(stdout, 10) || 1;
}

async function ffmpeg(args: readonly string[], signal: AbortSignal): Promise<void> {
  await run('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...args], signal);
}

async function run(
  program: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<{ stdout: string }> {
  try {
    return await promisify(execFile)(program, args, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw new Error(`${program}: ${messageOf(error).trim().split('\n').at(-1) ?? ''}`);
  }
}
