import { isMark, meanP, plainText, type PlacedChar } from './text-line.js';

const OPTIONS = 6;

/**
 * Puts several readings of one line together: those with the number of letters and digits that most of them saw
 * (weighted by certainty) are averaged character by character. Marks are those of the surest of these.
 * @param readings not empty; the first counts half as much again
 */
export function consensus(readings: readonly (readonly PlacedChar[])[]): readonly PlacedChar[] {
  const votes = new Map<number, number>();
  readings.forEach((chars, i) => {
    const { length } = plainText(chars);
    votes.set(length, (votes.get(length) ?? 0) + meanP(chars) ** 2 * (i === 0 ? 1.5 : 1));
  });
  const length = [...votes].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 0;
  const agreeing = readings.filter((chars) => plainText(chars).length === length);
  const surest = agreeing.reduce((best, chars) => (meanP(chars) > meanP(best) ? chars : best), agreeing[0]!);
  const columns = agreeing.map((chars) => chars.filter((char) => !isMark(char)));
  let next = 0;
  return surest.map((char) => {
    if (isMark(char)) return char;
    const column = columns.map((chars) => chars[next]!);
    next++;
    return { options: mean(column), at: char.at };
  });
}

function mean(column: readonly PlacedChar[]): PlacedChar['options'] {
  const sums = new Map<string, number>();
  for (const { options } of column) {
    for (const { char, p } of options) sums.set(char, (sums.get(char) ?? 0) + p / column.length);
  }
  return [...sums]
    .map(([char, p]) => ({ char, p: Math.min(1, p) }))
    .sort((a, b) => b.p - a.p)
    .slice(0, OPTIONS);
}
