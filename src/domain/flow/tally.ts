import type { Line } from '../camera-fields/lines-zones.js';
import { isVehicle } from '../object-class.js';
import type { Span } from '../spans.js';
import { headwayOf } from './headway.js';
import type { FlowReport } from './report.js';
import { addSpeed, meanOf, newSpeeds, speedsOf, type SpeedTally } from './speeds.js';
import { LONGEST_TRIP_MS, tripsOf, type TripStep } from './trips.js';

/** A crossing as reports need it. */
export interface TalliedCrossing extends TripStep {
  readonly trackId: number;
  readonly speedKmh?: number;
}

/** What crossings of one window have added up to. Some tens of bytes a crossing: a busy day fits. */
export interface Tally {
  /** Takes in one crossing, in any order; those just before the window are origins of trips, others outside it nothing. */
  readonly add: (crossing: TalliedCrossing) => void;
  readonly result: () => Pick<FlowReport, 'crossings' | 'lines' | 'byClass' | 'speed' | 'trips'> & {
    readonly series: Pick<FlowReport['series'][number], 'at' | 'byClass' | 'in' | 'out' | 'meanKmh'>[];
  };
}

type Counts = Record<string, number>;
interface Way {
  readonly byClass: Counts;
  readonly speeds: SpeedTally;
  /** Capture times of vehicles. */
  readonly times: number[];
}
interface Part {
  readonly at: number;
  readonly byClass: Counts;
  in: number;
  out: number;
  readonly tenths: SpeedTally;
}

/**
 * @param lines of the camera: each has a row, crossed or not; lines of the crossings that it does not know any more too
 * @param parts of the window, oldest first: see partsOf
 */
export function newTally(window: Span, lines: readonly Line[], parts: readonly Span[]): Tally {
  const ways = new Map<string, Way>();
  for (const { id } of lines) for (const direction of ['in', 'out']) wayOf(ways, id, direction);
  const series: Part[] = parts.map(({ from: at }) => ({
    ...{ at, byClass: {}, in: 0, out: 0, tenths: newSpeeds() },
  }));
  const tracks = new Map<number, TripStep[]>();
  const all = { crossings: 0, byClass: {} as Counts, speeds: newSpeeds() };
  return {
    add: ({ trackId, speedKmh, ...step }) => {
      const { at, line, direction, class: label } = step;
      if (at < window.from - LONGEST_TRIP_MS || at >= window.to) return;
      const steps = tracks.get(trackId);
      if (steps) steps.push(step);
      else tracks.set(trackId, [step]);
      if (at < window.from) return;
      const way = wayOf(ways, line, direction);
      const part = series.findLast((one) => one.at <= at);
      all.crossings += 1;
      for (const byClass of [all.byClass, way.byClass, part?.byClass ?? {}]) count(byClass, label);
      for (const speeds of [all.speeds, way.speeds, part?.tenths ?? newSpeeds()]) addSpeed(speeds, speedKmh);
      if (part) part[direction] += 1;
      if (isVehicle(label)) way.times.push(at);
    },
    result: () => ({
      crossings: all.crossings,
      lines: linesOf(ways, lines),
      byClass: sorted(all.byClass),
      speed: speedsOf(all.speeds),
      trips: tripsOf(tracks.values(), window).map((trip) => ({ ...trip, byClass: sorted(trip.byClass) })),
      series: series.map(({ tenths, byClass, ...part }) => {
        const meanKmh = meanOf(tenths.tenths);
        return { ...part, byClass: sorted(byClass), ...(meanKmh !== undefined && { meanKmh }) };
      }),
    }),
  };
}

function linesOf(ways: ReadonlyMap<string, Way>, lines: readonly Line[]): FlowReport['lines'] {
  const known = lines.map(({ id }) => id);
  const gone = [...new Set([...ways.keys()].map((key) => (JSON.parse(key) as string[])[0]!))]
    .filter((id) => !known.includes(id))
    .sort();
  return [...known, ...gone].flatMap((line) =>
    (['in', 'out'] as const).map((direction) => {
      const way = ways.get(JSON.stringify([line, direction])) ?? newWay();
      const name = lines.find(({ id }) => id === line)?.names?.[direction];
      const headwayS = headwayOf(way.times);
      return {
        ...{ line, direction, ...(name !== undefined && { name }) },
        total: Object.values(way.byClass).reduce((sum, of) => sum + of, 0),
        byClass: sorted(way.byClass),
        speed: speedsOf(way.speeds),
        ...(headwayS && { headwayS }),
      };
    }),
  );
}

function wayOf(ways: Map<string, Way>, line: string, direction: string): Way {
  const key = JSON.stringify([line, direction]);
  let way = ways.get(key);
  if (!way) ways.set(key, (way = newWay()));
  return way;
}

function newWay(): Way {
  return { byClass: {}, speeds: newSpeeds(), times: [] };
}

function count(byClass: Counts, label: string): void {
  byClass[label] = (byClass[label] ?? 0) + 1;
}

/** The same numbers are the same text, in whatever order they came. */
function sorted(byClass: Counts): Counts {
  return Object.fromEntries(Object.entries(byClass).sort(([a], [b]) => (a < b ? -1 : 1)));
}
