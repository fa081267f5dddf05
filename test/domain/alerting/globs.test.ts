import fc from 'fast-check';
import { compileGlobs } from '../../../src/domain/alerting/globs.js';

it.each([
  ['gate-1', 'gate-1', true],
  ['gate-1', 'gate-10', false],
  ['gate-*', 'gate-', true],
  ['gate-*', 'gate-10', true],
  ['gate-*', 'agate-10', false],
  ['*-deny', 'plate-deny', true],
  ['plate-*-x', 'plate-x', false],
  ['*', '', true],
  ['*a*a*', 'a', false],
  ['*a*a*', 'xaxa', true],
  ['a*a', 'a', false],
  ['ab*ba', 'aba', false],
  ['a*b*c', 'aXbYbZc', true],
  ['a*b*c', 'acb', false],
  ['**', 'x', true],
  ['Yard', 'yARD', true],
  ['a.c', 'abc', false],
])('%s, %s: %s', (pattern, text, wanted) => {
  expect(compileGlobs([pattern])(text)).toBe(wanted);
  expect(compileGlobs(['never', pattern])(text)).toBe(wanted);
});

const letters = (from: string, maxLength: number) =>
  fc.array(fc.constantFrom(...from), { maxLength }).map((all) => all.join(''));

it('says what a search through all possibilities says', () => {
  /** The definition, slowly. */
  const fits = (pattern: string, text: string): boolean => {
    if (pattern === '') return text === '';
    if (pattern[0] === '*')
      return fits(pattern.slice(1), text) || (text !== '' && fits(pattern, text.slice(1)));
    return pattern[0] === text[0] && fits(pattern.slice(1), text.slice(1));
  };
  fc.assert(
    fc.property(letters('ab*', 8), letters('ab', 8), (pattern, text) => {
      expect(compileGlobs([pattern])(text)).toBe(fits(pattern, text));
    }),
    { numRuns: 1000 },
  );
});

it('the worst pattern takes no time', () => {
  // Sixty-four characters as they may stand in a camera file, against the longest subject: by regular expression, hours.
  const worst = compileGlobs([`${'*a'.repeat(31)}*b`]);
  for (let i = 0; i < 10_000; i++) expect(worst('a'.repeat(100))).toBe(false);
});
