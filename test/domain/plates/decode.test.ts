import * as fc from 'fast-check';
import { keyOf } from '../../../src/domain/plates/characters.js';
import { readPlate } from '../../../src/domain/plates/read-plate.js';
import type { PlateReading } from '../../../src/domain/plates/reading.js';
import type { PlateSight } from '../../../src/domain/plates/sight.js';
import { grammars, plateOf, seeded, sightOf } from '../../support/plate-sights.js';

const layouts = grammars.flatMap((grammar) => grammar.layouts);

function read(text: string, look: Partial<PlateSight> & { p?: number } = {}): PlateReading {
  const reading = readPlate(sightOf(text, look), grammars);
  if (!reading) throw new Error(`${text} gave nothing`);
  return reading;
}

describe('forms', () => {
  it.each([
    ['51G-394.66', 'white', '51G-394.66', 'car', 'TP Hồ Chí Minh'],
    ['30K/469.22', 'white', '30K 469.22', 'car', 'Hà Nội'],
    ['30A/995.24', 'yellow', '30A 995.24', 'commercial', 'Hà Nội'],
    ['80A-123.45', 'blue', '80A-123.45', 'government', 'Cơ quan Trung ương'],
    ['52Y-6490', 'white', '52Y-6490', 'car-old', 'TP Hồ Chí Minh'],
    ['29-B1/256.62', 'white', '29-B1 256.62', 'motorcycle', 'Hà Nội'],
    ['29-HA/002.33', 'white', '29-HA 002.33', 'motorcycle-letters', 'Hà Nội'],
    ['83-S5/8378', 'white', '83-S5 8378', 'motorcycle-old', 'Sóc Trăng'],
    ['65-HE/0033', 'white', '65-HE 0033', 'moped-old', 'Cần Thơ'],
    ['34-MD1/018.15', 'white', '34-MĐ1 018.15', 'motorcycle-electric', 'Hải Dương'],
    ['99LD/011.08', 'white', '99LD 011.08', 'special', 'Bắc Ninh'],
    ['51R-141.39', 'white', '51R-141.39', 'trailer', 'TP Hồ Chí Minh'],
    ['41-501-NG-08', 'white', '41-501-NG-08', 'diplomatic', 'TP Hồ Chí Minh'],
    ['TM-30-77', 'red', 'TM-30-77', 'army', undefined],
    ['BB/39-15', 'red', 'BB 39-15', 'army', undefined],
  ] as const)('%s on %s is %s', (text, ground, canonical, format, province) => {
    const reading = read(text, { ground });
    expect(reading).toMatchObject({
      text: canonical,
      key: keyOf(canonical),
      country: 'VN',
      format,
      verdict: 'accepted',
    });
    expect(reading.province).toBe(province);
    expect(reading.lines).toBe(text.split('/').length);
    expect(reading.charP).toHaveLength(reading.key.length);
  });

  it('every valid plate of every form, read perfectly, is itself', () => {
    fc.assert(
      fc.property(fc.nat({ max: layouts.length - 1 }), fc.nat(), (at, seed) => {
        const layout = layouts[at]!;
        const { key, lines, ground } = plateOf(layout, seeded(seed));
        const reading = read(lines.join('/'), { ground, p: 0.99 });
        expect(reading.key).toBe(key);
        // Rare forms that look like a usual one are rightly less sure.
        if (layout.weight >= 0.5) expect({ key, isSure: reading.p > 0.9 }).toEqual({ key, isSure: true });
      }),
      { numRuns: 150 },
    );
  });
});

describe('one look-alike, where the place tells letter from digit', () => {
  it.each([
    ['5IG-394.66', '51G-394.66'],
    ['S1G-394.66', '51G-394.66'],
    ['51G-394.6G', '51G-394.66'],
    ['51G-39A.66', '51G-394.66'],
    ['516-394.66', '51G-394.66'],
    ['51G-3B4.66', '51G-384.66'],
    ['51G-Z94.66', '51G-294.66'],
    ['3OA-339.I8', '30A-339.18'],
    ['304-339.18', '30A-339.18'],
    ['29-81/256.62', '29-B1 256.62'],
    ['29-BI/256.62', '29-B1 256.62'],
    ['29-B1/2S6.62', '29-B1 256.62'],
    ['29-B1/256.6O', '29-B1 256.60'],
    ['70-C1/0S3.14', '70-C1 053.14'],
  ])('%s is %s', (text, canonical) => {
    const { text: found, p } = read(text);
    expect({ found, isLikely: p > 0.4 }).toEqual({ found: canonical, isLikely: true });
  });

  it('the second choice of the reader, when only that is a plate', () => {
    const sight = sightOf('51G-394.66');
    const lines = [
      sight.lines[0]!.map((char, at) =>
        at === 2
          ? {
              options: [
                { char: '6', p: 0.7 },
                { char: 'G', p: 0.29 },
              ],
            }
          : char,
      ),
    ];
    expect(readPlate({ ...sight, lines }, grammars)).toMatchObject({
      text: '51G-394.66',
      verdict: 'accepted',
    });
  });
});

describe('what does not belong to the plate', () => {
  it.each([
    ['|51G-394.66|', '51G-394.66'],
    ['51G 394 66', '51G-394.66'],
    ['51G39466', '51G-394.66'],
    ['[51G.394.66]', '51G-394.66'],
    ['51G-394.66/HONDA', '51G-394.66'],
    ['VIE/51G-394.66', '51G-394.66'],
    ['CSGT/29-B1/256.62', '29-B1 256.62'],
    ['·29-B1·/256.62', '29-B1 256.62'],
    ['29-b1/256.62', undefined],
  ])('%s gives %s', (text, canonical) => {
    if (canonical === undefined) expect(read(text).verdict).not.toBe('accepted');
    else expect(read(text).text).toBe(canonical);
  });

  it.each(['1G-394.66', '51-394.66', '51G-94.6', '51G-', '29-1/256.62', '9-B1/256.62'])(
    'characters that were not seen are not made up: %s',
    (text) => {
      const reading = read(text);
      expect(reading.verdict).not.toBe('accepted');
      expect(reading.country).toBeUndefined();
    },
  );
});

describe('what is no Vietnamese plate', () => {
  it.each([
    ['BS47040', 'needs-review'],
    ['SI819AK', 'needs-review'],
    ['RK708AI', 'needs-review'],
    ['RK003AB', 'needs-review'],
    ['TTP488', 'needs-review'],
    ['CLT0108', 'needs-review'],
    ['NZF7823', 'needs-review'],
    ['OLC4728', 'needs-review'],
    ['6C7 1390', 'needs-review'],
    ['8B4 6851', 'needs-review'],
    ['HONDA', 'rejected'],
    ['CSGT', 'rejected'],
    ['CAFE/24H', undefined],
    ['XE MAY 24/7', undefined],
    ['0909 123 456', undefined],
    ['1900 1234', undefined],
    ['2021-03-05 12:33:01', 'rejected'],
    ['2021-03-05/12:33:01', 'rejected'],
  ] as const)('%s is of no known form', (text, verdict) => {
    for (const ground of ['white', 'unknown'] as const) {
      const reading = read(text, { ground });
      expect(reading.country).toBeUndefined();
      if (verdict) expect(reading).toMatchObject({ verdict });
      expect(reading.verdict).not.toBe('accepted');
      expect(reading.reason).toBeDefined();
    }
  });

  it('letters of the army on white are somebody else', () => {
    expect(read('TG-12-34').country).toBeUndefined();
    expect(read('TG-12-34', { ground: 'unknown' }).verdict).toBe('needs-review');
  });

  it('is never accepted: random texts of digits, of words, of a sign', () => {
    const digits = fc.stringMatching(/^[0-9]{4,12}$/);
    const word = fc.stringMatching(/^[A-Z]{2,12}$/);
    const foreign = fc.stringMatching(
      /^([A-Z]{3}[0-9]{3,4}|[A-Z]{3}[0-9][A-Z][0-9]{2}|[0-9]{4}[A-Z]{3}|[0-9][A-Z][0-9]{5})$/,
    );
    fc.assert(
      fc.property(
        fc.oneof(
          digits,
          word,
          foreign,
          fc.tuple(word, digits).map((two) => two.join('/')),
        ),
        (text) => {
          expect(read(text).verdict).not.toBe('accepted');
        },
      ),
      { numRuns: 200 },
    );
  });

  it('a word that might be a plate, on something that is none, goes to a person', () => {
    expect(read('51G-394.66', { plausibility: 0.1 })).toMatchObject({ verdict: 'needs-review' });
    expect(read('NZF7823', { plausibility: 0.1 })).toMatchObject({ verdict: 'rejected' });
  });

  it.each([
    [7, 0.99, 'rejected', '7 px'],
    [11, 0.5, 'rejected', '11 px'],
    [11, 0.99, 'needs-review', '11 px'],
    [16, 0.99, 'accepted', undefined],
  ])('characters %s px high, read with %s: %s', (charHeightPx, p, verdict, said) => {
    const reading = read('51G-394.66', { charHeightPx, p });
    expect(reading.verdict).toBe(verdict);
    if (said === undefined) expect(reading.reason).toBeUndefined();
    else expect(reading.reason).toContain(said);
  });

  it("a car's text with a dash where motorcycles have it may be a motorcycle that lost a character", () => {
    expect(read('29-B/256.62').verdict).toBe('needs-review');
  });

  it('nothing but marks is nothing', () => {
    expect(readPlate(sightOf('-.-'), grammars)).toBeUndefined();
  });
});
