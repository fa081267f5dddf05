import type { SourceState } from '../ports.js';
import type { Unwatched } from './gap-watch.js';
import type { CameraContext } from './options.js';
import { untilDone } from './wait.js';

/**
 * Capture time of the newest frame that is accounted for: analysed, or waiting in the ring. Frames that an earlier
 * sampler had seen after it, and held back as still, were never told to anybody.
 * @returns `undefined` when there is none, or when told to stop.
 */
export async function accountedAt(context: CameraContext): Promise<number | undefined> {
  const { camera, states, ring, signal, onStoreError: onError } = context;
  const checkpoint = await untilDone(() => states.read(camera.id), { signal, onError });
  const last = await untilDone(() => ring.last(camera.id), { signal, onError });
  const times = [checkpoint?.value?.cursor?.at, last?.value?.at].filter((at) => at !== undefined);
  return times.length === 0 ? undefined : Math.max(...times);
}

/**
 * The time that nobody watched the camera before this reading.
 * @param previous the state that an earlier reading left behind
 * @param accounted see `accountedAt`
 */
export function unwatchedBefore(
  previous: SourceState | undefined,
  accounted: number | undefined,
  now: number,
): Unwatched | undefined {
  if (!previous || previous.pass === 0 || previous.file) return undefined;
  const { status, since, beatAt = since, nextTryAt } = previous;
  const wasStopped = previous.beatAt !== undefined && previous.sampler === undefined;
  const reason = wasStopped ? 'its sampler was stopped' : 'its sampler died';
  // Capture times may be half a second ahead of the wall clock.
  const newest = Math.max(now, accounted ?? 0);
  switch (status) {
    case 'ok':
    case 'connecting':
      return accounted === undefined
        ? undefined
        : { from: accounted, reason, endsAnother: status === 'connecting' };
    case 'disabled':
    case 'finished':
      return { from: newest, reason: 'it was switched on and is being connected', endsAnother: true };
    case 'connection_failed':
    case 'no_signal':
    case 'frozen':
    case 'retrying':
      // The gap of that trouble is known, and lasted for as long as somebody looked.
      return nextTryAt === undefined && status === 'connection_failed'
        ? { from: newest, reason: 'it is tried again after it was given up', endsAnother: true }
        : { from: Math.max(beatAt, accounted ?? 0), reason, endsAnother: true };
  }
}
