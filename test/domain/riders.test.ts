import { unitBox } from '../../src/domain/geometry.js';
import { withRidden } from '../../src/domain/riders.js';

const cycle = { label: 'motorcycle', score: 0.25, box: unitBox(0.4, 0.5, 0.08, 0.2) };
const rider = { label: 'person', score: 0.6, box: unitBox(0.41, 0.42, 0.06, 0.2) };

test.each<[string, typeof rider, boolean]>([
  ['a person who sits on it', rider, true],
  ['a box of rider and wheels together', { ...rider, box: unitBox(0.4, 0.42, 0.08, 0.28) }, true],
  ['someone who stands beside it', { ...rider, box: unitBox(0.5, 0.42, 0.06, 0.28) }, false],
  ['someone far behind, above it in the picture', { ...rider, box: unitBox(0.41, 0.3, 0.06, 0.2) }, false],
  ['someone who is only a faint guess', { ...rider, score: 0.3 }, false],
])('%s', (_, person, isRidden) => {
  const [raised, same] = withRidden([cycle, person], 0.4);
  expect(raised!.score > 0.4).toBe(isRidden);
  expect(same).toEqual(person);
});

test('a car gains nothing from a person in front of it', () => {
  expect(withRidden([{ ...cycle, label: 'car' }, rider], 0.4)[0]!.score).toBe(0.25);
});
