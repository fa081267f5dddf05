import { resolve } from 'node:path';
import { keyOf } from '../../src/domain/plates/characters.js';
import { textOf, type Grammar, type Layout } from '../../src/domain/plates/grammar.js';
import type { CharRead, PlateGround, PlateSight } from '../../src/domain/plates/sight.js';
import { loadGrammars } from '../../src/io/plate-grammars.js';

export const SHIPPED_GRAMMARS = resolve(__dirname, '../../models/plates');
export const grammars: readonly Grammar[] = loadGrammars({ shippedDir: SHIPPED_GRAMMARS });

/** What a sight has beside its text. */
const LOOK = {
  corners: [
    { x: 0.4, y: 0.6 },
    { x: 0.5, y: 0.6 },
    { x: 0.5, y: 0.64 },
    { x: 0.4, y: 0.64 },
  ],
  charHeightPx: 30,
  sharpness: 1,
  ground: 'white',
  plausibility: 0.9,
} satisfies Omit<PlateSight, 'lines'>;

/** A sight of that text, `/` between its lines, every character read with that probability. */
export function sightOf(text: string, look: Partial<PlateSight> & { p?: number } = {}): PlateSight {
  const { p = 0.97, ...other } = look;
  const lines = text.split('/').map((line) => [...line].map((char) => ({ options: [{ char, p }] })));
  return { ...LOOK, ...other, lines };
}

/** Numbers from 0 to 1 that look random and are the same every time (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A valid plate of that layout, with its lines and the ground it is likeliest to have. */
export function plateOf(
  layout: Layout,
  random: () => number,
): { text: string; key: string; lines: string[]; ground: PlateGround } {
  const codes = layout.lines.map(({ parts }) =>
    parts.map(({ codes }) => codes[Math.floor(random() * codes.length)] ?? ''),
  );
  const text = textOf(layout, codes.flat());
  const lines = layout.lines.map((line, at) => textOf({ ...layout, lines: [line] }, codes[at] ?? []));
  const [ground = 'white'] = Object.entries(layout.grounds)
    .sort((a, b) => b[1] - a[1])
    .map(([name]) => name as PlateGround);
  return { text, key: keyOf(text), lines, ground };
}

/** Shapes that blur into one another; the model under test has a table of its own. */
const ALIKE = [
  '0ODQUC',
  '1ILTJ7',
  '8B36S',
  '5S6',
  '2Z7',
  '4A1',
  '6GC',
  'UV',
  'HNMK',
  'EFP',
  'PRB',
  '38',
  '17',
  '56',
  '09',
  'XKY',
];

export interface Blur {
  /** How wrong a look is: 0 crisp, 1 typical of a blurred look, 2 hardly legible. */
  readonly own: number;
  /** The same, for what is wrong in every look at that vehicle: dirt, glare, the angle. */
  readonly shared: number;
}

/**
 * A reader of moving pictures: every character gets scores, the true one ahead, to which a part that is the same in all
 * looks at a vehicle and a part of each look are added; softmax makes them probabilities, of which the best five are
 * kept. At the ends of lines strokes may be added.
 */
export function simulatedLooks(
  lines: readonly string[],
  count: number,
  { own, shared }: Blur,
  random: () => number,
  look: Partial<PlateSight> = {},
): PlateSight[] {
  const gauss = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const bias = new Map<string, number>();
  const biasOf = (name: string): number => {
    const value = bias.get(name) ?? gauss();
    bias.set(name, value);
    return value;
  };
  const read = (char: string, name: string, level: number): CharRead => {
    if (!/[A-Z0-9Đ]/.test(char)) return { options: [{ char, p: 0.9 }] };
    const shown = char === 'Đ' ? 'D' : char;
    const others = new Set(ALIKE.filter((group) => group.includes(shown)).join(''));
    others.add('ABCDEFGHKLMNPSTUVXYZ0123456789'.charAt(Math.floor(random() * 30)));
    const scores = [...others].map((other) => ({
      char: other,
      score: (other === shown ? 7 : 0) + shared * 2.4 * biasOf(name + other) + level * 2.4 * gauss(),
    }));
    const top = Math.max(...scores.map(({ score }) => score));
    const all = scores.reduce((sum, { score }) => sum + Math.exp(score - top), 0);
    const options = scores
      .map(({ char: other, score }) => ({ char: other, p: (0.99 * Math.exp(score - top)) / all }))
      .sort((a, b) => b.p - a.p)
      .slice(0, 5);
    return { options };
  };
  return Array.from({ length: count }, () => {
    const level = own * (0.5 + random());
    const seen = lines.map((line, row) => {
      const chars = [...line].flatMap((char, at) => {
        const isMark = !/[A-Z0-9Đ]/.test(char);
        if (isMark && random() < 0.4) return [];
        return [read(char, `${row}.${at}.`, level)];
      });
      if (random() < 0.06 * level) chars.push({ options: [{ char: random() < 0.5 ? '|' : '1', p: 0.7 }] });
      return chars;
    });
    return { ...LOOK, sharpness: Math.max(0.1, 1 - level / 2), ...look, lines: seen };
  });
}
