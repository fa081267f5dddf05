import { setTimeout as timer } from 'node:timers/promises';

/** Waits `ms`, or less when the signal says to stop; never throws. */
export async function wait(ms: number, signal: AbortSignal): Promise<void> {
  await timer(Math.max(0, ms), undefined, { signal }).catch(() => undefined);
}

/**
 * Tries until it works: for the few writes and reads that a camera cannot go on without while a store is away.
 * @param onError told of each failure
 * @returns `undefined` when the signal came first.
 */
export async function untilDone<T>(
  action: () => Promise<T>,
  {
    signal,
    onError,
    everyMs = 1000,
  }: { signal: AbortSignal; onError: (error: unknown) => void; everyMs?: number },
): Promise<{ value: T } | undefined> {
  while (!signal.aborted) {
    try {
      return { value: await action() };
    } catch (error) {
      onError(error);
    }
    await wait(everyMs, signal);
  }
  return undefined;
}
