import fc from 'fast-check';
import {
  blindCovers,
  coverChanges,
  coversOf,
  headOf,
  type Cover,
  type FindsAt,
} from '../../../src/domain/export/face-cover.js';
import { unitBox, type Box, type UnitBox } from '../../../src/domain/geometry.js';

const box = unitBox(0.4, 0.4, 0.06, 0.09);

function coveredAt(covers: readonly Cover[], at: number): UnitBox[] {
  return covers.filter(({ from, to }) => from <= at && at <= to).map((cover) => cover.box);
}

function isWithin(inner: Box, outer: Box): boolean {
  const slack = 1e-9;
  return (
    inner.x >= outer.x - slack &&
    inner.y >= outer.y - slack &&
    inner.x + inner.width <= outer.x + outer.width + slack &&
    inner.y + inner.height <= outer.y + outer.height + slack
  );
}

describe('covers of faces', () => {
  it('begin a second before and end a second after, a third larger', () => {
    const covers = coversOf([{ at: 5000, boxes: [box] }], 1 / 3);
    expect(coveredAt(covers, 3999)).toEqual([]);
    expect(coveredAt(covers, 6001)).toEqual([]);
    for (const at of [4000, 4500, 5000, 5500, 6000]) {
      const [cover] = coveredAt(covers, at);
      expect(cover?.width).toBeCloseTo(0.08);
      expect(cover?.height).toBeCloseTo(0.12);
      expect(cover?.x).toBeCloseTo(0.39);
    }
  });

  it('cover a face on its way, also where it was missed for a while', () => {
    const place = (at: number): UnitBox => unitBox(0.1 + at * 0.00008, 0.3 + at * 0.00002, 0.05, 0.08);
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 20, maxLength: 30 }), (isFound) => {
        const looks: FindsAt[] = isFound.map((found, i) => ({
          at: i * 200,
          // Never missed for longer than a second.
          boxes: found || i % 4 === 0 ? [place(i * 200)] : [],
        }));
        const covers = coversOf(looks, 1 / 3);
        for (let at = 0; at <= 16 * 200; at += 37) {
          expect(coveredAt(covers, at).some((cover) => isWithin(place(at), cover))).toBe(true);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('tell two faces apart', () => {
    const other = unitBox(0.7, 0.4, 0.06, 0.09);
    const looks = [0, 200, 400].map((at) => ({ at, boxes: at === 200 ? [other, box] : [box, other] }));
    for (const cover of coversOf(looks, 0)) expect(cover.box.width).toBeCloseTo(0.06);
  });

  it('are the whole picture where none was looked at', () => {
    expect(blindCovers([0, 200, 400, 3000, 3200, 4000], 0, 4200)).toEqual([
      { from: 400, to: 3000, box: unitBox(0, 0, 1, 1) },
    ]);
    expect(blindCovers([], 0, 4200)).toHaveLength(1);
  });

  it('change when one begins or ends, and hold to the moment of their end', () => {
    const [a, b] = [unitBox(0, 0, 0.1, 0.1), unitBox(0.5, 0.5, 0.1, 0.1)];
    const changes = coverChanges([
      { from: 0, to: 100, box: a },
      { from: 50, to: 200, box: b },
    ]);
    expect(changes.map(({ at, boxes }) => [Math.round(at), boxes])).toEqual([
      [0, [a]],
      [50, [a, b]],
      [101, [b]],
      [201, []],
    ]);
    expect(changes[2]!.at).toBeGreaterThan(100);
  });
});

it.each([
  ['a whole body', unitBox(0.5, 0.2, 0.05, 0.25), 0.25],
  ['a bust', unitBox(0.5, 0.2, 0.3, 0.5), 0.48],
])('the head of %s', (_, person, share) => {
  expect(headOf(person, 4 / 3).height / person.height).toBeCloseTo(share);
});
