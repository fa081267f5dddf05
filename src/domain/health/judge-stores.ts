import type { HealthFinding, HealthState } from './report.js';

const MB = 1024 ** 2;
/** Time to act between the warning and the limit. */
const DISK_WARN_FACTOR = 1.5;
/** Of maxmemory. A full jobs' Redis refuses every new job; a fork for its append-only file needs room as well. */
const MEMORY_WARN_SHARE = 0.75;
const MEMORY_FAIL_SHARE = 0.9;
/** Every frame and every job waits for several such replies. */
const SLOW_REDIS_MS = 250;
const SLOW_SQL_MS = 1000;
/** Alerts, signed links and evidence carry times; two seconds is what a badly synchronised machine reaches in days. */
const CLOCK_WARN_MS = 2000;
const CLOCK_FAIL_MS = 30_000;

/**
 * Room on a disk.
 * @param minFreeMb DISK_MIN_FREE_MB, below which recordings are removed
 */
export function judgeDisk(
  name: string,
  space: { readonly path: string; readonly freeBytes: number; readonly totalBytes: number },
  minFreeMb: number,
): HealthFinding {
  const freeMb = Math.floor(space.freeBytes / MB);
  const totalMb = Math.floor(space.totalBytes / MB);
  const state: HealthState =
    freeMb < minFreeMb ? 'fail' : freeMb < minFreeMb * DISK_WARN_FACTOR ? 'warn' : 'ok';
  const found = `${freeMb} MB of ${totalMb} MB free at ${space.path}`;
  return {
    ...{ subject: `disk/${name}`, state },
    detail:
      state === 'ok'
        ? found
        : `${found}: make room, or keep recordings for fewer days (limit DISK_MIN_FREE_MB is ${minFreeMb})`,
    measures: { freeMb, totalMb },
  };
}

export interface RedisSeen {
  readonly version: string;
  readonly usedBytes: number;
  /** 0: no limit. */
  readonly maxBytes: number;
  readonly policy: string;
  readonly isAofOn: boolean;
  readonly isAofWriteOk: boolean;
  readonly isSaveOk: boolean;
  /** Since the server started. */
  readonly evictedKeys: number;
  /** Of a PING, ms. */
  readonly latencyMs: number;
}

/** The Redis of jobs must keep everything; the one of frames is memory only and may be full. */
export function judgeRedis(which: 'jobs' | 'frames', seen: RedisSeen): HealthFinding {
  const { state, complaints } = worstOf(which === 'jobs' ? jobsComplaints(seen) : framesComplaints(seen));
  const usedMb = Math.round(seen.usedBytes / MB);
  const maxMb = Math.round(seen.maxBytes / MB);
  const { version, policy, isAofOn, isAofWriteOk, evictedKeys } = seen;
  return {
    ...{ subject: `redis/${which}`, state },
    detail:
      complaints.length > 0
        ? complaints.join('; ')
        : `answers in ${seen.latencyMs.toFixed(1)} ms, ${usedMb} MB used${maxMb > 0 ? ` of ${maxMb}` : ''}`,
    measures: {
      ...{ version, usedMb, maxMb, policy, isAofOn, isAofWriteOk, evictedKeys },
      latencyMs: Math.round(seen.latencyMs * 10) / 10,
    },
  };
}

type Complaint = readonly [Exclude<HealthState, 'ok'>, string];

function jobsComplaints(seen: RedisSeen): Complaint[] {
  const share = seen.maxBytes > 0 ? seen.usedBytes / seen.maxBytes : 0;
  return [
    ...when(
      seen.policy !== 'noeviction',
      'fail',
      `maxmemory-policy is ${seen.policy} and throws jobs away: set noeviction`,
    ),
    ...when(
      seen.isAofOn && !seen.isAofWriteOk,
      'fail',
      'its append-only file cannot be written: free space on its disk',
    ),
    ...when(!seen.isSaveOk, 'warn', 'its last snapshot failed: free space on its disk'),
    ...when(
      share >= MEMORY_FAIL_SHARE,
      'fail',
      `${percent(share)} of its memory is used: soon it refuses jobs; raise maxmemory`,
    ),
    ...when(
      share >= MEMORY_WARN_SHARE && share < MEMORY_FAIL_SHARE,
      'warn',
      `${percent(share)} of its memory is used: raise maxmemory`,
    ),
    ...when(
      !seen.isAofOn,
      'warn',
      'it has no append-only file: a crash of it loses jobs; set appendonly yes',
    ),
    ...when(seen.evictedKeys > 0, 'warn', `it has thrown ${seen.evictedKeys} keys away since it started`),
    ...slow(seen),
  ];
}

function framesComplaints(seen: RedisSeen): Complaint[] {
  return [
    ...when(
      seen.maxBytes === 0,
      'warn',
      'it has no maxmemory: frames may take all memory of its machine; set one',
    ),
    ...slow(seen),
  ];
}

function slow({ latencyMs }: RedisSeen): Complaint[] {
  return when(latencyMs > SLOW_REDIS_MS, 'warn', `it answers slowly: ${Math.round(latencyMs)} ms`);
}

/** The database answers; @param seen.place for people, without user and password */
export function judgeSql(seen: { readonly place: string; readonly latencyMs: number }): HealthFinding {
  const isSlow = seen.latencyMs > SLOW_SQL_MS;
  const latencyMs = Math.round(seen.latencyMs * 10) / 10;
  return {
    subject: 'sql',
    state: isSlow ? 'warn' : 'ok',
    detail: `${seen.place} answers in ${latencyMs} ms${isSlow ? ': that is slow; look at its disk and load' : ''}`,
    measures: { latencyMs },
  };
}

/** @param setting the variable that names it @param seen.place for people, without credentials */
export function judgeStorage(
  setting: string,
  seen: { readonly place: string; readonly latencyMs: number } | { readonly problem: string },
): HealthFinding {
  const subject = `storage/${setting}`;
  if ('problem' in seen) {
    const isNamed = seen.problem.startsWith(setting);
    return {
      subject,
      state: 'fail',
      detail: isNamed ? seen.problem : `${setting}: ${seen.problem}`,
      measures: {},
    };
  }
  const latencyMs = Math.round(seen.latencyMs);
  return {
    subject,
    state: 'ok',
    detail: `${seen.place} keeps what is written, in ${latencyMs} ms`,
    measures: { latencyMs },
  };
}

/**
 * This machine's clock against those of the servers.
 * @param offsets server's time less ours, ms, by server
 */
export function judgeClock(offsets: Readonly<Record<string, number>>): HealthFinding {
  const far = Object.entries(offsets).sort(([, a], [, b]) => Math.abs(b) - Math.abs(a))[0];
  const most = Math.abs(far?.[1] ?? 0);
  const state: HealthState = most > CLOCK_FAIL_MS ? 'fail' : most > CLOCK_WARN_MS ? 'warn' : 'ok';
  return {
    ...{ subject: 'clock', state },
    detail:
      state === 'ok' || !far
        ? `agrees with ${Object.keys(offsets).join(', ') || 'nobody else'}`
        : `differs from the clock of ${far[0]} by ${(far[1] / 1000).toFixed(1)} s: synchronise both with a time server (NTP)`,
    measures: Object.fromEntries(
      Object.entries(offsets).map(([name, ms]) => [`${name}OffsetMs`, Math.round(ms)]),
    ),
  };
}

function worstOf(found: readonly Complaint[]): { state: HealthState; complaints: string[] } {
  const isFail = found.some(([state]) => state === 'fail');
  const state = isFail ? 'fail' : found.length > 0 ? 'warn' : 'ok';
  return { state, complaints: found.map(([, text]) => text) };
}

function when(condition: boolean, state: Complaint[0], text: string): Complaint[] {
  return condition ? [[state, text]] : [];
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
