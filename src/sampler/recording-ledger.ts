import type { CameraContext } from './options.js';
import { wait } from './wait.js';

/**
 * What the database is told about a camera's recording: one thing after the other, in order, each as often as it
 * takes. While the database is away the files go on.
 */
export interface RecordingLedger {
  /** @param entry safe to run twice */
  add(entry: () => Promise<unknown>): void;
  /** Nothing waits. */
  isIdle(): boolean;
  /**
   * Resolves when all is told, or could not be once more: what then is missing is found at the camera's next start.
   */
  close(): Promise<void>;
}

const RETRY_MS = 1000;
/** A database or a disk that hangs does not keep a camera from stopping. */
const CLOSE_WITHIN_MS = 5000;

export function createRecordingLedger({
  onStoreError,
}: Pick<CameraContext, 'onStoreError'>): RecordingLedger {
  const entries: (() => Promise<unknown>)[] = [];
  const closing = new AbortController();
  let working: Promise<void> | undefined;

  async function work(): Promise<void> {
    for (let entry = entries[0]; entry; entry = entries[0]) {
      const isLastTry = closing.signal.aborted;
      try {
        await entry();
        entries.shift();
      } catch (error) {
        onStoreError(error);
        if (isLastTry) return;
        await wait(RETRY_MS, closing.signal);
      }
    }
  }

  return {
    add(entry) {
      entries.push(entry);
      working ??= work().finally(() => {
        working = undefined;
      });
    },
    isIdle: () => entries.length === 0,
    async close() {
      closing.abort();
      const enough = new AbortController();
      await Promise.race([working, wait(CLOSE_WITHIN_MS, enough.signal)]);
      enough.abort();
    },
  };
}
