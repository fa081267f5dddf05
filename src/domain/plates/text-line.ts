import { quadAngle, quadCentre, quadSize, type Quad } from './quad.js';
import type { CharRead } from './sight.js';

/** A character and where it stands on its line: its middle, share of the line's width, 0..1. */
export interface PlacedChar extends CharRead {
  readonly at: number;
}

/** What a recogniser made of a line. */
export interface LineText {
  readonly chars: readonly PlacedChar[];
  /** How sure it is that the line holds only characters a plate can hold, 0..1. */
  readonly legible: number;
}

/** A line of text, found and read. */
export interface TextLine extends LineText {
  /** In pixels of the picture. */
  readonly quad: Quad;
}

const MARKS = new Set(['-', '.', ' ']);

export function isMark(char: CharRead): boolean {
  return MARKS.has(char.options[0]?.char ?? '');
}

/** Letters and digits of a line, most likely reading. */
export function plainText(chars: readonly CharRead[]): string {
  return chars.map((char) => (isMark(char) ? '' : char.options[0]!.char)).join('');
}

/** Probability of a character's most likely reading. */
export function topP(char: CharRead): number {
  return char.options[0]?.p ?? 0;
}

/** The least certain letter or digit of a line, 0..1; 0 for a line without any. */
export function weakestP(chars: readonly CharRead[]): number {
  const plain = chars.filter((char) => !isMark(char));
  return plain.length === 0 ? 0 : Math.min(...plain.map(topP));
}

/** Mean certainty of a line's letters and digits, 0..1. */
export function meanP(chars: readonly CharRead[]): number {
  const plain = chars.filter((char) => !isMark(char));
  return plain.reduce((sum, char) => sum + topP(char), 0) / Math.max(1, plain.length);
}

/** Where `other` lies as seen along `line`: centre offset along and down, in line heights, and relative height. */
export function relation(line: Quad, other: Quad): { along: number; down: number; size: number } {
  const angle = quadAngle(line);
  const [a, b] = [quadCentre(line), quadCentre(other)];
  const { height } = quadSize(line);
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  return {
    along: (dx * Math.cos(angle) + dy * Math.sin(angle)) / height,
    down: (dy * Math.cos(angle) - dx * Math.sin(angle)) / height,
    size: quadSize(other).height / height,
  };
}
