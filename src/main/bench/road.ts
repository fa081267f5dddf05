import { alternate } from './alternate.js';
import { EVERY_FRAME } from './bare.js';
import type { Figure } from './figure.js';
import type { BenchContext } from './parts.js';
import { rateOf, watchCommits } from './progress.js';
import { onStage } from './stage.js';

const CAMERA = 'road';
/** However short a round is meant to be. */
const LEAST_COMMITS = 4;

/** The true road, sampler and one worker, with a look at every frame, against the bare loop: what the road costs. */
export async function measureRoad({ footage, seconds, signal }: BenchContext): Promise<Figure[]> {
  const source = await footage.long();
  const camera = {
    id: CAMERA,
    source,
    fps: EVERY_FRAME,
    pace: 'fast',
    detect: { everyMs: 0 },
    motion: { enabled: false },
  };
  const { bare, road, ratio } = await onStage([camera], signal, async (stage) => {
    await stage.workers(['motion']);
    stage.children.start('sampler', 'sampler', '--exit-when-finished');
    await watchCommits(stage, [CAMERA], ([points]) => (points?.length ?? 0) >= 3);
    return alternate(stage, source, seconds, async (ms) => {
      const until = performance.now() + ms;
      const [points] = await watchCommits(
        stage,
        [CAMERA],
        ([mine = []]) => performance.now() > until && mine.length >= LEAST_COMMITS,
      );
      return rateOf(points ?? []);
    });
  });
  return [
    { part: 'bare', what: 'decode and infer, every frame', value: bare, unit: 'frames/s' },
    { part: 'road', what: 'a look at every frame', value: road, unit: 'frames/s' },
    { part: 'road', what: 'share of bare', value: ratio, unit: 'x', aim: { least: 0.8 } },
  ];
}
