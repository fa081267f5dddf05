import type { Redis } from 'ioredis';
import type { JobOutcome } from '../src/ports.js';
import { outcomesKey } from './naming.js';

/** Jobs ended since the queue was first used, by outcome; outlives the jobs themselves. */
export type OutcomeCounts = Readonly<Partial<Record<JobOutcome, number>>>;

/** Counts one ended job (not a try that will be repeated). */
export async function countOutcome(
  connection: Redis,
  prefix: string,
  queue: string,
  outcome: JobOutcome,
): Promise<void> {
  await connection.hincrby(outcomesKey(prefix, queue), outcome, 1);
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
