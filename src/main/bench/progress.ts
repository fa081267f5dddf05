import type { CameraId } from '../../domain/ids.js';
import type { FrameCounts } from '../../domain/frame.js';
import type { Stage } from './stage.js';

/** How far a camera's analysis was at a moment. */
export interface Point {
  /** Monotonic clock, ms. */
  readonly ms: number;
  readonly frames: number;
}

const POLL_MS = 20;
const STALLED_MS = 60_000;

/**
 * Watches the commits of cameras until `isEnough` or all files are through. Only changes are kept: a rate between
 * two commits has no part of a commit in it.
 * @param count which number of a camera's accounting, default frames analysed
 * @throws Error when no camera moves for a minute.
 */
export async function watchCommits(
  stage: Stage,
  cameraIds: readonly CameraId[],
  isEnough: (points: readonly (readonly Point[])[]) => boolean,
  count: (counts: FrameCounts) => number = ({ analysed }) => analysed,
): Promise<Point[][]> {
  const { states } = await stage.world.ports(['states']);
  const points: Point[][] = cameraIds.map(() => []);
  let movedMs = performance.now();
  while (!isEnough(points)) {
    const checkpoints = await Promise.all(cameraIds.map((id) => states.read(id)));
    const ms = performance.now();
    checkpoints.forEach((checkpoint, i) => {
      const frames = checkpoint ? count(checkpoint.counts) : 0;
      const mine = points[i] ?? [];
      if (frames === 0 || frames === mine.at(-1)?.frames) return;
      mine.push({ ms, frames });
      movedMs = ms;
    });
    const sources = await Promise.all(cameraIds.map((id) => states.source(id)));
    const bad = sources.find((source) => source?.status === 'connection_failed');
    if (bad) throw new Error(`the footage cannot be read: ${bad.reason ?? bad.status}`);
    if (sources.every((source) => source?.status === 'finished')) break;
    if (ms - movedMs > STALLED_MS) throw new Error('the analysis stands still');
    await stage.wait(POLL_MS);
  }
  return points;
}

/** Frames a second between the first and the last commit seen. @throws Error when fewer than two were. */
export function rateOf(points: readonly Point[]): number {
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last || last.frames <= first.frames)
    throw new Error('too short: fewer than two commits were seen; give the benchmark more --seconds');
  return ((last.frames - first.frames) / (last.ms - first.ms)) * 1000;
}

/** Milliseconds from the first commit to `frames` frames later, between commits linearly; `undefined`: not come so far. */
export function timeFor(points: readonly Point[], frames: number): number | undefined {
  const first = points[0];
  if (!first) return undefined;
  const wanted = first.frames + frames;
  const at = points.findIndex((point) => point.frames >= wanted);
  const [before, after] = [points[at - 1], points[at]];
  if (!before || !after) return undefined;
  const share = (wanted - before.frames) / (after.frames - before.frames);
  return before.ms + share * (after.ms - before.ms) - first.ms;
}
