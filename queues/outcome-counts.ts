import type { Redis } from 'ioredis';
import type { JobOutcome } from '../src/ports.js';
import { outcomesKey } from './naming.js';

/** Jobs ended since the queue was first used, by outcome; outlives the jobs themselves. */
export type OutcomeCounts = Readonly<Partial<Record<JobOutcome, number>>>;

export interface OutcomeCounter {
  /** Counts one ended job (not a try that will be repeated). */
  count(outcome: JobOutcome): void;
  /** Resolves when all that was counted is written. */
  flush(): Promise<void>;
}

/**
 * Writes counts in the background, one write at a time: what ends meanwhile goes with the next one, so a busy queue
 * pays little. A process that is killed loses the counts of about the last millisecond.
 */
export function createOutcomeCounter(
  connection: Redis,
  prefix: string,
  queue: string,
  onError: (error: unknown) => void,
): OutcomeCounter {
  const key = outcomesKey(prefix, queue);
  let pending = new Map<JobOutcome, number>();
  let writing: Promise<void> | undefined;
  const write = async (): Promise<void> => {
    while (pending.size > 0) {
      const batch = pending;
      pending = new Map();
      for (const [outcome, count] of batch) await connection.hincrby(key, outcome, count);
    }
  };
  const flush = (): Promise<void> =>
    (writing ??= write()
      .catch(onError)
      .finally(() => (writing = undefined)));
  return {
    count(outcome) {
      pending.set(outcome, (pending.get(outcome) ?? 0) + 1);
      void flush();
    },
    flush,
  };
}

/** Reads the counts; outcomes that never occurred are left out. */
export async function readOutcomeCounts(
  connection: Redis,
  prefix: string,
  queue: string,
): Promise<OutcomeCounts> {
  const counts = await connection.hgetall(outcomesKey(prefix, queue));
  return Object.fromEntries(Object.entries(counts).map(([outcome, count]) => [outcome, Number(count)]));
}
