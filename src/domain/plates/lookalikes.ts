/**
 * How often a reader of capitals and digits, which knows nothing of their place, takes one character for another of the
 * same shape: rough rates, by shape, for networks that write what they see. Read → meant → rate. Between characters of
 * one kind (3 and 8) the place says nothing, so only the reader's own doubt counts there: those rates are small.
 */
const RATES: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  // Shapes that differ in name only.
  O: { '0': 0.6, D: 0.08, Q: 0.1, C: 0.02 },
  I: { '1': 0.6, L: 0.03, T: 0.03, H: 0.005 },
  Q: { '0': 0.35, D: 0.05, O: 0.1 },
  '|': { '1': 0.3, I: 0.3 },
  '/': { '1': 0.04 },
  Đ: { D: 0.5, '0': 0.008 },
  D: { Đ: 0.5, '0': 0.2, O: 0.08 },
  '0': { O: 0.3, D: 0.02, Q: 0.012, U: 0.008, C: 0.01, '8': 0.002, '6': 0.002, '9': 0.001 },
  '1': { I: 0.3, L: 0.012, T: 0.008, '7': 0.002, '4': 0.001 },
  // Alike.
  B: { '8': 0.048, E: 0.01, R: 0.01, P: 0.005, '3': 0.008, '6': 0.01 },
  '8': { B: 0.032, S: 0.008, '3': 0.002, '6': 0.002, '0': 0.002, '9': 0.001 },
  S: { '5': 0.048, '8': 0.012, G: 0.005 },
  '5': { S: 0.032, '6': 0.002, '3': 0.001, '9': 0.001 },
  Z: { '2': 0.048, '7': 0.012 },
  '2': { Z: 0.028, '7': 0.002, '3': 0.001 },
  G: { '6': 0.04, C: 0.02, '0': 0.01, S: 0.005 },
  '6': { G: 0.028, C: 0.01, '8': 0.002, '0': 0.002, '5': 0.002 },
  T: { '7': 0.02, '1': 0.012, Y: 0.01 },
  '7': { T: 0.02, Z: 0.012, Y: 0.012, '1': 0.002, '2': 0.002 },
  A: { '4': 0.032, H: 0.005, R: 0.005 },
  '4': { A: 0.024, '1': 0.001, '9': 0.001 },
  L: { '1': 0.02, E: 0.005, U: 0.005 },
  J: { '1': 0.02, U: 0.02, '3': 0.008 },
  Y: { '7': 0.012, V: 0.02, T: 0.01, '4': 0.01 },
  V: { Y: 0.015, U: 0.012 },
  U: { '0': 0.012, V: 0.012, L: 0.005 },
  C: { G: 0.03, '0': 0.012, '6': 0.008 },
  '9': { '0': 0.001, '3': 0.001, '4': 0.001, '8': 0.001, P: 0.005, G: 0.01 },
  '3': { '8': 0.002, B: 0.008, '5': 0.001, '9': 0.001, '2': 0.001 },
  E: { F: 0.01, B: 0.01, L: 0.005, '6': 0.002 },
  F: { P: 0.015, E: 0.02 },
  P: { F: 0.02, R: 0.01, '9': 0.01 },
  R: { P: 0.01, A: 0.005, K: 0.005, B: 0.01 },
  H: { N: 0.015, M: 0.01, K: 0.005, A: 0.005 },
  N: { H: 0.015, M: 0.01 },
  M: { N: 0.01, H: 0.01 },
  W: { M: 0.01, V: 0.01 },
  K: { X: 0.015, H: 0.005, R: 0.005 },
  X: { K: 0.015, Y: 0.005 },
};
/** A reader that is sure is right so often, as far as shapes go; and any other mistake is as rare as this. */
const RIGHT = 0.95;
const ANY = 0.0003;

/** At this rate the two are one shape with two names (O and 0, I and 1): to tell them apart is the grammar's work. */
const SAME_SHAPE = 0.2;
/** From this rate on people call them alike. */
const ALIKE = 0.01;

/** How likely a reader writes `read` where `meant` stands, 0..1; both as `plainCharacter` gives them. */
export function readingRate(read: string, meant: string): number {
  return read === meant ? RIGHT : (RATES[read]?.[meant] ?? ANY);
}

/** Two names of one shape. */
export function isSameShape(read: string, meant: string): boolean {
  return read === meant || readingRate(read, meant) >= SAME_SHAPE;
}

/** Easily taken for one another: 8 and B, 0 and D, 1 and 7. */
export function isLookalike(a: string, b: string): boolean {
  return (
    a === b ||
    readingRate(a, b) >= ALIKE ||
    readingRate(b, a) >= ALIKE ||
    DIGITS.has(a + b) ||
    DIGITS.has(b + a)
  );
}
/** Digits that poor pictures mix up. */
const DIGITS = new Set(['17', '38', '56', '68', '08', '06', '27', '89', '35', '09']);

/**
 * How far two keys are apart: insertions, deletions and substitutions count 1, a look-alike substitution 0.5.
 * Time grows with length × max.
 * @param max beyond it the answer is Infinity
 */
export function lookalikeDistance(a: string, b: string, max = 3): number {
  if (Math.abs(a.length - b.length) > max) return Infinity;
  let previous = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const [x, y] = [a.charAt(i - 1), b.charAt(j - 1)];
      const substitution = x === y ? 0 : isLookalike(x, y) ? 0.5 : 1;
      const value = Math.min(
        (previous[j - 1] ?? Infinity) + substitution,
        (previous[j] ?? Infinity) + 1,
        (current[j - 1] ?? Infinity) + 1,
      );
      current.push(value);
      least = Math.min(least, value);
    }
    if (least > max) return Infinity;
    previous = current;
  }
  const distance = previous[b.length] ?? Infinity;
  return distance <= max ? distance : Infinity;
}
