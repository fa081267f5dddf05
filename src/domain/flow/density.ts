import { isVehicle } from '../object-class.js';
import { cut, lengthOf, type Span } from '../spans.js';
import { badness } from './judge.js';
import type { CongestionLevel } from './minute.js';
import { type FlowMinute } from './minute.js';
import type { FlowReport } from './report.js';

/** A stored minute of traffic in view; `at` its start. */
export type StoredMinute = FlowMinute & { readonly at: number };

const MINUTE_MS = 60_000;
/** A minute watched for less than this says nothing of how many were in view at most, ms. */
const LEAST_WATCHED_MS = 10_000;
const VEHICLES = 'vehicles';

/**
 * How many were in view: on average over all that was watched (also while nothing was in view), and in the fullest minute.
 * @param watchedMs of the window
 */
export function densityOf(minutes: readonly StoredMinute[], watchedMs: number): FlowReport['density'] {
  // Where the account of the camera is gone, the minutes themselves say that they were watched.
  const overMs = Math.max(watchedMs, sum(minutes.map((minute) => minute.watchedMs)));
  const classes = new Set(minutes.flatMap(({ presentMs }) => Object.keys(presentMs)));
  const of = (present: (minute: StoredMinute) => number): FlowReport['density'][string] => ({
    mean: hundredths(overMs > 0 ? sum(minutes.map(present)) / overMs : 0),
    most: hundredths(
      minutes
        .filter((minute) => minute.watchedMs >= LEAST_WATCHED_MS)
        .reduce((most, minute) => Math.max(most, present(minute) / minute.watchedMs), 0),
    ),
  });
  const vehicles = ({ presentMs }: StoredMinute): number =>
    sum(Object.entries(presentMs).map(([label, ms]) => (isVehicle(label) ? ms : 0)));
  return {
    ...Object.fromEntries(
      [...classes].sort().map((label) => [label, of((minute) => minute.presentMs[label] ?? 0)]),
    ),
    ...([...classes].some(isVehicle) && { [VEHICLES]: of(vehicles) }),
  };
}

/** Minutes at each level in one stretch of time; what was watched without anything in view was free. */
export function levelMinutes(
  minutes: readonly StoredMinute[],
  watched: readonly Span[],
  span: Span,
): FlowReport['congestion']['minutes'] {
  const within = minutes.filter(({ at }) => at >= span.from && at < span.to);
  const at = (level: CongestionLevel): number => within.filter((minute) => minute.level === level).length;
  const bad = { dense: at('dense'), congested: at('congested'), standstill: at('standstill') };
  const watchedMinutes = Math.max(within.length, lengthOf(cut(watched, span)) / MINUTE_MS);
  return { free: hundredths(watchedMinutes - bad.dense - bad.congested - bad.standstill), ...bad };
}

export function worstOf(minutes: readonly StoredMinute[]): CongestionLevel {
  return minutes.reduce<CongestionLevel>(
    (worst, { level }) => (badness(level) > badness(worst) ? level : worst),
    'free',
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function hundredths(value: number): number {
  return Math.round(value * 100) / 100;
}
