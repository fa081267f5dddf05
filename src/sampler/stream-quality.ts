import type { FrameSource } from '../domain/frame-source.js';
import type { StreamQuality } from '../ports.js';
import { createRateMeter } from './rate-meter.js';

/** How well one connection comes in. */
export interface QualityMeter {
  /** @param frame index of the source's own frame. @param aheadMs see `CaptureClock` */
  frame(frame: number, aheadMs: number | undefined): void;
  /** Asked about once a second. */
  read(): StreamQuality;
}

/** Idling cameras give a frame every few seconds. */
const RATE_OVER_MS = 10_000;
const MINUTE_MS = 60_000;
/**
 * Frames are delayed, never early: the one furthest ahead within this time had the least delay. The first seconds of a
 * connection, with what the camera had in store, are the measure for all that follow.
 */
const DRIFT_OVER_MS = 10_000;

export function createQualityMeter(source: FrameSource, now: () => number): QualityMeter {
  const frames = createRateMeter(now, RATE_OVER_MS);
  const bytes = createRateMeter(now, RATE_OVER_MS);
  const errors = createRateMeter(now, MINUTE_MS);
  const drift = createDriftMeter(now);
  let newest = 0;
  errors.note(0);

  return {
    frame(frame, aheadMs) {
      newest = frame + 1;
      if (aheadMs !== undefined) drift.note(aheadMs);
    },
    read() {
      const { decodeErrors, copiedBytes } = source.stats();
      if (newest > 0) frames.note(newest);
      errors.note(decodeErrors);
      if (copiedBytes !== undefined) bytes.note(copiedBytes);
      const sourceFps = tenths(frames.perSecond());
      return {
        ...(sourceFps > 0 || newest > 0 ? { sourceFps } : {}),
        ...(copiedBytes === undefined ? {} : { bitrateKbps: Math.round((bytes.perSecond() * 8) / 1000) }),
        decodeErrorsPerMin: errors.growth(),
        ...drift.read(),
      };
    },
  };
}

function createDriftMeter(now: () => number) {
  let first: { since: number; mostMs: number } | undefined;
  let current: { since: number; mostMs: number; sumMs: number; frames: number } | undefined;
  let found: Pick<StreamQuality, 'latencyMs' | 'driftMs'> = {};

  return {
    note(aheadMs: number): void {
      const at = now();
      first ??= { since: at, mostMs: aheadMs };
      if (at - first.since < DRIFT_OVER_MS) {
        first.mostMs = Math.max(first.mostMs, aheadMs);
        return;
      }
      if (current && at - current.since >= DRIFT_OVER_MS) {
        const { mostMs, sumMs, frames } = current;
        found = {
          latencyMs: Math.round(mostMs - sumMs / frames),
          driftMs: Math.round(mostMs - first.mostMs),
        };
        current = undefined;
      }
      current ??= { since: at, mostMs: aheadMs, sumMs: 0, frames: 0 };
      current.mostMs = Math.max(current.mostMs, aheadMs);
      current.sumMs += aheadMs;
      current.frames++;
    },
    read: () => found,
  };
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
