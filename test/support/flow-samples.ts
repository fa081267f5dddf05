import { FlowReport } from '../../src/domain/flow/report.js';

const HOUR_MS = 3_600_000;
/** Midnight in Asia/Ho_Chi_Minh. */
export const SATURDAY = Date.parse('2026-11-21T00:00:00+07:00');

/** Of each hour of a day, how busy a road is: two rushes and a quiet night. */
const BUSY = [2, 1, 1, 1, 3, 9, 24, 46, 38, 25, 22, 26, 30, 26, 24, 27, 36, 52, 40, 24, 16, 11, 7, 4];
const SHARES = { motorcycle: 0.62, car: 0.27, bus: 0.02, truck: 0.05, bicycle: 0.04 };
const SPEEDS = { known: 10, unknown: 2, mean: 31.4, p85: 38.2, histogram: [0, 1, 3, 5, 1] };

/** One hour of a calibrated road: 12 crossings, 7 of them in. */
export function hourReport(given: Partial<FlowReport> = {}): FlowReport {
  const from = given.from ?? SATURDAY + 14 * HOUR_MS;
  const line = { line: 'stop', speed: SPEEDS };
  return FlowReport.parse({
    ...{ cameraId: 'gate-1', granularity: 'hour', from, to: from + HOUR_MS, computedAt: from + 66 * 60_000 },
    ...{ crossings: 12, byClass: { car: 7, motorcycle: 5 }, speed: SPEEDS, trips: [], before: [] },
    lines: [
      {
        ...{ ...line, direction: 'in', total: 7, byClass: { car: 4, motorcycle: 3 } },
        headwayS: { median: 210, mean: 480.4 },
      },
      { ...line, direction: 'out', total: 5, byClass: { car: 3, motorcycle: 2 } },
    ],
    density: { vehicles: { mean: 0.31, most: 2 }, car: { mean: 0.2, most: 1 }, person: { mean: 0, most: 0 } },
    congestion: { worst: 'free', minutes: { free: 60, dense: 0, congested: 0, standstill: 0 } },
    series: [0, 1, 2, 3].map((quarter) => ({
      at: from + (quarter * HOUR_MS) / 4,
      ...(quarter < 3
        ? { byClass: { car: 2, motorcycle: 1 }, in: 2, out: 1 }
        : { byClass: { car: 1, motorcycle: 2 }, in: 1, out: 2 }),
      minutes: { free: 15, dense: 0, congested: 0, standstill: 0 },
    })),
    watched: 1,
    ...given,
  });
}

/** A whole Saturday of a busy road, past weeks, and a rush in which it stood still. */
export function dayReport(given: Partial<FlowReport> = {}): FlowReport {
  const from = given.from ?? SATURDAY;
  const series = BUSY.map((busy, hour) => partOf(from + hour * HOUR_MS, busy, hour));
  const byClass = totals(series.map((part) => part.byClass));
  const crossings = sum(Object.values(byClass));
  const into = sum(series.map((part) => part.in));
  const share = (part: number) =>
    Object.fromEntries(
      Object.entries(byClass).map(([name, count]) => [name, Math.round((count * part) / crossings)]),
    );
  const histogram = [180, 420, 1210, 1480, 740, 210, 44, 6];
  const speed = { known: crossings - 412, unknown: 412, mean: 29.4, p85: 41.7, histogram };
  return hourReport({
    ...{ granularity: 'day', from, to: from + 24 * HOUR_MS, computedAt: from + 24.25 * HOUR_MS },
    ...{ crossings, byClass, speed, series },
    lines: [
      {
        ...{ line: 'stop', direction: 'in', name: 'vào thành phố', total: into, byClass: share(into), speed },
        headwayS: { median: 6.4, mean: 22.1 },
      },
      {
        ...{ line: 'stop', direction: 'out', name: 'ra ngoại ô', total: crossings - into },
        ...{ byClass: share(crossings - into), speed },
      },
    ],
    density: {
      ...{ vehicles: { mean: 5.3, most: 31 }, motorcycle: { mean: 3.8, most: 24 } },
      car: { mean: 1.5, most: 9 },
    },
    congestion: {
      worst: 'standstill',
      minutes: totals(series.map((part) => part.minutes)),
    },
    before: [1, 2, 3].map((week) => ({
      from: from - week * 7 * 24 * HOUR_MS,
      crossings: Math.round(crossings * (1 - 0.04 * week)),
      meanKmh: 31 + week / 2,
    })),
    ...{ watched: 0.964, notes: ['not-watched'] },
    ...given,
  });
}

function partOf(at: number, busy: number, hour: number) {
  const byClass = Object.fromEntries(
    Object.entries(SHARES).map(([name, share]) => [name, Math.round(busy * 9 * share)]),
  );
  const all = sum(Object.values(byClass));
  const into = Math.round(all * (hour < 12 ? 0.64 : 0.41));
  const jammed = Math.max(0, Math.min(50, (busy - 34) * 3));
  const dense = busy > 24 ? Math.min(60 - jammed, 20) : 0;
  const standstill = Math.floor(jammed * 0.3);
  return {
    ...{ at, byClass, in: into, out: all - into, ...(hour >= 4 && { meanKmh: 48 - busy * 0.6 }) },
    minutes: { free: 60 - jammed - dense, dense, congested: jammed - standstill, standstill },
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}

function totals(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const names = [...new Set(all.flatMap((one) => Object.keys(one)))];
  return Object.fromEntries(names.map((name) => [name, sum(all.map((one) => one[name] ?? 0))]));
}
