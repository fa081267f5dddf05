import type { CameraContext } from './options.js';
import { wait } from './wait.js';

/** Tells the rest of the system what happened, in order, without holding up the frames. */
export interface Teller {
  tell(telling: () => void | Promise<void>): void;
  /** Resolves when everything has been told; after the signal to stop, when everything has been tried once more. */
  settled(): Promise<void>;
}

const AGAIN_AFTER_MS = 1000;

/** What cannot be told because a store is away is told when it is back; what comes after it waits. */
export function createTeller({ log, signal, onStoreError }: CameraContext): Teller {
  let told: Promise<void> = Promise.resolve();

  async function untilTold(telling: () => void | Promise<void>): Promise<void> {
    for (;;) {
      try {
        return await telling();
      } catch (error) {
        if (signal.aborted) return log.error({ err: error }, 'lost: it could not be told before the stop');
        onStoreError(error);
      }
      await wait(AGAIN_AFTER_MS, signal);
    }
  }

  return {
    tell(telling) {
      told = told.then(() => untilTold(telling));
    },
    settled: () => told,
  };
}
