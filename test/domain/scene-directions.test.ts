import { counts, CLEAR, crossings, play, render, scene, walker } from '../support/scenes.js';

type Point = [number, number];
const DOWN: [Point, Point] = [
  [0.5, 0.4],
  [0.5, 0.8],
];
const UP: [Point, Point] = [
  [0.5, 0.8],
  [0.5, 0.4],
];
const RIGHT: [Point, Point] = [
  [0.2, 0.6],
  [0.8, 0.6],
];
const LEFT: [Point, Point] = [
  [0.8, 0.6],
  [0.2, 0.6],
];

// Standing at `from` and looking to `to`: `in` goes from the left hand to the right hand, as seen on the screen.
test.each<[string, Point, Point, [Point, Point], 'in' | 'out']>([
  ['left to right', [0, 0.6], [1, 0.6], DOWN, 'in'],
  ['left to right', [0, 0.6], [1, 0.6], UP, 'out'],
  ['right to left', [1, 0.6], [0, 0.6], DOWN, 'out'],
  ['right to left', [1, 0.6], [0, 0.6], UP, 'in'],
  ['top to bottom', [0.5, 0], [0.5, 1], RIGHT, 'out'],
  ['top to bottom', [0.5, 0], [0.5, 1], LEFT, 'in'],
  ['bottom to top', [0.5, 1], [0.5, 0], RIGHT, 'in'],
  ['bottom to top', [0.5, 1], [0.5, 0], LEFT, 'out'],
  ['falling', [0.2, 0.4], [0.8, 0.8], DOWN, 'in'],
  ['rising', [0.2, 0.8], [0.8, 0.4], RIGHT, 'in'],
])('a line drawn %s, %j to %j, walked %j, counts %s', (_, from, to, [start, end], direction) => {
  const actor = walker({ atMs: 0, x: start[0], y: start[1] }, { atMs: 5000, x: end[0], y: end[1] });
  const config = scene({ lines: [{ id: 'gate', from, to, names: { in: 'entering', out: 'leaving' } }] });
  const { events, state } = play(render({ actors: [actor], lengthMs: 5500 }, CLEAR), config);
  expect(crossings(events)).toEqual([
    expect.objectContaining({
      line: 'gate',
      direction,
      class: 'person',
      trackId: 1,
      name: direction === 'in' ? 'entering' : 'leaving',
    }),
  ]);
  expect(state.lines['gate']).toEqual({
    in: 0,
    out: 0,
    [direction]: 1,
    byClass: { person: { in: 0, out: 0, [direction]: 1 } },
  });
});

test('a crossing is dated to the moment the path cut the line, not to when it was sure', () => {
  // The foot passes y = 0.5 after a third of 6 s.
  const story = {
    actors: [walker({ atMs: 0, x: 0.5, y: 0.4 }, { atMs: 6000, x: 0.5, y: 0.7 })],
    lengthMs: 6500,
  };
  const frames = render(story, CLEAR);
  const [crossing] = crossings(play(frames, scene()).events);
  expect(Number.isInteger(crossing?.at)).toBe(true);
  expect(Math.abs(crossing!.at - frames[0]!.at - 2000)).toBeLessThan(150);
  expect(Math.abs(crossing!.frame! - 20)).toBeLessThanOrEqual(2);
});

test('a line counts only the classes it names', () => {
  const person = walker({ atMs: 0, x: 0.3, y: 0.3 }, { atMs: 5000, x: 0.3, y: 0.9 });
  const car = {
    ...person,
    label: 'car',
    width: 0.2,
    height: 0.2,
    path: person.path.map((p) => ({ ...p, x: 0.7 })),
  };
  const frames = render({ actors: [person, car], lengthMs: 5500 }, CLEAR);
  const line = { id: 'line', from: [0, 0.6] as Point, to: [1, 0.6] as Point };
  expect(counts(play(frames, scene({ lines: [line] })).events)).toEqual([2, 0]);
  const { events } = play(frames, scene({ lines: [{ ...line, classes: ['car', 'truck'] }] }));
  expect(crossings(events).map((c) => c.class)).toEqual(['car']);
});
