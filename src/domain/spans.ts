/** A stretch of time, epoch ms; `to` is not included. One that ends where it begins, or before, is empty. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The spans in order and without overlap; those less than `withinMs` apart become one. */
export function joined(spans: readonly Span[], withinMs: number): Span[] {
  const all: { from: number; to: number }[] = [];
  for (const { from, to } of spans.filter(isReal).sort((a, b) => a.from - b.from)) {
    const last = all.at(-1);
    if (last && from <= last.to + withinMs) last.to = Math.max(last.to, to);
    else all.push({ from, to });
  }
  return all;
}

/** What of the spans lies within `window`. */
export function cut(spans: readonly Span[], window: Span): Span[] {
  return spans
    .map(({ from, to }) => ({ from: Math.max(from, window.from), to: Math.min(to, window.to) }))
    .filter(isReal);
}

/** What of the spans lies in none of `others`. @param others in order, without overlap */
export function without(spans: readonly Span[], others: readonly Span[]): Span[] {
  const rest: Span[] = [];
  for (const { from, to } of spans) {
    let at = from;
    for (const other of others) {
      if (!isReal(other) || other.to <= at || other.from >= to) continue;
      if (other.from > at) rest.push({ from: at, to: other.from });
      at = Math.max(at, other.to);
    }
    if (at < to) rest.push({ from: at, to });
  }
  return rest;
}

/** Do they touch, or overlap? */
export function around(a: Span, b: Span): boolean {
  return a.from <= b.to && b.from <= a.to;
}

/** ms, of spans that do not overlap. */
export function lengthOf(spans: readonly Span[]): number {
  return spans.reduce((sum, { from, to }) => sum + Math.max(0, to - from), 0);
}

function isReal({ from, to }: Span): boolean {
  return to > from;
}
