import { openBareLoop } from './bare.js';
import { median } from './figure.js';
import type { Stage } from './stage.js';

export interface Compared {
  /** Medians over the rounds, frames a second. */
  readonly bare: number;
  readonly road: number;
  /** Median of road / bare of each round. */
  readonly ratio: number;
}

const ROUNDS = 4;
/** Longer, and timeouts of the frozen sampler's connections would be over when it goes on. */
const LONGEST_FREEZE_MS = 3500;
/** What is under way when the sampler is frozen. */
const DRAIN_MS = 700;

/**
 * Measures the bare loop and the running road in turns, so that whatever else the machine does meets both. While the bare
 * loop runs, the sampler is frozen (SIGSTOP) and the worker, its ring empty, idles.
 * @param seconds of each of the two, all rounds together, where `road` keeps to its time
 * @param road frames a second of the road over about `ms`
 */
export async function alternate(
  stage: Stage,
  footage: string,
  seconds: number,
  road: (ms: number) => Promise<number>,
): Promise<Compared> {
  const roundMs = (seconds * 1000) / ROUNDS;
  const bareMs = Math.min(roundMs, LONGEST_FREEZE_MS - DRAIN_MS);
  const loop = await openBareLoop(footage, stage.signal);
  const rounds: { bare: number; road: number }[] = [];
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const sampler = stage.children.pids()['sampler'];
      if (sampler === undefined) break; // the footage is through
      process.kill(sampler, 'SIGSTOP');
      await stage.wait(DRAIN_MS);
      const bare = await loop.run(bareMs);
      process.kill(sampler, 'SIGCONT');
      rounds.push({ bare, road: await road(roundMs) });
    }
  } finally {
    await loop.close();
  }
  return {
    bare: median(rounds.map(({ bare }) => bare)),
    road: median(rounds.map(({ road }) => road)),
    ratio: median(rounds.map(({ bare, road }) => road / bare)),
  };
}
