/**
 * Capture times of a live stream. The stream's own timestamps have the right pace but no date; the moment a frame
 * arrives has a date, but jitters with the network and comes in bursts. The clock keeps the pace of the one and
 * the date of the other: capture time = stream time + an offset, and the offset moves only when it must.
 */
export interface CaptureClock {
  /**
   * @param streamS presentation time in the stream, seconds, any origin; NaN when the stream has none
   * @param arrivedAt wall clock when the frame arrived, epoch ms; where it steps back, capture times go on at
   * their pace, ahead of it
   * @returns capture time, epoch ms: a whole number, greater than any given before, and never more than 500 ms
   * after the arrival unless it must be to stay in order
   */
  capturedAt(streamS: number, arrivedAt: number): number;
  /**
   * How much further the stream's clock has gone than the wall clock between the first frame (or the last time the
   * stream's clock stepped back) and the newest, ms: their drift, less the delay of the newest frame. `undefined`
   * before the first frame.
   */
  aheadMs(): number | undefined;
}

/** Beyond this the stream's clock has drifted from ours, or its timestamps jumped: begin again at the arrival. */
const MAX_DRIFT_MS = 500;
/** A stall ends in a burst that catches up. When nothing has caught up for this long, the delay is no stall. */
const PATIENCE_MS = 10_000;

export function createCaptureClock(): CaptureClock {
  let offsetMs: number | undefined;
  let lastStreamMs = -Infinity;
  let lastArrivedAt = -Infinity;
  let lastCapturedAt = -Infinity;
  /** How far the wall clock was set back in all. */
  let steppedBackMs = 0;
  /** Arrival of the last frame that was not late. */
  let onTimeAt = -Infinity;
  let origin: { streamMs: number; wallAt: number } | undefined;
  let aheadMs: number | undefined;

  function anchor(streamMs: number, arrivedAt: number): void {
    offsetMs = Math.max(arrivedAt, lastCapturedAt + 1) - streamMs;
    onTimeAt = arrivedAt;
  }

  return {
    capturedAt(streamS, wallAt) {
      steppedBackMs = Math.max(steppedBackMs, lastArrivedAt - wallAt);
      let arrivedAt = wallAt + steppedBackMs;
      const streamMs = Number.isFinite(streamS) ? streamS * 1000 : arrivedAt;
      if (offsetMs === undefined || streamMs < lastStreamMs) anchor(streamMs, arrivedAt);
      if (!origin || streamMs < lastStreamMs) origin = { streamMs, wallAt };
      const lateMs = arrivedAt - (streamMs + offsetMs!);
      if (lateMs <= MAX_DRIFT_MS) onTimeAt = arrivedAt;
      if (arrivedAt - onTimeAt > PATIENCE_MS) {
        // A wall clock that was set back and then right again looks like lateness: forget the step.
        steppedBackMs = Math.max(0, lastCapturedAt - wallAt);
        arrivedAt = wallAt + steppedBackMs;
        anchor(streamMs, arrivedAt);
      } else if (lateMs < -MAX_DRIFT_MS) {
        anchor(streamMs, arrivedAt);
      }
      lastArrivedAt = arrivedAt;
      lastStreamMs = streamMs;
      lastCapturedAt = Math.max(lastCapturedAt + 1, Math.round(streamMs + offsetMs!));
      aheadMs = streamMs - origin.streamMs - (wallAt - origin.wallAt);
      return lastCapturedAt;
    },
    aheadMs: () => aheadMs,
  };
}
