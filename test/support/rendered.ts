import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Camera } from '../../src/domain/camera.js';
import type { RenderOrder } from '../../src/io/clips/render/render.js';

const run = promisify(execFile);

export const RENDER_SIZE = { width: 320, height: 240 };

/**
 * Makes a fragmented MP4 as recordings are.
 * @param source lavfi filters that make the pictures
 */
export async function makeRecording(
  path: string,
  source: string,
  { seconds, fps = 10, sound = false }: { seconds: number; fps?: number; sound?: boolean },
): Promise<string> {
  await run('ffmpeg', [
    ...['-v', 'error', '-nostdin', '-y', '-f', 'lavfi', '-i', `${source},fps=${fps},format=yuv420p`],
    ...(sound ? ['-f', 'lavfi', '-i', 'sine=frequency=440'] : []),
    ...[
      '-t',
      String(seconds),
      '-c:v',
      'libx264',
      '-preset',
      'ultrafast',
      '-crf',
      '18',
      '-bf',
      '2',
      '-g',
      '10',
    ],
    ...['-threads', '1', '-c:a', 'aac', '-f', 'mp4', '-frag_duration', '1000000'],
    ...['-movflags', 'frag_keyframe+empty_moov+default_base_moof', path],
  ]);
  return path;
}

/** Pictures of a video as they are shown: times in s, lumas row by row. */
export async function readLumas(path: string): Promise<{ times: number[]; lumas: Buffer[] }> {
  const { width, height } = RENDER_SIZE;
  const [{ stdout: pictures }, { stdout: times }] = await Promise.all([
    run(
      'ffmpeg',
      [
        ...['-v', 'error', '-nostdin', '-i', path, '-fps_mode', 'passthrough'],
        ...['-f', 'rawvideo', '-pix_fmt', 'gray', '-'],
      ],
      { encoding: 'buffer', maxBuffer: 1 << 29 },
    ),
    run('ffprobe', [
      ...['-v', 'error', '-select_streams', 'V:0', '-show_entries', 'frame=pts_time', '-of', 'csv=p=0', path],
    ]),
  ]);
  const bytes = width * height;
  return {
    times: times
      .split('\n')
      .map(Number.parseFloat)
      .filter((time) => !Number.isNaN(time)),
    lumas: Array.from({ length: pictures.length / bytes }, (_, i) =>
      pictures.subarray(i * bytes, (i + 1) * bytes),
    ),
  };
}

/** Mean difference of two lumas in a region, pixels. */
export function difference(
  a: Uint8Array,
  b: Uint8Array,
  { x = 0, y = 0, width = RENDER_SIZE.width, height = RENDER_SIZE.height } = {},
): number {
  let sum = 0;
  for (let row = y; row < y + height; row++) {
    for (let i = row * RENDER_SIZE.width + x; i < row * RENDER_SIZE.width + x + width; i++) {
      sum += Math.abs(a[i]! - b[i]!);
    }
  }
  return sum / (width * height);
}

/** An order without any look; networks are refused. */
export function renderOrder(
  folder: string,
  order: Pick<RenderOrder, 'inputs' | 'from' | 'to'> & Partial<Omit<RenderOrder, 'out'>>,
  out: Partial<RenderOrder['out']> = {},
): RenderOrder {
  const refused = (): never => {
    throw new Error('no network is needed');
  };
  return {
    camera: Camera.parse({ id: 'gate-1', source: 'gate.mp4' }),
    timeZone: 'Asia/Ho_Chi_Minh',
    look: {},
    ...{ detectors: refused, faces: refused },
    ...order,
    out: {
      ...{ path: join(folder, 'out.mp4'), ...RENDER_SIZE, timescale: 90_000, threads: 1, hasAudio: false },
      ...out,
    },
  };
}
