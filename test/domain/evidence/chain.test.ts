import fc from 'fast-check';
import { type ChainLink, checkChain } from '../../../src/domain/evidence/chain.js';

const hash = (n: number, salt = 'a'): string => `${salt}${n}`;
const link = (number: number, given: Partial<ChainLink> = {}): ChainLink => ({
  package: `p${number}`,
  cameraId: 'gate-1',
  number,
  manifestSha256: hash(number),
  ...(number > 1 && { previousSha256: hash(number - 1) }),
  ...given,
});
const chain = (length: number): ChainLink[] => Array.from({ length }, (_, i) => link(i + 1));

describe('a chain of packages', () => {
  it.each<[string, ChainLink[], string[]]>([
    ['whole', chain(4), []],
    ['in any order, and of two cameras', [...chain(3), link(1, { cameraId: 'yard' })].reverse(), []],
    ['whose beginning was not given', chain(4).slice(2), []],
    ['in which one is given twice', [...chain(3), link(2, { package: 'p2.zip' })], []],
    [
      'without its second',
      [link(1), link(3)],
      ['p3: the chain of gate-1 is broken between 1 and 3: number 2 is missing'],
    ],
    [
      'without two',
      [link(1), link(4)],
      ['p4: the chain of gate-1 is broken between 1 and 4: numbers 2 to 3 are missing'],
    ],
    [
      'with another second',
      [link(1), link(2), link(2, { package: 'q2', manifestSha256: 'x' }), link(3)],
      [
        'q2: there are two packages with number 2',
        'p3: the chain of gate-1 is broken between 2 and 3: 3 does not follow this 2 (q2)',
      ],
    ],
    [
      'whose second names none',
      [link(1), { ...link(2), previousSha256: undefined }],
      ['p2: number 2 of gate-1 does not say which package it follows'],
    ],
    [
      'whose first names one',
      [link(1, { previousSha256: 'x' })],
      ['p1: number 1 of gate-1 says that it follows another package'],
    ],
  ])('%s', (_, links, problems) => {
    const found = checkChain(links).map(({ package: name, what }) => `${name}: ${what}`);
    expect(found).toHaveLength(problems.length);
    found.forEach((text, i) => expect(text).toContain(problems[i]));
  });

  it('is found broken wherever one within it is taken out or put in another’s place', () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 9 }), fc.nat(), fc.boolean(), (length, pick, isRemoved) => {
        const whole = chain(length);
        const at = 1 + (pick % (length - 2));
        const altered = isRemoved
          ? whole.filter((_, i) => i !== at)
          : whole.map((one, i) => (i === at ? { ...one, manifestSha256: 'other' } : one));
        const [problem] = checkChain(altered);
        expect(problem?.package).toBe(`p${at + 2}`);
      }),
    );
  });
});
