import type { CameraId } from '../ids.js';
import type { HealthFinding } from './report.js';

/** Shorter than this is a server that was started anew, ms. */
const DOWN_AFTER_MS = 60_000;

/**
 * @param status as its publisher last said; undefined: nobody publishes it
 * @param now wall clock, epoch ms
 */
export function judgeRestream(
  cameraId: CameraId,
  status:
    | {
        readonly state: string;
        readonly since: number;
        readonly reason?: string | undefined;
        readonly failures: number;
      }
    | undefined,
  now: number,
): HealthFinding {
  const subject = `restream/${cameraId}`;
  if (!status)
    return {
      ...{ subject, state: 'warn', measures: {} },
      detail: `camera ${cameraId} is to be published (restream), and no process does: start "camqueue restream"`,
    };
  const { state, since, reason, failures } = status;
  if (state === 'live')
    return { subject, state: 'ok', detail: 'it is published', since, measures: { failures } };
  const downMs = Math.max(0, now - since);
  const why = reason ?? 'the server has not taken it yet';
  return {
    ...{ subject, state: downMs > DOWN_AFTER_MS ? 'warn' : 'ok', since },
    detail: `not published for ${Math.round(downMs / 1000)} s: ${why}`,
    measures: { failures, downS: Math.round(downMs / 1000) },
  };
}
