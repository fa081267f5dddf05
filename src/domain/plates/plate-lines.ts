import { quadAngle, quadOverlap, quadSize } from './quad.js';
import { isMark, meanP, plainText, relation, topP, type TextLine } from './text-line.js';

/** What may be one plate: its lines from top to bottom. */
export interface PlateCandidate {
  readonly lines: readonly TextLine[];
}

/** Letters and digits on a line of a plate; longer ones are phone numbers, times, names. */
const MOST_ON_LINE = 10;
const LEAST_ON_LINE = 4;
/** On the upper and the lower line of a two-line plate. */
const UPPER = { least: 2, most: 6 };
const LOWER = { least: 3, most: 6 };

/**
 * Puts lines together to plates: a line above a line of the same slant, size and place is a two-line plate, any other
 * may be a plate of its own. Each line belongs to one plate; those too short or too long to be one are left out.
 */
export function plateLines(lines: readonly TextLine[]): PlateCandidate[] {
  const pairs = lines
    .flatMap((upper) => lines.map((lower) => ({ upper, lower, misfit: misfit(upper, lower) })))
    .filter(({ misfit: value }) => value < 1)
    .sort((a, b) => a.misfit - b.misfit);
  const taken = new Set<TextLine>();
  const plates: PlateCandidate[] = [];
  for (const { upper, lower } of pairs) {
    if (taken.has(upper) || taken.has(lower)) continue;
    taken.add(upper).add(lower);
    plates.push({ lines: [upper, lower] });
  }
  for (const line of lines) {
    const length = plainText(line.chars).length;
    if (!taken.has(line) && length >= LEAST_ON_LINE && length <= MOST_ON_LINE) plates.push({ lines: [line] });
  }
  return plates;
}

/** How badly two lines make a two-line plate: below 1 they can, 0 is perfect. */
export function misfit(upper: TextLine, lower: TextLine): number {
  if (upper === lower) return Infinity;
  const [above, below] = [plainText(upper.chars).length, plainText(lower.chars).length];
  if (above < UPPER.least || above > UPPER.most || below < LOWER.least || below > LOWER.most) return Infinity;
  const [a, b] = [quadSize(upper.quad), quadSize(lower.quad)];
  const ratio = Math.log(a.height / b.height);
  const turn = Math.abs(quadAngle(upper.quad) - quadAngle(lower.quad));
  // The longer line's direction is the better known.
  const { along, down } =
    b.width >= a.width ? negate(relation(lower.quad, upper.quad)) : relation(upper.quad, lower.quad);
  const height = b.width >= a.width ? b.height : a.height;
  const offset = (Math.abs(along) * height) / Math.max(a.width, b.width);
  return Math.max(
    Math.abs(ratio) / 0.6,
    turn / 0.35,
    offset / 0.3,
    // Lines stand close: their outlines touch or overlap a little.
    Math.abs(down - 1.05) / 0.6,
    (1 - Math.min(meanP(upper.chars), meanP(lower.chars))) / 0.75,
  );
}

function negate({ along, down }: { along: number; down: number }): { along: number; down: number } {
  return { along: -along, down: -down };
}

/** How much a candidate tells: many sure characters. */
export function worth({ lines }: PlateCandidate): number {
  const letters = lines.flatMap(({ chars }) => chars.filter((char) => !isMark(char)));
  return letters.reduce((sum, char) => sum + topP(char) - DOUBTFUL, 0);
}

/** A character of this certainty tells nothing. */
const DOUBTFUL = 0.4;
/** Candidates that share this much of the smaller one's place are one plate, seen twice. */
const SAME_PLACE = 0.5;

/** The candidates without those that are another one again, read worse. */
export function distinctPlates(plates: readonly PlateCandidate[]): PlateCandidate[] {
  const kept: PlateCandidate[] = [];
  for (const plate of [...plates].sort((a, b) => worth(b) - worth(a))) {
    if (kept.every((other) => sharedPlace(plate, other) < SAME_PLACE)) kept.push(plate);
  }
  return kept;
}

/** Largest share of a line of one that a line of the other covers. */
function sharedPlace(a: PlateCandidate, b: PlateCandidate): number {
  return Math.max(...a.lines.flatMap((p) => b.lines.map((q) => quadOverlap(p.quad, q.quad))));
}
