import { isOverNow } from '../../domain/occupancy/judge-area.js';
import type { LineCount } from '../../domain/scene-lines.js';
import { addCounts, NO_FRAMES, type FrameCounts } from '../../domain/frame.js';
import type { CountGap, Crossing } from './protocol.js';
import { isRefused, type PlannedSource } from './source-spec.js';

/** How a source ended; `stopped`: it was told to before it was through. */
export type CountEnd = 'finished' | 'stopped' | 'failed';

/** More than the threshold were inside, or again few enough. */
export interface CountAlert {
  readonly phase: 'begin' | 'end';
  /** Capture time of the crossing, epoch ms. */
  readonly at: number;
  readonly seconds: number;
  readonly current: number;
  readonly threshold: number;
}

/** What is known of one source. Counts are sums of the crossings that were told: each can be looked up. */
export interface Tally {
  readonly source: PlannedSource;
  /** waiting, connecting, ok, no_signal, … while it is read; paused; an end. */
  readonly status: string;
  readonly reason?: string;
  readonly end?: CountEnd;
  /** 0 before it was begun; one more each time that its worker died. */
  readonly reading: number;
  /** Readings that a dead worker took with it, for a file. */
  readonly lost: number;
  readonly lines: readonly ({ readonly id: string } & LineCount)[];
  readonly frames: FrameCounts;
  /** Of earlier readings of a live source, in `frames` too. */
  readonly framesBefore: FrameCounts;
  /** Of its own frames, gone through in this reading. */
  readonly sourceFrames: number;
  readonly fps?: number;
  readonly progress?: number;
  readonly mediaMs?: number;
  /** Wall clock, epoch ms. */
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly alerts: readonly CountAlert[];
  readonly isOver: boolean;
  readonly gaps: readonly CountGap[];
}

export function newTally(source: PlannedSource): Tally {
  const lines = isRefused(source) ? [] : source.lines.map(({ id }) => ({ id, in: 0, out: 0, byClass: {} }));
  return {
    ...{ source, status: 'waiting', reading: 0, lost: 0, lines },
    ...{ frames: NO_FRAMES, framesBefore: NO_FRAMES, sourceFrames: 0, alerts: [], isOver: false, gaps: [] },
  };
}

/** A reading begins: a file is counted anew, a live source goes on with what it has. */
export function begun(tally: Tally, now: number): Tally {
  const isFile = tally.source.kind === 'file';
  const before = isFile ? { ...newTally(tally.source), lost: tally.lost } : tally;
  return {
    ...before,
    status: 'connecting',
    reading: tally.reading + 1,
    framesBefore: before.frames,
    startedAt: isFile ? now : (before.startedAt ?? now),
  };
}

/** What a worker tells of the reading. */
export function told(
  tally: Tally,
  news: {
    readonly status: string;
    readonly frames: FrameCounts;
    readonly sourceFrames: number;
    readonly fps?: number | undefined;
    readonly progress?: number | undefined;
    readonly mediaMs?: number | undefined;
    readonly reason?: string | undefined;
  },
): Tally {
  const { reason: _, fps: __, ...kept } = tally;
  const { status, frames, sourceFrames, fps, progress, mediaMs, reason } = news;
  return {
    ...kept,
    status,
    sourceFrames,
    frames: addCounts(tally.framesBefore, frames),
    ...(reason !== undefined && { reason }),
    ...(fps !== undefined && { fps }),
    ...(progress !== undefined && { progress }),
    ...(mediaMs !== undefined && { mediaMs }),
  };
}

/** One more crossing. @returns with `alert` when it takes the source over its threshold, or back */
export function crossed(tally: Tally, crossing: Crossing): { tally: Tally; alert?: CountAlert } {
  const { line, direction, class: name, at, seconds } = crossing;
  const lines = tally.lines.map((count) => {
    if (count.id !== line) return count;
    const ofClass = count.byClass[name] ?? { in: 0, out: 0 };
    const byClass = { ...count.byClass, [name]: { ...ofClass, [direction]: ofClass[direction] + 1 } };
    return { ...count, [direction]: count[direction] + 1, byClass };
  });
  const next = { ...tally, lines };
  const threshold = isRefused(tally.source) ? undefined : tally.source.threshold;
  if (threshold === undefined) return { tally: next };
  const current = currentOf(next);
  const isOver = isOverNow({ above: threshold }, tally.isOver, current);
  if (isOver === tally.isOver) return { tally: next };
  const alert: CountAlert = { phase: isOver ? 'begin' : 'end', at, seconds, current, threshold };
  return { tally: { ...next, isOver, alerts: [...tally.alerts, alert] }, alert };
}

export function ended(tally: Tally, end: CountEnd, now: number, reason?: string): Tally {
  const { reason: _, ...kept } = tally;
  return { ...kept, status: end, end, endedAt: now, ...(reason !== undefined && { reason }) };
}

export function sumOf({ lines }: Pick<Tally, 'lines'>): { in: number; out: number } {
  return {
    in: lines.reduce((sum, line) => sum + line.in, 0),
    out: lines.reduce((sum, line) => sum + line.out, 0),
  };
}

/** How many are inside by what was counted: never below 0, some were inside before. */
export function currentOf(tally: Pick<Tally, 'lines'>): number {
  const sum = sumOf(tally);
  return Math.max(0, sum.in - sum.out);
}
