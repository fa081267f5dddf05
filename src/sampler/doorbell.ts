/** Rings for one camera, not more often than it pays, and never forgets the last ring. */
export interface Doorbell {
  /** There is something new in the ring. Returns at once. */
  press(): void;
  /** Rings what is still to be rung, and resolves when that is done (or has failed once). */
  close(): Promise<void>;
}

const AGAIN_AFTER_MS = 1000;

/**
 * @param ring tells the workers; may fail, then it is tried again
 * @param everyMs shortest time between two rings, ms
 */
export function createDoorbell(
  ring: () => Promise<void>,
  everyMs: number,
  onError: (error: unknown) => void,
): Doorbell {
  let isDue = false;
  let ringing: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  async function ringOnce(): Promise<void> {
    isDue = false;
    let pauseMs = everyMs;
    try {
      await ring();
    } catch (error) {
      onError(error);
      isDue = true;
      pauseMs = AGAIN_AFTER_MS;
    }
    timer = setTimeout(() => {
      timer = undefined;
      if (isDue) start();
    }, pauseMs);
  }

  function start(): void {
    ringing = ringOnce().finally(() => {
      ringing = undefined;
    });
  }

  return {
    press() {
      isDue = true;
      if (!ringing && !timer) start();
    },
    async close() {
      await ringing;
      if (isDue) await ringOnce();
      clearTimeout(timer);
    },
  };
}
