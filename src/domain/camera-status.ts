import type { Camera } from './camera.js';
import type { CameraStatus } from './events.js';

/** What a sampler last wrote about a camera's source (`SourceState` in ports.ts has more). */
export interface WrittenStatus {
  readonly status: CameraStatus;
  readonly reason?: string;
  readonly since: number;
  readonly lastFrameAt?: number;
  readonly beatAt?: number;
  readonly sampler?: string;
  readonly nextTryAt?: number;
}

export interface EffectiveStatus {
  readonly status: CameraStatus;
  readonly reason?: string;
  /** When it began, epoch ms; undefined: nobody knows. */
  readonly since?: number;
}

/** A sampler writes every second; two lost writes and a slow Redis are not yet its end, ms. */
export const SILENT_AFTER_MS = 5000;

/**
 * What people are told about a camera: what its sampler last wrote, unless the camera is switched off, or the sampler
 * has stopped writing: then its last word is not true any more, whatever it was.
 * @param state undefined: no sampler ever wrote about it
 * @param now wall clock, epoch ms
 */
export function effectiveStatus(
  camera: Pick<Camera, 'enabled'>,
  state: WrittenStatus | undefined,
  now: number,
): EffectiveStatus {
  if (!camera.enabled) {
    const since = state?.status === 'disabled' ? { since: state.since } : {};
    return { status: 'disabled', reason: 'switched off in the camera file', ...since };
  }
  if (!state) return { status: 'connecting', reason: 'no sampler has opened it yet' };
  const { status, reason, since } = state;
  if (status === 'disabled') {
    return { status: 'connecting', reason: 'switched on; no sampler has opened it yet', since };
  }
  // An older release did not say when it wrote: its newest time is the best there is.
  const writtenAt = state.beatAt ?? Math.max(state.since, state.lastFrameAt ?? 0);
  if (!isOver(state) && now - writtenAt > SILENT_AFTER_MS) {
    return {
      status: 'no_signal',
      reason: `${silence(state)}, ${Math.round((now - writtenAt) / 1000)} s ago; no frame is read`,
      since: writtenAt,
    };
  }
  return { status, since, ...(reason !== undefined && { reason }) };
}

/** Nobody is expected to write any more: a file is through or cannot be read, or a camera was given up. */
function isOver({ status, nextTryAt }: WrittenStatus): boolean {
  return status === 'finished' || (status === 'connection_failed' && nextTryAt === undefined);
}

function silence({ beatAt, sampler }: WrittenStatus): string {
  return beatAt !== undefined && sampler === undefined
    ? 'its sampler was stopped'
    : 'its sampler has fallen silent';
}
