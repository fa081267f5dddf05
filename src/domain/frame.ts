import type { CameraId } from './ids.js';
import type { UnitBox } from './geometry.js';
import type { Picture } from './picture.js';

/**
 * One entry of a camera's ring. A **pass** is one reading of a source by one sampler (a restart begins a new
 * pass); within it every sampled frame takes the next `seq`, whether or not it is stored. Because each entry
 * also carries how many frames before it were gated, whoever reads the ring can account for every frame,
 * also for those that were dropped and are not in the ring any more:
 * between two entries, captured = Δseq, gated = Δgated, dropped = what is left.
 */
export interface RingEntry {
  readonly cameraId: CameraId;
  readonly pass: number;
  /** 1, 2, 3 … within the pass; every sampled frame counts. For `end`: the last frame's seq + 1. */
  readonly seq: number;
  /** Frames of this pass that the motion gate held back before this entry. */
  readonly gated: number;
  /** `moved`: something moved. `heartbeat`: the slow look at what stands still. `end`: the source is finished, no picture. */
  readonly kind: 'moved' | 'heartbeat' | 'end';
  /** 0-based index of the source's own frames (not of the sampled ones). */
  readonly frame: number;
  /** Capture time, epoch ms. */
  readonly at: number;
  /** Wall clock when the sampler had the frame, epoch ms: latencies are measured from it. */
  readonly sampledAt: number;
  /** Regions that moved, unit coordinates. */
  readonly regions: readonly UnitBox[];
  /** Step of the degradation ladder the camera was on, 1..3; undefined: none. */
  readonly degraded?: number;
  /** Only entries the detector is to look at carry their picture. */
  readonly picture?: Picture;
}

/** Where a reader of the ring stands: the last entry it has done. */
export interface RingCursor {
  readonly pass: number;
  readonly seq: number;
  readonly gated: number;
  readonly frame: number;
  readonly at: number;
}

/** How every sampled frame ended. captured = analysed + gated + dropped + failed, always. */
export interface FrameCounts {
  readonly captured: number;
  readonly analysed: number;
  readonly gated: number;
  readonly dropped: number;
  readonly failed: number;
}

const HOUR_MS = 3_600_000;

/** Start of the UTC hour that a frame is counted in. @param at capture time, epoch ms */
export function hourOf(at: number): number {
  return Math.floor(at / HOUR_MS) * HOUR_MS;
}

export const NO_FRAMES: FrameCounts = { captured: 0, analysed: 0, gated: 0, dropped: 0, failed: 0 };

/**
 * What moving the cursor to `entry` adds to the camera's counts.
 * @param outcome how the entry itself ended; `end` entries are no frames and count nothing themselves.
 */
export function countsOf(
  cursor: RingCursor | undefined,
  entry: Pick<RingEntry, 'pass' | 'seq' | 'gated' | 'kind'>,
  outcome: 'analysed' | 'failed' | 'dropped',
): FrameCounts {
  const samePass = cursor?.pass === entry.pass;
  const seqBefore = samePass ? cursor.seq : 0;
  const gatedBefore = samePass ? cursor.gated : 0;
  const isFrame = entry.kind !== 'end';
  const between = entry.seq - seqBefore - 1;
  const gated = entry.gated - gatedBefore;
  const lost = between - gated;
  return {
    captured: between + (isFrame ? 1 : 0),
    gated,
    analysed: isFrame && outcome === 'analysed' ? 1 : 0,
    failed: isFrame && outcome === 'failed' ? 1 : 0,
    dropped: lost + (isFrame && outcome === 'dropped' ? 1 : 0),
  };
}

export function addCounts(a: FrameCounts, b: FrameCounts): FrameCounts {
  return {
    captured: a.captured + b.captured,
    analysed: a.analysed + b.analysed,
    gated: a.gated + b.gated,
    dropped: a.dropped + b.dropped,
    failed: a.failed + b.failed,
  };
}

/** A live frame older than this is no longer worth analysing: it is dropped, and counted as dropped. */
const STALE_AFTER_MS = 30_000;

export function isStale(entry: Pick<RingEntry, 'sampledAt' | 'kind'>, now: number): boolean {
  return entry.kind !== 'end' && now - entry.sampledAt > STALE_AFTER_MS;
}
