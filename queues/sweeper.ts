import type { CameraId } from '../src/domain/ids.js';
import type { Log } from '../src/log.js';
import { errorLogger } from './log-errors.js';

export interface SweeperOptions {
  /** The cameras whose ring holds something. */
  readonly rings: () => Promise<readonly CameraId[]>;
  /** Rings a camera's bell. Ringing one that is live already changes nothing, so replicas do no harm. */
  readonly ring: (cameraId: CameraId) => Promise<unknown>;
  /** Default 1500 ms. */
  readonly everyMs?: number;
  readonly log: Log;
}

/**
 * Rings again and again for rings that were left with frames: a bell lost to a crash between writing the frames and
 * ringing, to an outage of Redis, or to a job that failed.
 */
export function startSweeper({ rings, ring, everyMs = 1500, log }: SweeperOptions): {
  stop(): Promise<void>;
} {
  const onError = errorLogger(log, 'sweeper');
  let stopped = false;
  let sweeping: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;

  const sweep = async (): Promise<void> => {
    try {
      for (const cameraId of await rings()) await ring(cameraId);
    } catch (error) {
      // The next sweep is the retry.
      onError(error);
    }
    if (!stopped) plan();
  };
  const plan = (): void => {
    timer = setTimeout(() => {
      sweeping = sweep();
    }, everyMs);
  };
  plan();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await sweeping;
    },
  };
}
