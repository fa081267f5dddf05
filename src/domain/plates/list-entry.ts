import { parsePattern } from './list-pattern.js';
import type { ListEntry } from './passage.js';
import { MOMENT_HINT, parseMoment } from './validity.js';

/** An entry of a list as people give it: in a form, in JSON, in a row of a file. Empty counts as not given. */
export interface GivenEntry {
  readonly pattern: string;
  readonly validFrom?: string | undefined;
  readonly validTo?: string | undefined;
  readonly reason?: string | undefined;
  readonly owner?: string | undefined;
  readonly note?: string | undefined;
}
export type EntryFields = Omit<ListEntry, 'id' | 'list' | 'createdAt' | 'createdBy'>;

/** A mistake in one field, for the one who made it: `value` may be a plate's text. */
export interface FieldProblem {
  readonly field: keyof GivenEntry;
  readonly value: string;
  /** What is wrong and how to right it. */
  readonly problem: string;
}

const LONGEST = { pattern: 32, reason: 200, owner: 200, note: 1000 } as const;
const TEXTS = ['reason', 'owner', 'note'] as const;

/**
 * @param timeZone IANA name of the site: a date without a time is a day of its calendar
 * @returns the entry, or every mistake in it
 */
export function readEntry(
  given: GivenEntry,
  timeZone: string,
): { readonly entry: EntryFields } | { readonly problems: readonly FieldProblem[] } {
  const problems: FieldProblem[] = [];
  const pattern = given.pattern.trim();
  const parsed = parsePattern(pattern);
  if ('problem' in parsed) problems.push({ field: 'pattern', value: pattern, problem: parsed.problem });
  for (const field of ['pattern', ...TEXTS] as const) {
    const value = given[field]?.trim() ?? '';
    if (value.length > LONGEST[field])
      problems.push({
        field,
        value: `${value.slice(0, 40)}…`,
        problem: `is longer than ${LONGEST[field]} characters; shorten it`,
      });
  }
  const moments = readValidity(given, timeZone, problems);
  if (problems.length > 0 || 'problem' in parsed) return { problems };
  const texts = TEXTS.flatMap((field) => {
    const value = given[field]?.trim() ?? '';
    return value === '' ? [] : [[field, value] as const];
  });
  return { entry: { pattern, key: parsed.key, ...moments, ...Object.fromEntries(texts) } };
}

function readValidity(
  given: GivenEntry,
  timeZone: string,
  problems: FieldProblem[],
): Pick<ListEntry, 'validFrom' | 'validTo'> {
  const read = (field: 'validFrom' | 'validTo', edge: 'from' | 'to'): number | undefined => {
    const value = given[field]?.trim() ?? '';
    if (value === '') return undefined;
    const at = parseMoment(value, edge, timeZone);
    if (at === undefined) problems.push({ field, value, problem: `is no date or time; ${MOMENT_HINT}` });
    return at;
  };
  const validFrom = read('validFrom', 'from');
  const validTo = read('validTo', 'to');
  if (validFrom !== undefined && validTo !== undefined && validTo <= validFrom)
    problems.push({
      field: 'validTo',
      value: given.validTo ?? '',
      problem: 'is not after the beginning; put the later one here',
    });
  return { ...(validFrom !== undefined && { validFrom }), ...(validTo !== undefined && { validTo }) };
}
