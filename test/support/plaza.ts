import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { FrameCounts } from '../../src/domain/frame.js';
import { cli, crossingsOf, type Crossing } from './system.js';
import { needs } from './test-data.js';

/** The sample footage (pedestrians on a plaza, 768x576, 10 frames/s, 795 frames) and what a person counted in it. */
export const SAMPLE = resolve(__dirname, '../../media/vtest.avi');
export const SAMPLE_FRAMES = 795;

/** `describe` where the sample is there. */
export const describeWithSample = needs([SAMPLE], 'run scripts/setup.sh');

/** Everybody who crosses `PATH`, by the frame in which the middle of the body does; counted by eye. */
const BY_EYE: readonly (readonly [frame: number, direction: 'in' | 'out'])[] = [
  ...([186, 209, 259, 538, 606, 684, 716] as const).map((frame) => [frame, 'out'] as const),
  ...([295, 639, 657, 695, 746] as const).map((frame) => [frame, 'in'] as const),
];
const byFrame = [...BY_EYE].sort((a, b) => a[0] - b[0]);

/** What a person counted in the frames [from, to), numbered from 0. */
export function truth(from = 0, to = SAMPLE_FRAMES): Crossing[] {
  return byFrame
    .filter(([frame]) => frame >= from && frame < to)
    .map(([frame, direction]) => ({ frame: frame - from, direction, class: 'person' }));
}

/** Upwards along x = 0.23, so `in` is from left to right. */
const PATH = { id: 'path', from: [0.23, 0.6], to: [0.23, 0.25], classes: ['person'] };

/** A camera that counts on the plaza's path, as fast as it can be analysed. */
export function plaza(source: string, more: object = {}): object {
  return { id: 'plaza', source, fps: 10, pace: 'fast', lines: [PATH], ...more };
}

/** Four people cross the path in it, the last one back; then the picture stands still for 3 s, so frames are gated. */
export const CLIP = { from: 170, to: 310, still: 30, frames: 170 };

interface Cut {
  readonly from: number;
  readonly to: number;
  readonly still: number;
}

/** Cuts frames [from, to) of the sample into `<folder>/<name>`, the last one repeated `still` times. */
export function cutClip(folder: string, name = 'clip.mp4', { from, to, still }: Cut = CLIP): string {
  const path = join(folder, name);
  const cut = `trim=start_frame=${from}:end_frame=${to},setpts=PTS-STARTPTS,tpad=stop=${still}:stop_mode=clone`;
  const coded = ['-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '16', '-g', '50'];
  execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', SAMPLE, '-vf', cut, '-an', ...coded, path]);
  return path;
}

/** What `camqueue replay` counts in a clip. */
export async function replayed(clip: string): Promise<Crossing[]> {
  const cameras = join(dirname(clip), 'replay.yaml');
  writeFileSync(cameras, JSON.stringify({ cameras: [plaza(clip)] }));
  const { stdout } = await cli(['replay', clip, '--camera', cameras, '--json']);
  return crossingsOf(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object),
  );
}

/** Fails unless every frame of the clip was captured once, and is accounted for. */
export function expectAllFrames(counts: FrameCounts | undefined, frames = CLIP.frames): void {
  const { captured = 0, analysed = 0, gated = 0, dropped = 0, failed = 0 } = counts ?? {};
  expect([captured, analysed + gated + dropped + failed]).toEqual([frames, frames]);
}

/** Fails unless these are the crossings of the truth: the same people in the same direction, about then. */
export function expectCrossings(
  found: readonly Crossing[],
  wanted: readonly Crossing[],
  frames: number,
): void {
  expect(found.map(({ direction, class: kind }) => [direction, kind])).toEqual(
    wanted.map(({ direction, class: kind }) => [direction, kind]),
  );
  const off = found.map(({ frame }, i) => Math.abs(frame - wanted[i]!.frame));
  expect(Math.max(...off)).toBeLessThanOrEqual(frames);
}
