/**
 * Waits for work that may not listen to its signal (a library without one): ends at once when the signal is aborted, with
 * its reason, and after the time given with the error that `late` makes. What the work comes to afterwards is of no
 * interest; it is told to stop by the signal it is given.
 */
export async function bounded<T>(
  signal: AbortSignal,
  timeoutMs: number,
  late: () => Error,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const stop = new AbortController();
  const onAbort = (): void => stop.abort(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(() => stop.abort(late()), timeoutMs);
  const stopped = new Promise<never>((_resolve, reject) => {
    stop.signal.addEventListener('abort', () => reject(stop.signal.reason as Error), { once: true });
  });
  try {
    return await Promise.race([work(stop.signal), stopped]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}
