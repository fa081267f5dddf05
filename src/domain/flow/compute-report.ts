import type { Camera } from '../camera.js';
import { cut, lengthOf, type Span } from '../spans.js';
import { densityOf, levelMinutes, type StoredMinute, worstOf } from './density.js';
import { type FlowNote, FlowReport, type Granularity } from './report.js';
import type { Tally } from './tally.js';

/** What a report is made from. */
export interface FlowFacts {
  readonly camera: Pick<Camera, 'id'> & Partial<Pick<Camera, 'flow' | 'calibration'>>;
  readonly granularity: Granularity;
  readonly window: Span;
  /** See partsOf. */
  readonly parts: readonly Span[];
  readonly crossings: Tally;
  /** Those of the window. */
  readonly minutes: readonly StoredMinute[];
  /** When frames of the camera came, also outside the window; in order, without overlap. */
  readonly watched: readonly Span[];
  readonly before: FlowReport['before'];
  /** Up to when things are known, epoch ms: a window that ends later is unfinished. */
  readonly knownTo: number;
  readonly computedAt: number;
}

/** Less than this is missing at any camera's start: it is no hole, share of the window. */
const WHOLE = 0.99;

/**
 * The report of one window. The same facts give the same report, in whatever order they came. `watched` is the share of
 * the window in which frames of the camera came; frames that an overloaded analysis dropped are not taken off.
 */
export function computeReport(facts: FlowFacts): FlowReport {
  const { camera, granularity, window, minutes, watched } = facts;
  const { series, ...counted } = facts.crossings.result();
  const watchedMs = lengthOf(cut(watched, window));
  const share = Math.min(1, watchedMs / (window.to - window.from));
  return {
    ...{ cameraId: camera.id, granularity, from: window.from, to: window.to },
    computedAt: facts.computedAt,
    ...counted,
    density: densityOf(minutes, watchedMs),
    congestion: { worst: worstOf(minutes), minutes: levelMinutes(minutes, watched, window) },
    series: series.map((part, i) => ({
      ...part,
      minutes: levelMinutes(minutes, watched, facts.parts[i] ?? window),
    })),
    before: facts.before,
    watched: Math.round(share * 1e4) / 1e4,
    notes: notesOf(facts, share),
  };
}

function notesOf({ camera, window, knownTo }: FlowFacts, share: number): FlowNote[] {
  const isUnfinished = knownTo < window.to;
  const soFar = (knownTo - window.from) / (window.to - window.from);
  return [
    ...(camera.calibration ? [] : ['not-calibrated' as const]),
    ...(camera.flow ? [] : ['not-judged' as const]),
    ...(share < WHOLE * (isUnfinished ? soFar : 1) ? ['not-watched' as const] : []),
    ...(isUnfinished ? ['unfinished' as const] : []),
  ];
}

/** Whether two reports say the same, whenever they were computed. */
export function saysTheSame(a: FlowReport, b: FlowReport): boolean {
  const text = (report: FlowReport): string => JSON.stringify({ ...FlowReport.parse(report), computedAt: 0 });
  return text(a) === text(b);
}
