/** How fast a count grows. */
export interface RateMeter {
  /** Takes note of the count now. */
  note(total: number): void;
  /** A second, over the window; 0 before there are two notes. */
  perSecond(): number;
  /** By how much the count grew within the window, at most. */
  growth(): number;
}

/** @param windowMs how far back it looks; at least two notes are kept */
export function createRateMeter(clock: () => number, windowMs: number): RateMeter {
  let notes: { at: number; total: number }[] = [];
  return {
    note(total) {
      const at = clock();
      const old = notes.findLastIndex((note) => at - note.at >= windowMs);
      notes = [...notes.slice(Math.max(0, old)), { at, total }];
    },
    perSecond() {
      const first = notes[0];
      const last = notes.at(-1);
      if (!first || !last || last.at <= first.at) return 0;
      return ((last.total - first.total) * 1000) / (last.at - first.at);
    },
    growth: () => (notes.at(-1)?.total ?? 0) - (notes[0]?.total ?? 0),
  };
}
