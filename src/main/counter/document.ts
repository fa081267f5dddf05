import { redactUrls } from '../../domain/redact.js';
import { addCounts, NO_FRAMES, type FrameCounts } from '../../domain/frame.js';
import { currentOf, sumOf, type Tally } from './tally.js';

/** One source of the final document; its `lines` and `frames` add up to what is said of it. */
export interface CountedSource {
  readonly id: string;
  /** Without credentials. */
  readonly source: string;
  /** finished, stopped or failed in the end; before: waiting, or how it is read. */
  readonly status: string;
  /** Since it was begun: of a file its own frames gone through a second, of a live source the frames looked at. */
  readonly fps: number;
  readonly in: number;
  readonly out: number;
  readonly lines: Tally['lines'];
  readonly frames: FrameCounts;
  /** Set: it failed, or it was finished but something was wrong with it. */
  readonly error?: string;
}

/** What `camqueue count --json` prints; interfaces.md. */
export interface CountDocument {
  readonly sources: readonly CountedSource[];
  readonly total: { readonly in: number; readonly out: number; readonly net: number };
}

export function documentOf(tallies: readonly Tally[], now: number): CountDocument {
  const sources = tallies.map((tally) => countedSource(tally, now));
  const sum = (direction: 'in' | 'out'): number =>
    sources.reduce((all, source) => all + source[direction], 0);
  const total = { in: sum('in'), out: sum('out') };
  return { sources, total: { ...total, net: total.in - total.out } };
}

export function countedSource(tally: Tally, now: number): CountedSource {
  const { source, status, lines, frames, sourceFrames, end, reason } = tally;
  const isError = end !== undefined && reason !== undefined;
  return {
    ...{ id: source.id, source: redactUrls(source.source), status },
    fps: rate(source.kind === 'file' ? sourceFrames : frames.captured, secondsOf(tally, now)),
    ...sumOf(tally),
    ...{ lines, frames },
    ...(isError && { error: reason }),
  };
}

/** The whole result of one source: what its JSON file holds. The crossings themselves are in its CSV file. */
export function sourceResult(tally: Tally, now: number): object {
  const { source, startedAt, endedAt, mediaMs, alerts, gaps, reading } = tally;
  const { alias, location } = source;
  const seconds = secondsOf(tally, now);
  const iso = (at: number): string => new Date(at).toISOString();
  return {
    ...countedSource(tally, now),
    ...(alias !== undefined && { alias }),
    ...(location !== undefined && { location }),
    net: sumOf(tally).in - sumOf(tally).out,
    current: currentOf(tally),
    ...(!('refused' in source) && source.threshold !== undefined && { threshold: source.threshold }),
    ...(startedAt !== undefined && { startedAt: iso(startedAt) }),
    ...(endedAt !== undefined && { endedAt: iso(endedAt) }),
    seconds: Math.round(seconds * 100) / 100,
    ...(mediaMs !== undefined && {
      mediaSeconds: mediaMs / 1000,
      ...(tally.end === 'finished' && { timesRealTime: rate(mediaMs / 1000, seconds) }),
    }),
    readings: reading,
    alerts: alerts.map((alert) => ({ ...alert, at: iso(alert.at) })),
    gaps: gaps.map(({ from, to, reason }) => ({
      from: iso(from),
      ...(to !== undefined && { to: iso(to) }),
      ...(reason !== undefined && { reason }),
    })),
    crossings: `${source.id}.csv`,
  };
}

/** How long it was, or has been, worked on. */
export function secondsOf({ startedAt, endedAt }: Tally, now: number): number {
  return startedAt === undefined ? 0 : ((endedAt ?? now) - startedAt) / 1000;
}

export function allFrames(tallies: readonly Tally[]): FrameCounts {
  return tallies.reduce((sum, { frames }) => addCounts(sum, frames), NO_FRAMES);
}

function rate(amount: number, seconds: number): number {
  return seconds > 0 ? Math.round((amount / seconds) * 10) / 10 : 0;
}
