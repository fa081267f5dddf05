import type { RingCursor, RingEntry } from './frame.js';

/** How far the analysis of one camera is behind, from looks at its ring every second or so. */
export interface LagMeter {
  /**
   * @param now wall clock, epoch ms
   * @param newest entry of the ring; undefined: it is empty
   * @param cursor how far the analysis has come; undefined: it has not begun
   * @returns how long the oldest entry known to wait has waited, ms; 0: none waits.
   */
  look(
    now: number,
    newest: Pick<RingEntry, 'pass' | 'seq' | 'sampledAt'> | undefined,
    cursor: Pick<RingCursor, 'pass' | 'seq'> | undefined,
  ): number;
}

/** Looks remembered: a frame that waited longer has left the ring, or is dropped as stale. */
const REMEMBERED = 60;

/**
 * Capture times alone would not tell: of a scene that stands still the analysis sees a frame every few seconds, and
 * the newest is always that much younger than the one before.
 */
export function createLagMeter(): LagMeter {
  let waiting: { pass: number; seq: number; sampledAt: number }[] = [];
  return {
    look(now, newest, cursor) {
      const last = waiting.at(-1);
      if (newest && (!last || isAfter(newest, last)))
        waiting.push({ pass: newest.pass, seq: newest.seq, sampledAt: newest.sampledAt });
      // An empty ring has been read to its end, also where its memory was lost.
      waiting = newest ? waiting.filter((entry) => !cursor || isAfter(entry, cursor)).slice(-REMEMBERED) : [];
      return waiting[0] ? Math.max(0, now - waiting[0].sampledAt) : 0;
    },
  };
}

function isAfter(a: Pick<RingCursor, 'pass' | 'seq'>, b: Pick<RingCursor, 'pass' | 'seq'>): boolean {
  return a.pass > b.pass || (a.pass === b.pass && a.seq > b.seq);
}
