import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPlate } from '../../src/domain/plates/read-plate.js';
import { loadGrammars } from '../../src/io/plate-grammars.js';
import { SHIPPED_GRAMMARS, sightOf } from '../support/plate-sights.js';

const own = mkdtempSync(join(tmpdir(), 'grammars-'));
const write = (name: string, text: string) => writeFileSync(join(own, name), text);
afterAll(() => rmSync(own, { recursive: true }));
afterEach(() => rmSync(join(own, 'x.yaml'), { force: true }));

const BRAZIL = `
country: BR
name: Brazil
groups: { letter: { chars: ABCDEFGHIJKLMNOPQRSTUVWXYZ } }
formats:
  - id: car
    name: Car
    weight: 0.5
    grounds: { white: 1, unknown: 0.7 }
    layouts: [['{letter}{letter}{letter}-####'], ['{letter}{letter}{letter}#{letter}##']]
`;

it('a country is added by adding a file, and changes nothing for the others', () => {
  write('x.yaml', BRAZIL);
  const grammars = loadGrammars({ shippedDir: SHIPPED_GRAMMARS, ownDir: own });
  expect(grammars.map(({ country }) => country)).toEqual(['VN', 'BR']);
  expect(readPlate(sightOf('NZF7823', { p: 0.99 }), grammars)).toMatchObject({
    ...{ text: 'NZF-7823', key: 'NZF7823', country: 'BR', format: 'car', verdict: 'accepted' },
  });
  expect(readPlate(sightOf('51G-394.66'), grammars)).toMatchObject({ text: '51G-394.66', country: 'VN' });
});

it("the user's own file of a country replaces the one that is shipped", () => {
  write('x.yaml', BRAZIL.replace('BR', 'VN'));
  const grammars = loadGrammars({ shippedDir: SHIPPED_GRAMMARS, ownDir: own });
  expect(grammars.map(({ name }) => name)).toEqual(['Brazil']);
});

it.each([
  ['country: [', /x\.yaml is no valid YAML/],
  [BRAZIL.replace('BR', 'Brazil'), /x\.yaml:\n {2}country: must be two capital letters .*for example VN/],
  [BRAZIL.replace('weight: 0.5', 'weight: 7'), /formats\.0\.weight: /],
  [
    BRAZIL.replace("['{letter}{letter}{letter}-####']", "['{leter}-####']"),
    /\(car\)\.layouts\[0\]\[0\]: \{leter\} is no group; there are letter/,
  ],
  [BRAZIL.replace("['{letter}{letter}{letter}-####']", "['-.']"), /has no characters; write #/],
  [
    BRAZIL.replace('chars: ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'codes: [A, BC]'),
    /groups\.letter\.codes: must all be of one length/,
  ],
  [`${BRAZIL}surprise: 1`, /surprise/],
])('what is wrong with a file is said with its name, field and fix: %#', (text, message) => {
  write('x.yaml', text);
  expect(() => loadGrammars({ shippedDir: SHIPPED_GRAMMARS, ownDir: own })).toThrow(message);
});

it('a folder that is not there is said', () => {
  expect(() => loadGrammars({ shippedDir: SHIPPED_GRAMMARS, ownDir: join(own, 'none') })).toThrow(
    /PLATE_GRAMMARS/,
  );
});
