import { backoffMs } from './backoff.js';
import type { Camera } from './camera.js';
import type { SourceFault } from './frame-source.js';

/** What follows a failure to read a live camera. */
export interface RetryPlan {
  readonly status: 'retrying' | 'connection_failed';
  /** Until the next try, ms; `undefined`: it is not tried any more. */
  readonly waitMs: number | undefined;
}

/** A wrong password from here on: the first refusal may be a camera that is still starting. */
const PASSWORD_IS_WRONG_AFTER = 2;

/**
 * When a camera is tried again: after `firstS`, doubled with each failure up to `maxS`, of which the second half is random.
 * A refused password is different: cameras lock the account, or us, out after some five to ten wrong ones. From the
 * second refusal in a row on, the whole of `maxS` is waited.
 * @param failures in a row, this one included: 1 or more
 * @param random 0..1
 */
export function planRetry(
  failures: number,
  fault: SourceFault,
  reconnect: Camera['reconnect'],
  random: number,
): RetryPlan {
  const hasFailed = failures >= reconnect.maxRetries;
  const status = hasFailed ? 'connection_failed' : 'retrying';
  if (hasFailed && reconnect.giveUp) return { status, waitMs: undefined };
  const firstMs = reconnect.firstS * 1000;
  const maxMs = reconnect.maxS * 1000;
  if (fault === 'unauthorised' && failures >= PASSWORD_IS_WRONG_AFTER) return { status, waitMs: maxMs };
  return { status, waitMs: backoffMs(failures, { firstMs, maxMs }, random) };
}
