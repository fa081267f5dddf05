import { alternate } from './alternate.js';
import type { Figure } from './figure.js';
import { CYCLE_FRAMES, MIXED_FPS } from './footage.js';
import { compareGate } from './gate-check.js';
import type { BenchContext } from './parts.js';
import { timeFor, watchCommits } from './progress.js';
import { onStage } from './stage.js';

const CAMERA = 'mixed';
const CAPTURED = ({ captured }: { captured: number }): number => captured;

/** Footage with the usual mix of stillness and movement, default settings: what the motion gate saves, and what it loses. */
export async function measureGate({ footage, seconds, signal }: BenchContext): Promise<Figure[]> {
  const { once, long } = await footage.mixed();
  const camera = { id: CAMERA, source: long, fps: MIXED_FPS, pace: 'fast' };
  const { road, ratio } = await onStage([camera], signal, async (stage) => {
    await stage.workers(['motion']);
    stage.children.start('sampler', 'sampler', '--exit-when-finished');
    await watchCommits(stage, [CAMERA], ([points]) => (points?.length ?? 0) >= 1, CAPTURED);
    // Whole cycles: a round that holds less movement than its share would look too good.
    return alternate(stage, long, seconds, async () => {
      const points = await watchCommits(
        stage,
        [CAMERA],
        ([mine = []]) => timeFor(mine, CYCLE_FRAMES) !== undefined,
        CAPTURED,
      );
      const ms = timeFor(points[0] ?? [], CYCLE_FRAMES);
      if (ms === undefined) throw new Error('the footage ended before a round of it was measured');
      return (CYCLE_FRAMES / ms) * 1000;
    });
  });
  const { crossings, lost, added } = await compareGate(once, signal);
  return [
    { part: 'gated', what: 'a tenth of the time movement', value: road, unit: 'frames/s' },
    { part: 'gated', what: 'times bare', value: ratio, unit: 'x', aim: { least: 4 } },
    { part: 'gated', what: 'crossings without the gate', value: crossings, unit: '' },
    { part: 'gated', what: 'of them lost by the gate', value: lost, unit: '', aim: { most: 0 } },
    { part: 'gated', what: 'crossings only with the gate', value: added, unit: '', aim: { most: 0 } },
  ];
}
