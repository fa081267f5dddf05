import type { HealthFinding, HealthState } from './report.js';

const DAY_MS = 86_400_000;
/** A job waits for the one before it at most; beyond that (and this, for a burst) the queue is behind … */
const BEHIND_MS = 60_000;
/** … and after this nobody works on it, or too few do. */
const STUCK_MS = 300_000;
/** Ten cameras' alerts of an hour in one go; more waiting jobs are a mistake of whoever enqueues, or too few workers. */
const DEEP = 1000;
const TOO_DEEP = 10_000;
/** How long a failed job is news, ms. */
export const FAILED_WITHIN_MS = 900_000;
/** The usual 90-day certificates are renewed 30 days before their end: later, the renewal has failed. */
const CERTIFICATE_WARN_DAYS = 30;
const CERTIFICATE_FAIL_DAYS = 7;

export interface QueueSeen {
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  readonly failed: number;
  /** Failed within the last FAILED_WITHIN_MS. */
  readonly failedLately: number;
  readonly oldestWaitingMs: number;
}

/** @param timeoutMs of one job: the next may have to wait for it */
export function judgeQueue(queue: string, seen: QueueSeen, timeoutMs: number): HealthFinding {
  const { waiting, oldestWaitingMs } = seen;
  const waitedS = Math.round(oldestWaitingMs / 1000);
  const isStuck = oldestWaitingMs > STUCK_MS + 2 * timeoutMs || waiting >= TOO_DEEP;
  const isBehind = oldestWaitingMs > BEHIND_MS + timeoutMs || waiting >= DEEP;
  const complaints = [
    ...(isStuck || isBehind
      ? [
          `${waiting} jobs wait, the oldest for ${waitedS} s: start more of "camqueue worker ${queue}" and look at its log`,
        ]
      : []),
    ...(seen.failedLately > 0
      ? [
          `${seen.failedLately} failed in the last ${FAILED_WITHIN_MS / 60_000} minutes: camqueue jobs list ${queue} --state failed`,
        ]
      : []),
  ];
  const state: HealthState = isStuck ? 'fail' : complaints.length > 0 ? 'warn' : 'ok';
  return {
    ...{ subject: `queue/${queue}`, state },
    detail: complaints.length > 0 ? complaints.join('; ') : `${waiting} waiting, ${seen.active} active`,
    measures: { ...seen },
  };
}

/**
 * @param count processes that work on the queue; `undefined`: this Redis does not tell
 * @param isNeeded false: nothing waits that would need one
 */
export function judgeWorkers(queue: string, count: number | undefined, isNeeded = true): HealthFinding {
  const isMissing = count === 0 && isNeeded;
  return {
    ...{ subject: `worker/${queue}`, state: isMissing ? 'fail' : 'ok' },
    detail: isMissing
      ? `no process works on ${queue}: start "camqueue worker ${queue}"`
      : count === undefined
        ? 'this Redis does not tell who is connected'
        : `${count} at work`,
    measures: count === undefined ? {} : { count },
  };
}

/**
 * @param needed cameras that a sampler should be reading
 * @param alive samplers that have said something lately
 */
export function judgeSamplers(needed: number, alive: readonly string[]): HealthFinding {
  const isMissing = needed > 0 && alive.length === 0;
  return {
    ...{ subject: 'sampler', state: isMissing ? 'fail' : 'ok' },
    detail: isMissing
      ? `no process reads the ${needed} cameras: start "camqueue sampler"`
      : `${alive.length} at work, ${needed} cameras`,
    measures: { alive: alive.length, cameras: needed },
  };
}

/**
 * @param host with port
 * @param validTo epoch ms
 */
export function judgeCertificate(host: string, validTo: number, now: number): HealthFinding {
  const daysLeft = Math.floor((validTo - now) / DAY_MS);
  const state: HealthState =
    daysLeft < CERTIFICATE_FAIL_DAYS ? 'fail' : daysLeft < CERTIFICATE_WARN_DAYS ? 'warn' : 'ok';
  const until = new Date(validTo).toISOString().slice(0, 10);
  const said =
    validTo <= now
      ? `the certificate of ${host} expired on ${until}`
      : `the certificate of ${host} ends on ${until}, in ${daysLeft} days`;
  return {
    ...{ subject: `certificate/${host}`, state },
    detail: state === 'ok' ? said : `${said}: renew it`,
    measures: { daysLeft },
  };
}
