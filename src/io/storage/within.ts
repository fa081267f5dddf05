import { NotReadyError } from '../../errors.js';

/** A disk or server that has not answered one small request by then is taken for hanging. */
export const PATIENCE_MS = 60_000;
const RETRY_AFTER_MS = 60_000;

/**
 * Waits no longer than somebody wants: calls to a network disk that hangs never end, and cannot be ended.
 * @param place for the message
 * @param patienceMs Infinity: only the signal ends it
 * @throws the signal's reason; NotReadyError when it takes longer than `patienceMs`
 */
export async function within<T>(
  work: Promise<T>,
  place: string,
  signal?: AbortSignal,
  patienceMs = PATIENCE_MS,
): Promise<T> {
  let stop = (): void => undefined;
  const stopped = new Promise<never>((_resolve, reject) => {
    const aborted = (): void => reject(signal?.reason as Error);
    const timer = Number.isFinite(patienceMs)
      ? setTimeout(() => reject(unreachable(place, 'it does not answer')), patienceMs)
      : undefined;
    signal?.addEventListener('abort', aborted, { once: true });
    if (signal?.aborted) aborted();
    stop = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', aborted);
    };
  });
  try {
    return await Promise.race([work, stopped]);
  } finally {
    stop();
    // When it was not waited for, nobody is left to hear how it ended.
    work.catch(() => undefined);
  }
}

/** @param why for people */
export function unreachable(place: string, why: string, cause?: unknown): NotReadyError {
  const error = new NotReadyError(`storage ${place} cannot be reached: ${why}`, RETRY_AFTER_MS);
  if (cause !== undefined) error.cause = cause;
  return error;
}
