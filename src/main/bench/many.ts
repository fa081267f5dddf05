import { EVERY_FRAME } from './bare.js';
import type { Figure } from './figure.js';
import type { BenchContext } from './parts.js';
import { residentMb, startCpuMeter, startLoadMeter } from './processes.js';
import { rateOf, watchCommits, type Point } from './progress.js';
import { looksPerFrame } from './looks.js';
import { redisBytes } from './redis-use.js';
import { onStage, type Stage } from './stage.js';

/**
 * Four sources at once with two workers: must be analysed at more than 15 frames/s each. The detector looks every 200 ms
 * of capture time, so it matters how the frames are spaced: once as a camera of 15 frames/s sends them, once as in the
 * sample. And what the processes hold of memory.
 */
export async function measureFour(context: BenchContext): Promise<Figure[]> {
  const { figures, memory } = await measureMany(context, 'four', 4, await context.footage.camera());
  const sample = await measureMany(context, 'four, sample', 4, await context.footage.long());
  return [...figures, ...sample.figures, ...memory];
}

/** Sixteen sources of 15 frames/s: the goal. */
export async function measureSixteen(context: BenchContext): Promise<Figure[]> {
  return (await measureMany(context, 'sixteen', 16, await context.footage.camera())).figures;
}

const MB = 1e6;
/** The gate's background is warm, rings are full. */
const SETTLE_MS = 2000;

async function measureMany(
  { seconds, signal }: BenchContext,
  part: string,
  sources: number,
  source: string,
): Promise<{ figures: Figure[]; memory: Figure[] }> {
  const ids = Array.from({ length: sources }, (_, i) => `source-${i + 1}`);
  const cameras = ids.map((id) => ({ id, source, fps: EVERY_FRAME, pace: 'fast' }));
  return onStage(cameras, signal, async (stage) => {
    const empty = await redisBytes(stage);
    await stage.workers(['motion'], ['motion']);
    stage.children.start('sampler', 'sampler', '--exit-when-finished');
    await watchCommits(stage, ids, (points) => points.every((mine) => mine.length > 0));
    await stage.wait(SETTLE_MS);
    const load = startLoadMeter();
    const cpu = await startCpuMeter(Object.values(stage.children.pids()));
    const until = performance.now() + seconds * 1000;
    const enough = (points: readonly (readonly Point[])[]): boolean =>
      performance.now() > until && points.every((mine) => mine.length >= 2);
    const points = await watchCommits(stage, ids, enough);
    const busy = load();
    const own = await cpu();
    const rates = points.map(rateOf);
    const total = rates.reduce((sum, rate) => sum + rate, 0);
    const memory = await memoryFigures(stage, empty, sources);
    const looks = await looksPerFrame(stage);
    const slowest = Math.min(...rates);
    const figures: Figure[] = [
      { part, what: 'slowest source', value: slowest, unit: 'frames/s', aim: { least: 15 } },
      { part, what: 'all sources together', value: total, unit: 'frames/s' },
      { part, what: 'of them looked at by the detector', value: total * looks, unit: 'looks/s' },
      { part, what: 'looks a frame', value: looks, unit: 'x' },
      { part, what: 'load of the machine', value: busy, unit: '%' },
      { part, what: 'of it the system under test', value: own.share, unit: '%' },
      { part, what: 'for a second of processor time', value: framesIn(points) / own.seconds, unit: 'frames' },
    ];
    return { figures, memory };
  });
}

function framesIn(points: readonly (readonly Point[])[]): number {
  return points.reduce((sum, mine) => sum + (mine.at(-1)?.frames ?? 0) - (mine[0]?.frames ?? 0), 0);
}

/** Taken while all rings are full: reading waits for room. */
async function memoryFigures(
  stage: Stage,
  empty: Awaited<ReturnType<typeof redisBytes>>,
  cameras: number,
): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [name, pid] of Object.entries(stage.children.pids())) {
    const value = await residentMb(pid);
    if (value !== undefined)
      figures.push({ part: 'memory', what: name, value, unit: 'MB', aim: { most: 500 } });
  }
  const full = await redisBytes(stage);
  const perCamera = (what: 'jobs' | 'frames'): number => (full[what] - empty[what]) / cameras / MB;
  return [
    ...figures,
    { part: 'memory', what: 'frames in Redis, a camera', value: perCamera('frames'), unit: 'MB' },
    { part: 'memory', what: 'jobs and state in Redis, a camera', value: perCamera('jobs'), unit: 'MB' },
  ];
}
