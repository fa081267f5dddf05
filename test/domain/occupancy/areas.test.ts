import { createCameras, parseCameraFile } from '../../../src/io/camera-file.js';
import { areaProblems, areasByGate, areasOf, type AreaSources } from '../../../src/domain/occupancy/areas.js';

const LINES = 'lines: [ { id: in, from: [0, 0.5], to: [1, 0.5] }, { id: side, from: [0, 0], to: [1, 1] } ]';
const read = (yaml: string): AreaSources => parseCameraFile(yaml, 'test', {});

test('areas of the file come first, then each camera with occupancy by all its lines or those it names', () => {
  const sources = read(`
areas: [ { id: park, name: Park, gates: [ { camera: a, line: in }, { camera: b, line: side, reversed: true } ], capacity: 9 } ]
cameras:
  - { id: a, name: A, source: x, ${LINES}, occupancy: { classes: [person], resetAt: "04:00" } }
  - { id: b, source: x, ${LINES}, occupancy: { lines: [side] } }
  - { id: c, source: x, ${LINES} }`);
  const areas = areasOf(sources);
  expect(
    areas.map(({ id, name, gates }) => [
      id,
      name,
      gates.map((g) => `${g.camera}/${g.line}${g.reversed ? '-' : ''}`),
    ]),
  ).toEqual([
    ['park', 'Park', ['a/in', 'b/side-']],
    ['a', 'A', ['a/in', 'a/side']],
    ['b', undefined, ['b/side']],
  ]);
  expect(areas[1]).toMatchObject({ classes: ['person'], resetAt: '04:00', resetTo: 0 });
  const byGate = areasByGate(areas);
  expect(['a/in', 'b/side', 'c/in'].map((gate) => byGate.get(gate)?.map(({ id }) => id))).toEqual([
    ['park', 'a'],
    ['park', 'b'],
    undefined,
  ]);
});

test.each([
  [
    'a line that its camera does not have',
    'areas: [ { id: p, gates: [ { camera: a, line: out } ] } ]',
    /areas\[0\]\.gates\[0\]\.line is "out", which camera a does not have; its lines are in, side/,
  ],
  [
    'an id given twice',
    'areas: [ { id: p, gates: [ { camera: a, line: in } ] }, { id: p, gates: [ { camera: a, line: in } ] } ]',
    /areas\[1\]\.id is "p", which another area has/,
  ],
  [
    'the id of a camera with occupancy',
    'areas: [ { id: b, gates: [ { camera: a, line: in } ] } ]',
    /areas\[0\]\.id is "b": the camera b has occupancy/,
  ],
  [
    'a gate twice',
    'areas: [ { id: p, gates: [ { camera: a, line: in }, { camera: a, line: in, reversed: true } ] } ]',
    /gates\[1\]: the line in of camera a is named twice/,
  ],
  ['no gate', 'areas: [ { id: p, gates: [] } ]', /areas\[0\]\.gates.*at least one gate/],
  [
    'a clock that is none',
    'areas: [ { id: p, gates: [ { camera: a, line: in } ], resetAt: "24:00" } ]',
    /resetAt.*time of day/,
  ],
])('the camera file says what is wrong: %s', (_, areas, message) => {
  const cameras = `cameras: [ { id: a, source: x, ${LINES} }, { id: b, source: x, ${LINES}, occupancy: {} } ]`;
  expect(() => read(`${areas}\n${cameras}`)).toThrow(message);
});

test.each([
  ['lines', 'occupancy: {}', /camera a: occupancy is counted by lines, and this camera has none/],
  [
    'that line',
    `${LINES}, occupancy: { lines: [gone] }`,
    /occupancy\.lines\[0\] is "gone": names the line "gone", which this camera does not have/,
  ],
  [
    'it twice',
    `${LINES}, occupancy: { lines: [in, in] }`,
    /occupancy\.lines\[1\] is "in": names the line "in" twice/,
  ],
  [
    'one line of the two',
    'lines: [ { id: a, from: [0, 0], to: [1, 1] }, { id: b, from: [1, 1], to: [0, 0], classes: [car] } ]',
    /lines\[1\] has the same ends as the line "a"/,
  ],
  ['a length', 'lines: [ { id: a, from: [0.5, 0.5], to: [0.5, 0.5] } ]', /lines\[0\] has no length/],
  [
    'a zone that counts',
    'zones: [ { id: z, kind: ignore, polygon: [[0, 0], [1, 0], [1, 1]], threshold: { above: 3 } } ]',
    /threshold needs a zone of kind watch or restricted/,
  ],
])('a camera is told when it has not %s', (_, fields, message) => {
  expect(() => read(`cameras: [ { id: a, source: x, ${fields} } ]`)).toThrow(message);
});

test('lines with the same ends for other classes are two lines', () => {
  const lines =
    'lines: [ { id: a, from: [0, 0], to: [1, 1], classes: [car] }, { id: b, from: [0, 0], to: [1, 1], classes: [person] } ]';
  expect(read(`cameras: [ { id: a, source: x, ${lines} } ]`).cameras[0]?.lines).toHaveLength(2);
});

test('what is not in the file is no mistake, but a problem as long as there is no such camera, or it is off', () => {
  const sources = read(`
areas: [ { id: park, gates: [ { camera: a, line: in }, { camera: off, line: in }, { camera: stored, line: in } ] } ]
cameras: [ { id: a, source: x, ${LINES} }, { id: off, enabled: false, source: x, ${LINES} } ]`);
  const [area] = areasOf(sources);
  expect(areaProblems(area!, sources)).toEqual([
    'its gate off/in: camera off is switched off',
    'its gate stored/in: there is no camera stored',
  ]);
  const stored = {
    ...createCameras(read(`cameras: [ { id: stored, source: x } ]`) as never).get('stored'),
    enabled: true,
  };
  const more = { ...sources, cameras: [...sources.cameras, stored] };
  expect(areaProblems(area!, more)).toContain(
    'its gate stored/in: camera stored has no such line; it has no lines',
  );
});

test('an area of the file takes the place of a stored camera of the same name, and says so', () => {
  const file = read(`
areas: [ { id: hall, gates: [ { camera: a, line: in } ] } ]
cameras: [ { id: a, source: x, ${LINES} } ]`);
  const { cameras } = read(`cameras: [ { id: hall, source: x, ${LINES}, occupancy: {} } ]`);
  const sources = { ...file, cameras: [...file.cameras, ...cameras] };
  const areas = areasOf(sources);
  expect(areas.map(({ id, gates }) => [id, gates.length])).toEqual([['hall', 1]]);
  expect(areaProblems(areas[0]!, sources)).toEqual([
    expect.stringMatching(/camera hall has occupancy as well/),
  ]);
});
