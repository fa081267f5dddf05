import type { Camera } from '../../src/domain/camera.js';
import { comparedStarts, comparedWith } from '../../src/domain/flow/compare.js';
import { computeReport, saysTheSame } from '../../src/domain/flow/compute-report.js';
import type { StoredMinute } from '../../src/domain/flow/density.js';
import { isCounting } from '../../src/domain/flow/is-counting.js';
import type { FlowReport, Granularity } from '../../src/domain/flow/report.js';
import { newTally } from '../../src/domain/flow/tally.js';
import { LONGEST_TRIP_MS } from '../../src/domain/flow/trips.js';
import { partsOf } from '../../src/domain/flow/windows.js';
import type { Span } from '../../src/domain/spans.js';
import { InputError } from '../../src/errors.js';
import type { Ports } from '../../src/ports.js';
import { type Watched, watchedOf } from './watched.js';

export type FlowPorts = 'cameras' | 'events' | 'flowReports' | 'states' | 'gaps';

export interface Asked {
  readonly granularity: Granularity;
  /** Oldest first, at least one. */
  readonly windows: readonly Span[];
  readonly onlyLate: boolean;
}

export interface Refreshing {
  readonly ports: Pick<Ports, FlowPorts>;
  readonly signal: AbortSignal;
  readonly now: () => number;
  /** After each window. */
  readonly onWindow?: () => Promise<void>;
}

/** The report of a window as it stands; `fresh`: something in it is new. */
export interface Refreshed {
  readonly report: FlowReport;
  readonly fresh: boolean;
}

/** A report computed sooner after its window than this may lack the last minutes that were still being analysed, ms. */
const SETTLED_MS = 180_000;
/** More than a day of 25 hours has. */
const MOST_MINUTES = 2000;

/**
 * Computes the reports of a camera's windows and stores what has changed. Computed again from the same data a report
 * stays as it was, `computedAt` too. One that knows more crossings than the database still has is left alone: events
 * are kept for so many days.
 * @throws InputError for a camera that counts nothing, and for windows that have not begun
 */
export async function refresh(camera: Camera, asked: Asked, how: Refreshing): Promise<Refreshed[]> {
  checkCounts(camera);
  const { windows, granularity } = asked;
  const span = { from: windows[0]!.from, to: windows.at(-1)!.to };
  const watched = await watchedOf(camera, span, how.ports, how.now());
  const ahead = windows.find(({ from }) => from >= watched.knownTo);
  if (ahead)
    throw new InputError(
      `the ${granularity} from ${isoOf(ahead.from)} has not happened yet; to must not be after ${isoOf(watched.knownTo)}`,
    );
  const all: Refreshed[] = [];
  for (const window of windows) {
    how.signal.throwIfAborted();
    all.push(await refreshWindow(camera, window, asked, watched, how));
    await how.onWindow?.();
  }
  return all;
}

function checkCounts(camera: Camera): void {
  if (!isCounting(camera))
    throw new InputError(
      `camera "${camera.id}" has no lines: nothing is counted; give it lines in the camera file`,
    );
}

async function refreshWindow(
  camera: Camera,
  window: Span,
  { granularity, onlyLate }: Asked,
  watched: Watched,
  { ports, now }: Refreshing,
): Promise<Refreshed> {
  const { events, flowReports } = ports;
  const stored = await flowReports.get(camera.id, granularity, window.from);
  if (stored) {
    const groups = await events.crossings({ cameraId: camera.id, ...window });
    const crossings = groups.reduce((sum, { count }) => sum + count, 0);
    const isLate = crossings !== stored.crossings || stored.computedAt < window.to + SETTLED_MS;
    if (crossings < stored.crossings || (onlyLate && !isLate)) return { report: stored, fresh: false };
  }
  const report = await compute(camera, granularity, window, watched, { ports, now });
  if (stored && saysTheSame(stored, report)) return { report: stored, fresh: false };
  await flowReports.put(report);
  return { report, fresh: true };
}

async function compute(
  camera: Camera,
  granularity: Granularity,
  window: Span,
  { spans, knownTo }: Watched,
  { ports, now }: Pick<Refreshing, 'ports' | 'now'>,
): Promise<FlowReport> {
  const { cameras, events, flowReports } = ports;
  const { timeZone } = cameras.site;
  const { id: cameraId } = camera;
  const parts = partsOf(granularity, window, timeZone);
  const crossings = newTally(window, camera.lines, parts);
  const rows = { cameraIds: [cameraId], from: window.from - LONGEST_TRIP_MS, to: window.to };
  for await (const some of events.eachCrossing(rows)) some.forEach(crossings.add);
  const earlier: FlowReport['before'] = [];
  for (const from of comparedStarts(window.from, timeZone)) {
    const one = await flowReports.get(cameraId, granularity, from);
    if (one) earlier.push(comparedWith(one));
  }
  return computeReport({
    ...{ camera, granularity, window, parts, crossings, watched: spans, before: earlier, knownTo },
    minutes: await minutesOf(cameraId, window, events),
    computedAt: now(),
  });
}

async function minutesOf(cameraId: string, window: Span, events: Ports['events']): Promise<StoredMinute[]> {
  const minutes = await events.list({ cameraId, type: 'flow', ...window, limit: MOST_MINUTES });
  return minutes.flatMap((event) => (event.type === 'flow' ? [event] : []));
}

function isoOf(at: number): string {
  return new Date(at).toISOString();
}
