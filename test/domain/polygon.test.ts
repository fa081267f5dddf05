import fc from 'fast-check';
import { polygonProblem } from '../../src/domain/polygon.js';
import { parseCameraFile } from '../../src/io/camera-file.js';

type Points = [number, number][];

/** Corners around a middle, at growing angles: such a polygon never crosses itself. */
const around = fc
  .tuple(
    fc.integer({ min: 4, max: 12 }),
    fc.array(fc.double({ min: 0.1, max: 0.5, noNaN: true }), { minLength: 12, maxLength: 12 }),
  )
  .map(([corners, far]) =>
    Array.from({ length: corners }, (_, i): [number, number] => {
      const angle = (2 * Math.PI * i) / corners;
      const radius = far[i] ?? 0.5;
      return [0.5 + radius * Math.cos(angle), 0.5 + radius * Math.sin(angle)];
    }),
  );
/** Of a convex one any two corners next to each other. */
const convex = fc.integer({ min: 4, max: 12 }).map((corners) =>
  Array.from({ length: corners }, (_, i): [number, number] => {
    const angle = (2 * Math.PI * i) / corners;
    return [0.5 + 0.4 * Math.cos(angle), 0.5 + 0.4 * Math.sin(angle)];
  }),
);

it('takes every polygon that goes around, forwards and backwards, closed or not', () => {
  fc.assert(
    fc.property(around, fc.nat(), (points, turn) => {
      const at = turn % points.length;
      const turned = [...points.slice(at), ...points.slice(0, at)];
      for (const one of [turned, [...turned].reverse(), [...turned, turned[0]!]])
        expect(polygonProblem(one)).toBeUndefined();
    }),
    { numRuns: 200 },
  );
});

it('refuses each one with two corners in the wrong order', () => {
  fc.assert(
    fc.property(convex, fc.nat(), (points, which) => {
      const swapped: Points = [...points];
      const [i, j] = [which % points.length, (which + 1) % points.length];
      [swapped[i], swapped[j]] = [points[j]!, points[i]!];
      expect(polygonProblem(swapped)).toMatch(/^crosses itself/);
    }),
    { numRuns: 200 },
  );
});

it.each<[string, Points, RegExp | undefined]>([
  [
    'a bow tie',
    [
      [0, 0],
      [1, 1],
      [1, 0],
      [0, 1],
    ],
    /crosses itself: the side from point 1 to 2 meets the one from point 3 to 4/,
  ],
  [
    'points on one line',
    [
      [0, 0],
      [0.5, 0.5],
      [1, 1],
    ],
    /has no area/,
  ],
  [
    'one point three times',
    [
      [0.2, 0.2],
      [0.2, 0.2],
      [0.2, 0.2],
    ],
    /has no area/,
  ],
  [
    'a slit that leads to a hole',
    [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 1],
      [0, 0],
      [0.2, 0.2],
      [0.2, 0.8],
      [0.8, 0.8],
      [0.8, 0.2],
      [0.2, 0.2],
    ],
    undefined,
  ],
  [
    'a corner that touches another side',
    [
      [0, 0],
      [1, 0],
      [1, 1],
      [0.5, 0],
      [0, 1],
    ],
    undefined,
  ],
])('%s', (_, points, problem) => {
  const found = polygonProblem(points);
  if (problem) expect(found).toMatch(problem);
  else expect(found).toBeUndefined();
});

it.each(['zones: [ { id: z, polygon: P } ]', 'masks: [ P ]'])('the camera file says so: %s', (field) => {
  const given = field.replace('P', '[[0, 0], [1, 1], [1, 0], [0, 1]]');
  expect(() => parseCameraFile(`cameras: [ { id: a, source: x, ${given} } ]`, 'test', {})).toThrow(
    /camera a: (zones\[0\]\.polygon|masks\[0\]) crosses itself/,
  );
});
