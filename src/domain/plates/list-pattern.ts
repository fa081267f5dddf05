/** Fewer literal characters than this would match half the country. */
const MIN_LITERAL = 2;
const MAX_KEY = 24;

/** What people type to name plates: the text without marks, capital letters, `*` any characters, `?` one. */
export type ParsedPattern = { readonly key: string } | { readonly problem: string };

/**
 * Reads a pattern as people write it, in any case, with or without marks and accents: `30a-339.*` → `30A339*`.
 * @param minLiteral letters and digits it must have at least
 * @returns its key, or what is wrong with it and how to right it (without repeating it)
 */
export function parsePattern(text: string, minLiteral = MIN_LITERAL): ParsedPattern {
  const key = bare(text).replace(/\*+/g, '*');
  const strange = /[^A-Z0-9*?]/.exec(key);
  if (strange)
    return {
      problem: `holds ${JSON.stringify(strange[0])}; write letters, digits, "-", ".", spaces, * and ?`,
    };
  const literal = key.replace(/[*?]/g, '').length;
  if (literal < minLiteral)
    return { problem: `needs at least ${minLiteral} letters or digits, for example 30A-339.18 or 30A*` };
  if (key.length > MAX_KEY) return { problem: `is longer than ${MAX_KEY} letters and digits; shorten it` };
  return { key };
}

/** Capital letters without accents, Đ as D, without the marks plates are written with. */
export function bare(text: string): string {
  return text
    .normalize('NFKD')
    .toUpperCase()
    .replace(/\p{Mn}/gu, '')
    .replaceAll('Đ', 'D')
    .replace(/[\s\-.·_]/gu, '');
}
