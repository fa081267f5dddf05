import { isLetterOrDigit, plainCharacter } from './characters.js';
import type { CharRead, PlateSight } from './sight.js';

/** A character as it was seen, made plain. */
export interface Seen {
  /** Letters and digits (and strokes, which may be a 1) it may be, with their probabilities. */
  readonly options: readonly (readonly [char: string, p: number])[];
  /** Sum of these. */
  readonly optionsP: number;
  /** Probability that it is a mark or nothing: a dash, a dot, a bolt, a stroke of the border. */
  readonly markP: number;
  /** The likeliest mark, when it may be one. */
  readonly mark: string | undefined;
  /** What the reader would write, and how sure it is. */
  readonly top: string;
  readonly topP: number;
}

const STROKES = /^[|/]$/;
/** A stroke is the border rather than a 1. */
const STROKE_IS_MARK = 0.5;
/** Less than that is no evidence. */
const LEAST_P = 0.001;

/** The lines of a sight, without those that hold no letter or digit. */
export function seenLines(sight: PlateSight): Seen[][] {
  return sight.lines
    .map((line) => line.map(seenOf))
    .filter((line) => line.some(({ top }) => isLetterOrDigit(top)));
}

function seenOf(read: CharRead): Seen {
  const options = new Map<string, number>();
  let markP = 0;
  let mark: { char: string; p: number } | undefined;
  for (const { char, p } of read.options) {
    const plain = plainCharacter(char);
    const isStroke = STROKES.test(plain);
    const asMark = isLetterOrDigit(plain) ? 0 : isStroke ? p * STROKE_IS_MARK : p;
    if (asMark > 0 && p > (mark?.p ?? 0)) mark = { char: plain, p };
    markP += asMark;
    if (p - asMark >= LEAST_P) options.set(plain, (options.get(plain) ?? 0) + p - asMark);
  }
  const best = read.options.reduce((a, b) => (b.p > a.p ? b : a));
  const optionsP = [...options.values()].reduce((sum, p) => sum + p, 0);
  return {
    options: [...options],
    optionsP,
    markP,
    mark: mark?.char,
    top: plainCharacter(best.char),
    topP: best.p,
  };
}
