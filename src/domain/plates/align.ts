import { isLetterOrDigit } from './characters.js';
import type { Layout, LayoutLine } from './grammar.js';
import { readingRate } from './lookalikes.js';
import type { Seen } from './seen.js';

/** What a sight's characters mean under one layout. Costs are -ln of probabilities. */
export interface Alignment {
  /** By slot, lines one after the other: the character seen there. */
  readonly seen: readonly Seen[];
  /** Of everything that was seen but is not written in that form: marks in odd places, strokes, stickers. */
  readonly cost: number;
  /** The same with the likeliest characters on the slots: no text of this layout is cheaper. */
  readonly least: number;
}

/**
 * Costs of leaving out a letter or digit that was seen. The border of a plate looks like I, 1 or L, and only at the ends
 * of a line; anything else that is left out makes the reading doubtful. `UNKNOWN_COST` (decode.ts) is the measure: what
 * costs more than that is better called unknown.
 */
const COSTS = {
  strokeAtEnd: 1.8,
  oneAtEnd: 4.6,
  strokeLikeAtEnd: 4,
  otherAtEnd: 5.5,
  inside: 7,
  /** Marks where the form has none. */
  dot: 0.6,
  space: 0.8,
  dash: 4,
  otherMark: 1.5,
  stroke: 0.2,
  markAtEnd: 0.05,
  /** A whole line: a sticker, a dealer's name; and by character of it. */
  line: 1.2,
  lineCharacter: 0.35,
  /** Two lines of text that were seen as one. */
  joined: 2,
} as const;

/** What a character costs at a slot: how unlikely it looks like this when one of `allowed` stands there. */
export function likelihood(seen: Seen, meant: string): number {
  const known = LIKELIHOODS.get(seen) ?? new Map<string, number>();
  LIKELIHOODS.set(seen, known);
  const before = known.get(meant);
  if (before !== undefined) return before;
  let likelihood = Math.max(0, 1 - seen.optionsP - seen.markP) * UNSAID;
  for (const [char, p] of seen.options) likelihood += p * readingRate(char, meant);
  known.set(meant, likelihood);
  return likelihood;
}
/** The same few are asked for by every layout. */
const LIKELIHOODS = new WeakMap<Seen, Map<string, number>>();
/** Of the probability the reader gave to no character, the share each gets. */
const UNSAID = 0.02;

/** The best way to read those lines as that layout; `undefined`: there is none. */
export function alignSight(lines: readonly (readonly Seen[])[], layout: Layout): Alignment | undefined {
  const wanted = layout.lines;
  if (lines.length === 1 && wanted.length === 2) return alignJoined(lines[0] ?? [], wanted);
  if (lines.length < wanted.length) return undefined;
  let best: Alignment | undefined;
  for (const dropped of choices(lines.length, lines.length - wanted.length)) {
    const kept = lines.filter((_, at) => !dropped.includes(at));
    let cost = dropped.reduce((sum, at) => sum + droppedCost(lines[at] ?? []), 0);
    let least = cost;
    const seen: Seen[] = [];
    for (const [at, line] of wanted.entries()) {
      const aligned = alignLine(kept[at] ?? [], line);
      if (!aligned) {
        least = Infinity;
        break;
      }
      cost += aligned.cost;
      least += aligned.least;
      seen.push(...aligned.seen);
    }
    if (least < (best?.least ?? Infinity)) best = { seen, cost, least };
  }
  return best;
}

function alignJoined(line: readonly Seen[], wanted: readonly LayoutLine[]): Alignment | undefined {
  const slots = wanted.flatMap(({ slots }) => slots);
  const marksBefore = new Map<number, string>();
  let offset = 0;
  for (const { slots: own, marksBefore: marks } of wanted) {
    if (offset > 0) marksBefore.set(offset, ' ');
    for (const [at, mark] of marks) marksBefore.set(offset + at, mark);
    offset += own.length;
  }
  const aligned = alignLine(line, { parts: [], slots, marksBefore });
  if (!aligned) return undefined;
  return { ...aligned, cost: aligned.cost + COSTS.joined, least: aligned.least + COSTS.joined };
}

/** All ways to choose `count` of 0..n-1 (n ≤ 3). */
function choices(n: number, count: number): number[][] {
  if (count === 0) return [[]];
  return Array.from({ length: n }, (_, first) => first).flatMap((first) =>
    count === 1
      ? [[first]]
      : choices(n - first - 1, count - 1).map((rest) => [first, ...rest.map((at) => at + first + 1)]),
  );
}

function droppedCost(line: readonly Seen[]): number {
  const characters = line.reduce((sum, { markP }) => sum + (1 - markP), 0);
  return COSTS.line + COSTS.lineCharacter * characters;
}

/**
 * The cheapest way to put a line's characters on the slots in order, each slot getting one: what is left over is paid
 * for, what is missing is never made up. Dynamic programming over (characters used, slots filled).
 */
function alignLine(line: readonly Seen[], { slots, marksBefore }: LayoutLine): Alignment | undefined {
  const [rows, columns] = [line.length + 1, slots.length + 1];
  if (rows < columns) return undefined;
  const costs = new Float64Array(rows * columns).fill(Infinity);
  const isMatch = new Uint8Array(rows * columns);
  costs[0] = 0;
  for (let i = 1; i < rows; i++) {
    const seen = line[i - 1];
    if (!seen) continue;
    for (let j = Math.max(0, columns - 1 - (rows - 1 - i)); j < columns && j <= i; j++) {
      const skip =
        (costs[(i - 1) * columns + j] ?? Infinity) + leftOverCost(seen, j, slots.length, marksBefore);
      const allowed = slots[j - 1];
      const match =
        j > 0 && allowed
          ? (costs[(i - 1) * columns + j - 1] ?? Infinity) + slotCost(seen, allowed)
          : Infinity;
      costs[i * columns + j] = Math.min(skip, match);
      isMatch[i * columns + j] = match <= skip ? 1 : 0;
    }
  }
  return trace(line, slots, costs, isMatch);
}

function trace(
  line: readonly Seen[],
  slots: LayoutLine['slots'],
  costs: Float64Array,
  isMatch: Uint8Array,
): Alignment | undefined {
  const columns = slots.length + 1;
  const least = costs[line.length * columns + slots.length] ?? Infinity;
  if (least === Infinity) return undefined;
  let cost = least;
  const found: Seen[] = [];
  let j = slots.length;
  for (let i = line.length; i > 0; i--) {
    const seen = line[i - 1];
    const allowed = slots[j - 1];
    if (!isMatch[i * columns + j] || !seen || !allowed) continue;
    found.unshift(seen);
    // What stands on the slots is weighed later, together with other sights.
    cost -= slotCost(seen, allowed);
    j -= 1;
  }
  return { seen: found, cost: Math.max(0, cost), least };
}

function slotCost(seen: Seen, allowed: ReadonlySet<string>): number {
  let best = 0;
  for (const char of allowed) best = Math.max(best, likelihood(seen, char));
  return -Math.log(Math.max(best, 1e-9));
}

/** @param filled slots filled so far */
function leftOverCost(
  seen: Seen,
  filled: number,
  slots: number,
  marksBefore: ReadonlyMap<number, string>,
): number {
  const isAtEnd = filled === 0 || filled === slots;
  const asMark = Math.exp(-(isAtEnd ? COSTS.markAtEnd : marksBefore.has(filled) ? 0 : markCost(seen.mark)));
  const asCharacter = Math.exp(-(isAtEnd ? endCost(seen.top) : COSTS.inside));
  const nothing = isAtEnd ? Math.max(0, 1 - seen.markP - seen.optionsP) * IS_NOTHING : 0;
  return -Math.log(seen.markP * asMark + (1 - seen.markP) * asCharacter + nothing);
}

/** Of the probability the reader gave to no character at the end of a line: that there is none. */
const IS_NOTHING = 0.6;

function endCost(char: string): number {
  if (/^[I|]$/.test(char)) return COSTS.strokeAtEnd;
  if (char === '1') return COSTS.oneAtEnd;
  if (/^[LJT7]$/.test(char) || !isLetterOrDigit(char)) return COSTS.strokeLikeAtEnd;
  return COSTS.otherAtEnd;
}

function markCost(mark: string | undefined): number {
  if (mark === '.' || mark === "'") return COSTS.dot;
  if (mark === ' ') return COSTS.space;
  if (mark === '|') return COSTS.stroke;
  return mark === '-' ? COSTS.dash : COSTS.otherMark;
}
