import { isLookalike } from './lookalikes.js';
import type { ListEntry, ListHit, PlateList } from './passage.js';
import type { PlateReading } from './reading.js';

/** Entries of all lists, ready to be asked: whole plates by key, patterns by how they begin. */
export interface ListIndex {
  readonly whole: ReadonlyMap<string, readonly Listed[]>;
  /** By their first two characters where these are no wildcards; the others under ''. */
  readonly patterns: ReadonlyMap<string, readonly Listed[]>;
}

interface Listed {
  readonly entry: ListEntry;
  readonly list: PlateList;
}

type Read = Pick<PlateReading, 'key' | 'p' | 'verdict' | 'charP' | 'alternatives'>;
/** What is to be looked up: what was read, or what a person made of it. */
export type Lookup = Read | { readonly key: string };

const BEGIN = 2;
/** A reading that is that sure is what it says. */
const SURE = 0.9;
/** A character below this is doubtful: another may stand there. */
const DOUBTFUL = 0.97;
/** Less is not worth a person's look. */
const POSSIBLE = 0.02;
/** Of what is left when a character is wrong: the share of each that looks like it, and of each that does not. */
const SHARE = { alike: 0.3, other: 0.06 } as const;
const CHARACTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'];

/** Time and memory grow with the number of entries; entries whose list is not there are left out. */
export function createListIndex(lists: readonly PlateList[], entries: readonly ListEntry[]): ListIndex {
  const byId = new Map(lists.map((list) => [list.id, list]));
  const whole = new Map<string, Listed[]>();
  const patterns = new Map<string, Listed[]>();
  for (const entry of entries) {
    const list = byId.get(entry.list);
    if (!list) continue;
    const isPattern = /[*?]/.test(entry.key);
    const begin = entry.key.slice(0, BEGIN);
    const place = isPattern ? (/^[^*?]{2}$/.test(begin) ? begin : '') : entry.key;
    const map = isPattern ? patterns : whole;
    const there = map.get(place);
    if (there) there.push({ entry, list });
    else map.set(place, [{ entry, list }]);
  }
  return { whole, patterns };
}

/**
 * Which entries a plate is on at that time, likeliest first, one hit an entry. Costs a look-up for each text it may be
 * (tens to hundreds), and a comparison with each pattern that begins alike or with a wildcard.
 * @param at epoch ms: an entry counts from its `validFrom` on, until just before its `validTo`
 */
export function matchLists(plate: Lookup, index: ListIndex, at: number): ListHit[] {
  const isRead = 'p' in plate;
  const hits = new Map<number, ListHit>();
  const add = ({ entry, list }: Listed, p: number, fits: boolean): void => {
    if ((entry.validFrom ?? -Infinity) > at || (entry.validTo ?? Infinity) <= at) return;
    const match = fits && (!isRead || plate.verdict === 'accepted' || p >= SURE) ? 'exact' : 'possible';
    if (match === 'possible' && p < POSSIBLE) return;
    const before = hits.get(entry.id);
    if (before && before.p >= p) return;
    hits.set(entry.id, { list: list.id, kind: list.kind, entryId: entry.id, match, p: Math.min(1, p) });
  };
  const texts = isRead ? textsOf(plate) : new Map([[plate.key, 1]]);
  for (const [key, p] of texts)
    for (const listed of index.whole.get(key) ?? []) add(listed, p, key === plate.key);
  const tried = new Set<Listed>();
  for (const key of texts.keys()) {
    for (const begin of [key.slice(0, BEGIN), ''])
      for (const listed of index.patterns.get(begin) ?? []) {
        if (tried.has(listed) || !matchesPattern(listed.entry.key, key)) continue;
        tried.add(listed);
        add(listed, patternP(listed.entry.key, plate, texts), matchesPattern(listed.entry.key, plate.key));
      }
  }
  return [...hits.values()].sort((a, b) => b.p - a.p || a.entryId - b.entryId);
}

/** What the plate may be, with probabilities: as read, the alternatives, and every text that one doubtful character makes. */
function textsOf({ key, p, verdict, charP, alternatives }: Read): Map<string, number> {
  const texts = new Map<string, number>();
  const add = (text: string, textP: number): void => {
    texts.set(text, Math.max(texts.get(text) ?? 0, textP));
  };
  add(key, p);
  for (const other of alternatives) add(other.key, other.p);
  for (const [at, read] of [...key].entries()) {
    const wrong = 1 - (charP[at] ?? 1);
    if (verdict === 'accepted' && 1 - wrong >= DOUBTFUL) continue;
    for (const char of CHARACTERS) {
      const share = isLookalike(read, char) ? SHARE.alike : SHARE.other;
      if (char !== read && wrong * share >= POSSIBLE)
        add(key.slice(0, at) + char + key.slice(at + 1), wrong * share);
    }
  }
  return texts;
}

/** A pattern says nothing of some characters: doubt about these does not matter. */
function patternP(pattern: string, plate: Lookup, texts: ReadonlyMap<string, number>): number {
  if (!('p' in plate)) return 1;
  let all = 0;
  for (const [key, p] of texts) if (matchesPattern(pattern, key)) all += p;
  return Math.max(all, matchesPattern(pattern, plate.key) ? fixedP(pattern, plate) : 0);
}

/** That the characters the pattern names are right, for patterns with at most one `*`. */
function fixedP(pattern: string, { key, charP, p }: Read): number {
  const [begin = '', end = '', more] = pattern.split('*');
  if (more !== undefined) return p;
  let product = 1;
  for (const [at, char] of [...begin].entries()) if (char !== '?') product *= charP[at] ?? 1;
  for (const [at, char] of [...end].entries())
    if (char !== '?') product *= charP[key.length - end.length + at] ?? 1;
  return product;
}

/**
 * Whether a key fits a pattern: `*` any characters, also none; `?` exactly one. Time grows with the product of their
 * lengths at most.
 */
export function matchesPattern(pattern: string, key: string): boolean {
  let [p, k, star, mark] = [0, 0, -1, 0];
  while (k < key.length) {
    const char = pattern.charAt(p);
    if (char !== '*' && p < pattern.length && (char === '?' || char === key.charAt(k))) {
      p += 1;
      k += 1;
    } else if (char === '*') {
      star = p;
      mark = k;
      p += 1;
    } else if (star >= 0) {
      p = star + 1;
      mark += 1;
      k = mark;
    } else return false;
  }
  while (pattern.charAt(p) === '*') p += 1;
  return p === pattern.length;
}
