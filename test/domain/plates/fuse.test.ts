import fc from 'fast-check';
import { fuse, isSettled } from '../../../src/domain/plates/read-plate.js';
import type { Layout } from '../../../src/domain/plates/grammar.js';
import type { PlateReading } from '../../../src/domain/plates/reading.js';
import type { PlateSight } from '../../../src/domain/plates/sight.js';
import { calibrated } from '../../../src/domain/plates/calibration.js';
import { grammars, plateOf, seeded, sightOf, simulatedLooks } from '../../support/plate-sights.js';

const layouts = grammars.flatMap((grammar) => grammar.layouts);

function together(sights: readonly PlateSight[]): PlateReading {
  const reading = fuse(
    sights.map((sight, at) => ({ sight, at })),
    grammars,
  );
  if (!reading) throw new Error('nothing');
  return reading;
}

/** As often as the forms are met. */
function someLayout(random: () => number): Layout {
  let left = random() * layouts.reduce((sum, { weight }) => sum + weight, 0);
  return layouts.find(({ weight }) => (left -= weight) < 0) ?? layouts[0]!;
}

/** One character doubtful: as `char` with probability p, else `other`. */
function doubtful(text: string, at: number, char: string, other: string, p: number): PlateSight {
  const sight = sightOf(text);
  const options = [
    { char, p },
    { char: other, p: 0.97 - p },
  ].sort((a, b) => b.p - a.p);
  return { ...sight, lines: [sight.lines[0]!.map((read, place) => (place === at ? { options } : read))] };
}

it('each position is decided by all sights, though none shows the whole text', () => {
  const reading = together([
    doubtful('51G-394.66', 4, '8', '3', 0.6),
    doubtful('51G-394.66', 4, '3', '8', 0.9),
    doubtful('51G-394.66', 8, '8', '6', 0.6),
    doubtful('51G-394.66', 8, '6', '8', 0.9),
    sightOf('51C-394.66', { p: 0.5 }),
  ]);
  expect(reading).toMatchObject({ text: '51G-394.66', sights: 5 });
});

it('large and sharp views have more say than small and blurred ones', () => {
  const small = { charHeightPx: 10, sharpness: 0.2, p: 0.7 };
  const reading = together([
    sightOf('51G-394.60', small),
    sightOf('51G-394.60', small),
    sightOf('51G-394.66', { p: 0.9 }),
  ]);
  expect(reading.key).toBe('51G39466');
});

it("a neighbour's plate does not get into the text", () => {
  const reading = together([sightOf('51G-394.66'), sightOf('51G-394.66'), sightOf('30A-123.45', { p: 0.8 })]);
  expect(reading).toMatchObject({ text: '51G-394.66', sights: 2 });
  expect(reading.p).toBeLessThan(together([sightOf('51G-394.66'), sightOf('51G-394.66')]).p);
});

it('sights with a character lost neither win nor shorten the text', () => {
  const reading = together([
    sightOf('51G-394.66'),
    sightOf('51G-394.6'),
    sightOf('1G-394.66'),
    sightOf('51G-394.66'),
  ]);
  expect(reading.key).toBe('51G39466');
});

it('the same mistake a hundred times does not become certain', () => {
  const unsure = doubtful('51G-394.66', 4, '8', '3', 0.65);
  const one = together([unsure]);
  const many = together(Array.from({ length: 100 }, () => unsure));
  expect(one.p).toBeGreaterThan(0.5);
  expect(many.p).toBeGreaterThanOrEqual(one.p);
  expect(many.p).toBeLessThan(0.9);
  expect(many.charP[3]).toBeLessThan(0.9);
  expect(many.alternatives[0]).toMatchObject({ key: '51G39466' });
});

describe('one more sight', () => {
  const clear = sightOf('51G-394.66', { p: 0.99 });
  const poor = { charHeightPx: 14, sharpness: 0.2, p: 0.6 };

  it('that shows the same, but badly, takes no certainty away', () => {
    expect(together([clear]).verdict).toBe('accepted');
    const both = together([clear, sightOf('51G-394.66', poor)]);
    expect(both).toMatchObject({ verdict: 'accepted', sights: 2 });
    expect(both.p).toBeGreaterThanOrEqual(together([clear]).p - 0.001);
  });

  it('of another text takes the more the more it weighs', () => {
    const other = (charHeightPx: number) => sightOf('51G-394.60', { ...poor, charHeightPx });
    const ps = [9, 12, 16, 26].map((height) => together([clear, other(height)]).p);
    expect(ps[0]).toBeLessThan(together([clear]).p);
    ps.slice(1).forEach((p, i) => expect(p).toBeLessThanOrEqual(ps[i]! + 0.001));
    const clearOther = sightOf('51G-394.60', { p: 0.99 });
    expect(together([clear, clearOther]).verdict).not.toBe('accepted');
  });

  it('that agrees never takes more than a hair, whatever was seen before', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 3 }), (seed, count) => {
        const random = seeded(seed);
        const plate = plateOf(someLayout(random), random);
        const blur = { own: 0.2 + random(), shared: 0.3 * random() };
        const looks = simulatedLooks(plate.lines, count, blur, random, { ground: plate.ground });
        const before = together(looks);
        const [more] = simulatedLooks(plate.lines, 1, { own: 0.5 + random(), shared: 0 }, random, {
          ...{ ground: plate.ground, charHeightPx: 10 + 10 * random() },
        });
        fc.pre(before.country !== undefined && together([more!]).key === before.key);
        const after = together([...looks, more!]);
        fc.pre(after.key === before.key);
        expect(after.p).toBeGreaterThanOrEqual(before.p - 0.01);
      }),
      { numRuns: 15 },
    );
  });
});

it('a foreign plate is what most sights show, for a person to see', () => {
  const reading = together([sightOf('NZF7823'), sightOf('NZF7823'), sightOf('NZF782B')]);
  expect(reading).toMatchObject({ key: 'NZF7823', verdict: 'needs-review', sights: 3 });
  expect(reading.country).toBeUndefined();
});

it('enough agreement ends the looking, one look does not', () => {
  const sight = sightOf('51G-394.66', { p: 0.99 });
  expect(isSettled(undefined)).toBe(false);
  expect(isSettled(together([sight]))).toBe(false);
  expect(isSettled(together([sight, sight]))).toBe(true);
});

describe('blurred looks at moving vehicles, simulated', () => {
  const random = seeded(20);
  const stories = Array.from({ length: 40 }, () => {
    const plate = plateOf(someLayout(random), random);
    const looks = simulatedLooks(plate.lines, 6, { own: 0.4 + random(), shared: 0.5 * random() }, random, {
      ground: plate.ground,
    });
    return { plate, single: looks.map((look) => together([look])), fused: together(looks) };
  });

  it('fusing six looks reads at least 10 points more plates than one look', () => {
    const rate = (right: number, of: number) => (100 * right) / of;
    const single = rate(
      stories.flatMap(({ plate, single }) => single.filter(({ key }) => key === plate.key)).length,
      stories.length * 6,
    );
    const fused = rate(stories.filter(({ plate, fused }) => fused.key === plate.key).length, stories.length);
    expect(fused - single).toBeGreaterThan(10);
  });

  // The simulated reader is now and then sure and wrong: one look alone cannot know.
  it('at least 98 of 100 accepted readings are right of six looks, 95 of one', () => {
    for (const { least, readings } of [
      { least: 0.98, readings: stories.map(({ plate, fused }) => ({ plate, reading: fused })) },
      {
        least: 0.95,
        readings: stories.flatMap(({ plate, single }) => single.map((reading) => ({ plate, reading }))),
      },
    ]) {
      const accepted = readings.filter(({ reading }) => reading.verdict === 'accepted');
      const right = accepted.filter(({ plate, reading }) => reading.key === plate.key).length;
      expect(accepted.length).toBeGreaterThan(0.25 * readings.length);
      expect(right / accepted.length).toBeGreaterThanOrEqual(least);
    }
  });

  it('probabilities mean what they say: no class of them promises more than it keeps', () => {
    const readings = stories.flatMap(({ plate, single, fused }) =>
      [...single, fused].map(({ p, key, country }) => ({
        p,
        isKnown: country !== undefined,
        isRight: key === plate.key,
      })),
    );
    for (const [from, to] of [
      [0.4, 0.6],
      [0.6, 0.8],
      [0.8, 0.9],
      [0.9, 0.96],
      [0.96, 1],
    ] as const) {
      const some = readings.filter(({ p, isKnown }) => isKnown && p >= from && p < to);
      const promised = some.reduce((sum, { p }) => sum + p, 0) / some.length;
      const kept = some.filter(({ isRight }) => isRight).length / some.length;
      // Beside what chance does to so many readings, which are not even independent.
      const chance = 3 * Math.sqrt((promised * (1 - promised)) / some.length);
      expect({ from, kept: kept > promised - chance - 0.02 }).toEqual({ from, kept: true });
    }
  });
});

it('calibration grows with what the model says, and shrinks with what speaks against it', () => {
  const steps = Array.from({ length: 101 }, (_, at) => at / 100);
  for (const [at, p] of steps.entries()) {
    if (at > 0) expect(calibrated(p, 0)).toBeGreaterThanOrEqual(calibrated(steps[at - 1]!, 0));
    expect(calibrated(p, 0.5)).toBeLessThanOrEqual(calibrated(p, 0));
  }
});
