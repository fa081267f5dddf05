import { z } from 'zod';
import { PlateGround } from './sight.js';

const share = z.number().gt(0).max(1);
const Code = z
  .string()
  .regex(/^[A-Z0-9Đ]{1,6}$/, 'must be 1-6 capital letters and digits (numbers in quotes)');
const Group = z.union([
  z.strictObject({ chars: z.string().regex(/^[A-Z0-9Đ]+$/, 'must be capital letters and digits') }),
  z.strictObject({ codes: z.union([z.array(Code).min(1), z.record(Code, z.string())]) }),
]);
const FormatFile = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]{1,40}$/, 'must be 1-40 of a-z, 0-9 and "-"'),
  name: z.string().min(1),
  /** How usual the form is beside the others of its country, above 0 to 1. */
  weight: share,
  /** How likely this form has the colour that was seen, above 0 to 1; a colour that is not named: 0.02. */
  grounds: z.partialRecord(PlateGround, share),
  layouts: z.array(z.array(z.string().min(1)).min(1).max(3)).min(1),
});

/** How the plates of a country are written: one file of its own, see models/plates/README.md. */
export const GrammarFile = z.strictObject({
  country: z.string().regex(/^[A-Z]{2}$/, 'must be two capital letters (ISO 3166-1), for example VN'),
  name: z.string().min(1),
  groups: z.record(z.string().regex(/^[a-z][a-z0-9-]*$/), Group).default({}),
  formats: z.array(FormatFile).min(1),
});
export type GrammarFile = z.infer<typeof GrammarFile>;

/** One or more neighbouring characters that are chosen together. */
export interface Part {
  readonly width: number;
  /** What they may be; each of `width` characters. */
  readonly codes: readonly string[];
  /** Names of places, by code. */
  readonly names?: ReadonlyMap<string, string>;
}

export interface LayoutLine {
  readonly parts: readonly Part[];
  /** By place of a character on the line: what may stand there. */
  readonly slots: readonly ReadonlySet<string>[];
  /** Places before which a mark is written: 3 in `30A-339`. */
  readonly marksBefore: ReadonlyMap<number, string>;
}

export interface Layout {
  readonly country: string;
  readonly format: string;
  readonly weight: number;
  readonly grounds: Readonly<Partial<Record<PlateGround, number>>>;
  readonly lines: readonly LayoutLine[];
}

export interface Grammar {
  readonly country: string;
  readonly name: string;
  readonly layouts: readonly Layout[];
  /** The same, those with the same lines together, whatever form they are of. */
  readonly shapes: readonly (readonly Layout[])[];
}

const DIGIT: Part = { width: 1, codes: [...'0123456789'] };
const TOKEN = /\{([^}]*)\}|([\s\S])/gu;

/**
 * Makes a grammar ready for use.
 * @returns the grammar, or what is wrong with it: field, mistake, fix
 */
export function compileGrammar(file: GrammarFile): { grammar: Grammar } | { problems: readonly string[] } {
  const problems: string[] = [];
  const parts = new Map<string, Part>();
  for (const [id, group] of Object.entries(file.groups)) {
    const part = compileGroup(group);
    if (part) parts.set(id, part);
    else problems.push(`groups.${id}.codes: must all be of one length; make two groups of them`);
  }
  const layouts = file.formats.flatMap(({ id, weight, grounds, layouts: given }, place) =>
    given.map((lines, at): Layout => ({
      ...{ country: file.country, format: id, weight, grounds },
      lines: lines.map((text, line) =>
        compileLine(text, parts, (problem) =>
          problems.push(`formats[${place}] (${id}).layouts[${at}][${line}]: ${problem}`),
        ),
      ),
    })),
  );
  const ids = file.formats.map(({ id }) => id);
  const twice = ids.find((id, at) => ids.indexOf(id) !== at);
  if (twice !== undefined) problems.push(`formats: the id "${twice}" is there twice; ids must differ`);
  if (problems.length > 0) return { problems };
  const written = file.formats.flatMap((format) => format.layouts.map((lines) => lines.join('/')));
  const shapes = [...new Set(written)].map((shape) => layouts.filter((_, at) => written[at] === shape));
  return { grammar: { country: file.country, name: file.name, layouts, shapes } };
}

function compileGroup(group: z.infer<typeof Group>): Part | undefined {
  if ('chars' in group) return { width: 1, codes: [...new Set(group.chars)] };
  const named = Array.isArray(group.codes) ? undefined : new Map(Object.entries(group.codes));
  const codes = Array.isArray(group.codes) ? [...new Set(group.codes)] : Object.keys(group.codes);
  const width = [...(codes[0] ?? '')].length;
  if (codes.length === 0 || codes.some((code) => [...code].length !== width)) return undefined;
  return { width, codes, ...(named && { names: named }) };
}

function compileLine(
  text: string,
  groups: ReadonlyMap<string, Part>,
  complain: (problem: string) => void,
): LayoutLine {
  const parts: Part[] = [];
  const slots: ReadonlySet<string>[] = [];
  const marksBefore = new Map<number, string>();
  for (const [, name, char = ''] of text.matchAll(TOKEN)) {
    const part = name === undefined ? charPart(char) : groups.get(name);
    if (part === 'mark') marksBefore.set(slots.length, (marksBefore.get(slots.length) ?? '') + char);
    else if (part === undefined)
      complain(`{${name}} is no group; there are ${[...groups.keys()].join(', ')}`);
    else {
      parts.push(part);
      for (let at = 0; at < part.width; at++) slots.push(new Set(part.codes.map((code) => code.charAt(at))));
    }
  }
  if (parts.length === 0) complain('has no characters; write # for a digit, {group}, or a capital letter');
  return { parts, slots, marksBefore };
}

function charPart(char: string): Part | 'mark' {
  if (char === '#') return DIGIT;
  return /[A-Z0-9Đ]/.test(char) ? { width: 1, codes: [char] } : 'mark';
}

/** The text of a plate of that layout, as people write it: a line that ends in a mark goes on without a space. @param codes by part, lines one after the other */
export function textOf(layout: Layout, codes: readonly string[]): string {
  let next = 0;
  return layout.lines
    .map(({ parts, marksBefore }) => {
      let slot = 0;
      let text = '';
      for (const { width } of parts) {
        text += (marksBefore.get(slot) ?? '') + (codes[next++] ?? '');
        slot += width;
      }
      return text + (marksBefore.get(slot) ?? '');
    })
    .reduce((text, line) => `${text}${/[-. ]$/.test(text) ? '' : ' '}${line}`);
}
