import type { Log } from '../log.js';

/**
 * A signal that is aborted when this process is asked to stop: SIGTERM, SIGINT (Ctrl-C), SIGHUP, or the death of
 * the parent that forked it.
 */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  const stop = (why: string): void => controller.abort(new Error(why));
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(name, () => stop(name));
  process.on('disconnect', () => stop('the parent process is gone'));
  // Listening for it must not keep a process alive that has failed or is through.
  process.channel?.unref();
  return controller.signal;
}

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Ends the process after `afterMs` even when something still holds it: a stop has an end. */
export function stopForSure(afterMs: number, log: Log): void {
  setTimeout(() => {
    log.error({ afterMs }, 'did not stop in time; exiting');
    process.exit(1);
  }, afterMs).unref();
}
