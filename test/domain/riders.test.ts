import { unitBox } from '../../src/domain/geometry.js';
import { completed, withRiders } from '../../src/domain/riders.js';

const cycle = { label: 'motorcycle', score: 0.25, box: unitBox(0.4, 0.5, 0.08, 0.2) };
const rider = { label: 'person', score: 0.6, box: unitBox(0.41, 0.42, 0.06, 0.2) };

test.each<[string, typeof rider, boolean]>([
  ['a person who sits on it', rider, true],
  ['a box of rider and wheels together', { ...rider, box: unitBox(0.4, 0.42, 0.08, 0.28) }, true],
  ['someone who stands beside it', { ...rider, box: unitBox(0.5, 0.42, 0.06, 0.28) }, false],
  ['someone far behind, above it in the picture', { ...rider, box: unitBox(0.41, 0.3, 0.06, 0.2) }, false],
  ['someone who is only a faint guess', { ...rider, score: 0.3 }, false],
])('%s', (_, person, isRidden) => {
  const sights = withRiders([cycle, person], 0.4);
  if (!isRidden) return expect(sights).toEqual([cycle, person]);
  expect(sights).toHaveLength(1);
  expect(sights[0]).toMatchObject({ label: 'motorcycle', ridden: { motorcycle: 0.25 }, score: 0.6 });
  expect(sights[0]!.box.width).toBeCloseTo(0.08, 9);
  expect(sights[0]!.box.height).toBeCloseTo(0.28, 9);
});

test('a faint person on a sure two-wheeler is its rider', () => {
  const sights = withRiders(
    [
      { ...cycle, score: 0.7 },
      { ...rider, score: 0.25 },
    ],
    0.4,
  );
  expect(sights.map(({ ridden }) => ridden)).toEqual([{ motorcycle: 0.7 }]);
});

test('a car gains nothing from a person in front of it', () => {
  const car = { ...cycle, label: 'car' };
  expect(withRiders([car, rider], 0.4)).toEqual([car, rider]);
});

test('of two riders side by side each gets the two-wheeler below', () => {
  const beside = { ...cycle, box: unitBox(0.44, 0.5, 0.08, 0.2) };
  const second = { ...rider, box: unitBox(0.45, 0.42, 0.06, 0.2) };
  const sights = withRiders([second, cycle, rider, beside], 0.4);
  expect(sights.map(({ box }) => box.x).sort()).toEqual([0.4, 0.44]);
});

test('two that are known to be apart stay apart', () => {
  expect(withRiders([cycle, rider], 0.4, () => true)).toEqual([cycle, rider]);
});

describe('of a rider only a part was seen', () => {
  const expected = unitBox(0.4, 0.4, 0.08, 0.3);
  test('the person is the upper part', () => {
    const box = completed({ label: 'person', score: 0.6, box: unitBox(0.4, 0.4, 0.08, 0.2) }, expected);
    expect(box.y).toBe(0.4);
    expect(box.height).toBeGreaterThan(0.28);
  });
  test('the two-wheeler is the lower part', () => {
    const box = completed({ ...cycle, box: unitBox(0.4, 0.5, 0.08, 0.2) }, expected);
    expect(box.y + box.height).toBeCloseTo(0.7, 9);
    expect(box.height).toBeGreaterThan(0.28);
  });
  test('both seen: nothing is added', () => {
    const box = unitBox(0.4, 0.4, 0.08, 0.2);
    expect(completed({ ...cycle, box, ridden: { motorcycle: 0.5 } }, expected)).toBe(box);
  });
});
