import type { CharRead } from '../../src/domain/plates/sight.js';
import type { LineText, PlacedChar } from '../../src/domain/plates/text-line.js';

/**
 * Classes of PP-OCRv4's recognition network that a plate can show, of its 6625. Class 0 is "nothing"; class n is line
 * n of ppocr_keys_v1.txt; the last one is the space.
 */
const CAPITALS: Readonly<Record<string, number>> = {
  0: 26, 1: 93, 2: 25, 3: 94, 4: 632, 5: 631, 6: 933, 7: 29, 8: 27, 9: 1109,
  A: 1221, B: 3588, C: 4244, D: 1220, E: 4381, F: 1219, G: 5128, H: 425, I: 3587, J: 2697, K: 5193, L: 3506, M: 3639,
  N: 3589, O: 4741, P: 1310, Q: 4731, R: 5127, S: 1217, T: 1381, U: 4497, V: 5405, W: 5033, X: 5200, Y: 1218, Z: 4136,
  '-': 28, '.': 466, ' ': 6624,
}; // prettier-ignore

/** Classes that look like one of the above on a plate and count as it: small letters, dots, strokes. */
const LOOKALIKES: Readonly<Record<string, readonly number[]>> = {
  A: [4544], B: [3463], C: [4902], D: [5171], E: [3332], F: [4389], G: [4548], H: [3539], I: [3538, 401], J: [5493],
  K: [4849], L: [2710], M: [5233], N: [4547], O: [4245, 5605, 1497], P: [4545], Q: [2156], R: [1958], S: [1033], T: [3333, 5334],
  U: [1034], V: [4922], W: [3537], X: [2993], Y: [4546], Z: [3316, 4706],
  8: [132],
  '-': [5550, 4128, 6028, 16], '.': [5529, 5545, 34, 32, 402, 35, 4709, 1262, 5172, 3627, 5530],
}; // prettier-ignore

export const CLASSES = 6625;
const BLANK = 0;
const OPTIONS = 6;
/** Less likely readings of a character are not kept. */
const MIN_P = 0.004;

const ALPHABET = Object.keys(CAPITALS);
/** For each of the alphabet the classes that count as it. */
const MEMBERS = ALPHABET.map((char) => Uint16Array.from([CAPITALS[char]!, ...(LOOKALIKES[char] ?? [])]));

/**
 * Reads the network's answer: at each step the likeliest class; equal neighbours are one character (connectionist
 * temporal classification, Graves et al. 2006), whose other readings are kept.
 * @param data probabilities, `steps` rows of `CLASSES`
 */
export function lineText(data: Float32Array, steps: number): LineText {
  const chars: PlacedChar[] = [];
  let open: { best: number; p: Float32Array; from: number; to: number } | undefined;
  let legible = 0;
  const close = (): void => {
    if (open) chars.push({ options: optionsOf(open.p), at: ((open.from + open.to) / 2 + 0.5) / steps });
    open = undefined;
  };
  for (let step = 0; step < steps; step++) {
    const row = step * CLASSES;
    const p = MEMBERS.map((members) => members.reduce((sum, member) => sum + data[row + member]!, 0));
    const best = p.reduce((top, value, i) => (value > p[top]! ? i : top), 0);
    const blank = data[row + BLANK]!;
    if (blank >= p[best]!) {
      close();
      continue;
    }
    if (open?.best !== best) {
      close();
      open = { best, p: new Float32Array(ALPHABET.length), from: step, to: step };
    }
    const now = open;
    now.to = step;
    p.forEach((value, i) => (now.p[i] = Math.max(now.p[i]!, value)));
  }
  close();
  for (const char of chars) legible += char.options.reduce((sum, { p }) => sum + p, 0);
  return { chars, legible: chars.length === 0 ? 0 : legible / chars.length };
}

function optionsOf(p: Float32Array): CharRead['options'] {
  const total = p.reduce((sum, value) => sum + value, 0);
  const scale = total > 1 ? 1 / total : 1;
  const options = ALPHABET.map((char, i) => ({ char, p: p[i]! * scale }))
    .sort((a, b) => b.p - a.p)
    .slice(0, OPTIONS);
  return options.filter((option, i) => i === 0 || option.p >= MIN_P);
}
