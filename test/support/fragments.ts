import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Fragment, FragmentStream } from '../../src/domain/fragment.js';
import { createFragmentCutter } from '../../src/io/mp4/fragment-cutter.js';

const run = promisify(execFile);
const WIDTH = 160;
const HEIGHT = 120;

export interface Footage {
  readonly stream: FragmentStream;
  readonly fragments: readonly Fragment[];
  readonly seconds: number;
}

export const FOOTAGE_FPS = 10;

/** Real H.264 as a camera's reader hands it on: one fragment a second, each `gopS`-th one begins with a key frame. */
export async function makeFootage(seconds: number, gopS = 1): Promise<Footage> {
  const { stdout } = await run(
    'ffmpeg',
    [
      ...['-v', 'error', '-nostdin', '-f', 'lavfi'],
      ...['-i', `testsrc2=size=${WIDTH}x${HEIGHT}:rate=${FOOTAGE_FPS}:duration=${seconds}`],
      ...['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-pix_fmt', 'yuv420p'],
      ...['-g', String(gopS * FOOTAGE_FPS), '-f', 'mp4', '-frag_duration', '1000000'],
      ...['-movflags', 'frag_keyframe+empty_moov+default_base_moof', 'pipe:1'],
    ],
    { encoding: 'buffer', maxBuffer: 1 << 28 },
  );
  let stream: FragmentStream | undefined;
  const fragments: Fragment[] = [];
  const cut = createFragmentCutter({
    onStream: (found) => {
      stream = found;
    },
    onFragment: (fragment) => fragments.push(fragment),
  });
  cut(stdout);
  if (!stream) throw new Error('ffmpeg made no stream');
  return { stream, fragments, seconds };
}

/** The fragments as they would come from a connection made at `startAt` (epoch ms). */
export function arriving(footage: Footage, startAt: number): Fragment[] {
  return footage.fragments.map((fragment) => ({
    ...fragment,
    arrivedAt: Math.round(startAt + fragment.mediaMs + fragment.durationMs),
  }));
}

/** What a player finds in a file. @throws when it complains about anything. */
export async function play(file: string): Promise<{ frames: number; startS: number }> {
  const { stdout, stderr } = await run('ffprobe', [
    ...['-v', 'warning', '-count_frames', '-select_streams', 'v:0'],
    ...['-show_entries', 'stream=nb_read_frames,start_time', '-of', 'json', file],
  ]);
  if (stderr !== '') throw new Error(`${file} does not play cleanly: ${stderr}`);
  const [stream] = (JSON.parse(stdout) as { streams: { nb_read_frames: string; start_time: string }[] })
    .streams;
  return { frames: Number(stream?.nb_read_frames), startS: Number(stream?.start_time) };
}
