import * as fc from 'fast-check';
import { createListIndex, matchesPattern, matchLists } from '../../../src/domain/plates/list-matching.js';
import { lookalikeDistance } from '../../../src/domain/plates/lookalikes.js';
import { keyOf } from '../../../src/domain/plates/characters.js';
import type { ListEntry, PlateList } from '../../../src/domain/plates/passage.js';
import type { PlateReading } from '../../../src/domain/plates/reading.js';
import { isSamePassage } from '../../../src/domain/plates/same-passage.js';

const LISTS: PlateList[] = [
  { id: 'stolen', kind: 'deny', alertUnknown: false },
  { id: 'staff', kind: 'allow', alertUnknown: true },
];

function entry(id: number, key: string, more: Partial<ListEntry> = {}): ListEntry {
  return { id, list: 'stolen', pattern: key, key, createdAt: 1, createdBy: 'ann', ...more };
}

/** @param doubts by position: how likely that character is right */
function reading(
  key: string,
  doubts: Record<number, number> = {},
  more: Partial<PlateReading> = {},
): PlateReading {
  const charP = [...key].map((_, at) => doubts[at] ?? 0.995);
  const p = Math.min(...charP) - 0.01;
  return {
    ...{ text: key, key, country: 'VN', format: 'car', ground: 'white', lines: 1, p, charP },
    ...{ verdict: p > 0.9 ? 'accepted' : 'needs-review', alternatives: [], sights: 1, ...more },
  };
}

const match = (plate: PlateReading | { key: string }, entries: ListEntry[], at = 1000) =>
  matchLists(plate, createListIndex(LISTS, entries), at).map(
    ({ entryId, match: how }) => `${entryId} ${how}`,
  );

describe('matchLists', () => {
  it('says whole plates and patterns, of the list they are on', () => {
    const entries = [
      entry(1, '51G39466'),
      entry(2, '51G*', { list: 'staff' }),
      entry(3, '*466'),
      entry(4, '51?39466'),
      entry(5, '51F*'),
    ];
    const hits = matchLists(reading('51G39466'), createListIndex(LISTS, entries), 1000);
    expect(hits.map(({ entryId }) => entryId).sort()).toEqual([1, 2, 3, 4]);
    expect(hits.every(({ match: how, p }) => how === 'exact' && p > 0.9)).toBe(true);
    expect(hits.find(({ entryId }) => entryId === 2)).toMatchObject({ list: 'staff', kind: 'allow' });
  });

  it.each([
    [{}, ['1 exact']],
    [{ validFrom: 1000, validTo: 1001 }, ['1 exact']],
    [{ validFrom: 1001 }, []],
    [{ validTo: 1000 }, []],
    [{ list: 'unheard-of' }, []],
  ])('an entry with %j counts: %j', (more, hits) => {
    expect(match(reading('51G39466'), [entry(1, '51G39466', more)])).toEqual(hits);
  });

  it('one doubtful character still alerts, as possible', () => {
    const entries = [entry(1, '51G39466'), entry(2, '51G89466'), entry(3, '51G79466')];
    expect(match(reading('51G39466'), entries)).toEqual(['1 exact']);
    expect(match(reading('51G39466', { 3: 0.8 }), entries)).toEqual(['1 possible', '2 possible']);
    const told = reading('51G39466', { 3: 0.6 }, { alternatives: [{ text: 'x', key: '51G79466', p: 0.3 }] });
    expect(match(told, entries)).toEqual(['1 possible', '3 possible', '2 possible']);
  });

  it('doubt about characters a pattern does not name does not matter', () => {
    expect(match(reading('51G39466', { 7: 0.5 }), [entry(1, '51G*'), entry(2, '*66')])).toEqual([
      '1 exact',
      '2 possible',
    ]);
  });

  it('what a person made of it is exact, or nothing', () => {
    expect(
      match({ key: '51G39466' }, [entry(1, '51G39466'), entry(2, '51G39460'), entry(3, '51G3*')]),
    ).toEqual(['1 exact', '3 exact']);
  });

  it('finds one among 100 000 without comparing with each', () => {
    const entries = Array.from({ length: 100_000 }, (_, id) =>
      entry(id + 1, `30A${String(id).padStart(5, '0')}`),
    );
    const index = createListIndex(LISTS, entries);
    expect(matchLists(reading('30A54321', { 4: 0.7 }), index, 1000)[0]).toMatchObject({ entryId: 54_322 });
    expect(index.whole.size).toBe(100_000);
  });
});

describe('matchesPattern', () => {
  it.each([
    ['30A*', '30A33918', true],
    ['30A*', '30A', true],
    ['30A?', '30A', false],
    ['*18', '30A33918', true],
    ['3*3*8', '30A33918', true],
    ['3*3*9', '30A33918', false],
    ['30A33918', '30A3391', false],
    ['*', '', true],
  ])('%s fits %s: %s', (pattern, key, fits) => expect(matchesPattern(pattern, key)).toBe(fits));

  it('agrees with a regular expression', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[AB*?]{0,7}$/), fc.stringMatching(/^[AB]{0,7}$/), (pattern, key) => {
        const regex = new RegExp(`^${pattern.replace(/\*/g, '.*').replace(/\?/g, '.')}$`);
        expect(matchesPattern(pattern, key)).toBe(regex.test(key));
      }),
    );
  });
});

describe('lookalikeDistance', () => {
  it.each([
    ['51G39466', '51G39466', 0],
    ['51G39466', '51G89466', 0.5],
    ['51G39466', '516394G6', 1],
    ['51G39466', '51G3946', 1],
    ['51G39466', '51H39466', 1],
    ['51G39466', '30A12345', Infinity],
  ])('%s and %s are %s apart', (a, b, distance) => expect(lookalikeDistance(a, b)).toBe(distance));

  it('is the same both ways, and 0 for the same only', () => {
    const key = fc.stringMatching(/^[0-9A-Z]{0,9}$/);
    fc.assert(
      fc.property(key, key, (a, b) => {
        expect(lookalikeDistance(a, b, 4)).toBe(lookalikeDistance(b, a, 4));
        expect(lookalikeDistance(a, b) === 0).toBe(a === b);
      }),
    );
  });
});

it.each([
  ['34-MĐ1 018.15', '34MD101815'],
  ['30a-339.18', '30A33918'],
  ['29-đ1 Á', '29D1A'],
  ['...', ''],
])('the key of %s is %s', (text, key) => expect(keyOf(text)).toBe(key));

describe('isSamePassage', () => {
  const passage = (key: string, firstAt: number, lastAt: number, p = 0.99, cameraId = 'gate') => ({
    ...{ cameraId, firstAt, lastAt },
    reading: reading(key, { 0: p }),
  });
  it.each([
    ['the same plate soon after', passage('51G39466', 0, 10), passage('51G39466', 50, 60), true],
    ['seen at once under two tracks', passage('51G39466', 0, 10), passage('51G39466', 5, 8), true],
    ['too late', passage('51G39466', 0, 10), passage('51G39466', 200, 210), false],
    ['another camera', passage('51G39466', 0, 10), passage('51G39466', 20, 30, 0.99, 'yard'), false],
    ['two sure texts, a character apart', passage('51G39466', 0, 10), passage('51G39468', 20, 30), false],
    ['a character apart, one unsure', passage('51G39466', 0, 10), passage('51G39468', 20, 30, 0.6), true],
    ['two characters apart', passage('51G39466', 0, 10), passage('51G39418', 20, 30, 0.6), false],
    ['scraps of text', passage('51G', 0, 10), passage('51G', 20, 30), false],
  ])('%s', (_, a, b, same) => {
    expect(isSamePassage(a, b, 100)).toBe(same);
    expect(isSamePassage(b, a, 100)).toBe(same);
  });
});
