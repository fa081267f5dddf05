import { classDistance } from '../object-class.js';
import type { Span } from '../spans.js';
import type { FlowReport } from './report.js';

/** A crossing as trips need it. */
export interface TripStep {
  readonly at: number;
  readonly line: string;
  readonly direction: 'in' | 'out';
  readonly class: string;
}

type Trip = FlowReport['trips'][number];

/**
 * Two crossings further apart are no trip, ms. Track ids begin anew when a camera's state is lost: within so short a time
 * the same number is the same thing, as long as its class may be.
 */
export const LONGEST_TRIP_MS = 10 * 60_000;

/**
 * Trips from one line to the next of one track, by origin and destination; each belongs to the window in which it ends,
 * so that the trips of windows add up. Coming back over the same line is a trip too: from a line to itself.
 * @param steps by track, in any order; also those of the ten minutes before the window
 */
export function tripsOf(steps: Iterable<readonly TripStep[]>, window: Span): Trip[] {
  const trips = new Map<string, Trip>();
  for (const track of steps) {
    const sorted = [...track].sort(inOrder);
    sorted.slice(1).forEach((end, i) => {
      const begin = sorted[i]!;
      const isTrip =
        end.at >= window.from &&
        end.at < window.to &&
        end.at - begin.at <= LONGEST_TRIP_MS &&
        classDistance(begin.class, end.class) < Infinity;
      if (!isTrip) return;
      const key = JSON.stringify([begin.line, begin.direction, end.line, end.direction]);
      const known = trips.get(key) ?? newTrip(begin, end);
      const byClass = { ...known.byClass, [end.class]: (known.byClass[end.class] ?? 0) + 1 };
      trips.set(key, { ...known, total: known.total + 1, byClass });
    });
  }
  return [...trips.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, trip]) => trip);
}

function newTrip(begin: TripStep, end: TripStep): Trip {
  return {
    ...{ from: begin.line, fromDirection: begin.direction },
    ...{ to: end.line, toDirection: end.direction },
    ...{ total: 0, byClass: {} },
  };
}

/** Two lines may be crossed in one frame: always in the same order then. */
function inOrder(a: TripStep, b: TripStep): number {
  return a.at - b.at || (a.line + a.direction < b.line + b.direction ? -1 : 1);
}
