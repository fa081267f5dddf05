import { unitBox, WHOLE } from '../../src/domain/geometry.js';
import { follow, type Followed } from '../../src/domain/tracker.js';

const ASPECT = 16 / 9;
const LOOK_MS = 200;

/** A car whose wheels stand at a point, as wide as that; beyond the first looks, `undefined`: not seen. */
type Sighting = readonly [x: number, foot: number, width: number, score?: number] | undefined;

function car([x, foot, width, score = 0.6]: NonNullable<Sighting>, label = 'car') {
  const height = width * 1.35;
  return { label, score, box: unitBox(x - width / 2, foot - height, width, height) };
}

/** Looks 200 ms apart, each with the sightings of some cars. */
function watch(looks: readonly (readonly Sighting[])[]): Followed[] {
  const states: Followed[] = [];
  looks.forEach((sightings, i) => {
    const before = states.at(-1) ?? { tracks: [], lastTrackId: 0 };
    const detections = sightings.filter((s) => s !== undefined).map((s) => car(s));
    const look = { at: i * LOOK_MS, frame: i, looked: WHOLE, minScore: 0.4, aspect: ASPECT, detections };
    states.push(follow(before.tracks, before.lastTrackId, look));
  });
  return states;
}

// A car driving away from the camera, seen well until it is small; then another on its way to where that was lost.
const FIRST: readonly Sighting[] = [
  [0.86, 0.52, 0.09],
  [0.79, 0.43, 0.07],
  [0.75, 0.385, 0.058],
  [0.725, 0.355, 0.052],
  [0.705, 0.331, 0.048],
];
const LOST = Array.from({ length: 5 }, () => [] as const);

test('a car lost for a second claims none of the sightings of one that follows it', () => {
  const second: readonly Sighting[] = [
    [0.729, 0.445, 0.065],
    [0.692, 0.385, 0.05],
    [0.666, 0.343, 0.042],
    [0.645, 0.315, 0.036],
  ];
  const states = watch([...FIRST.map((s) => [s]), ...LOST, ...second.map((s) => [s])]);
  expect(states.at(-1)!.lastTrackId).toBe(2);
  const [followed] = states.at(-1)!.tracks.filter(({ misses, id }) => misses === 0 && id > 0);
  // It began where it was first seen, before a line that its second sighting lies beyond.
  expect(followed).toMatchObject({ id: 2, path: { y: expect.closeTo(0.445, 2) as number } });
});

test('found again where it was lost, it is the same car', () => {
  const again: readonly Sighting[] = [
    [0.703, 0.329, 0.047],
    [0.7, 0.327, 0.047],
  ];
  const states = watch([...FIRST.map((s) => [s]), ...LOST, ...again.map((s) => [s])]);
  expect(states.at(-1)!.lastTrackId).toBe(1);
});

test('a fast car that becomes a weak sighting as it drives away keeps its identity', () => {
  const weak: readonly Sighting[] = [
    [0.678, 0.543, 0.078],
    [0.642, 0.456, 0.06],
    [0.621, 0.392, 0.048],
    [0.604, 0.347, 0.037, 0.38],
  ];
  const [last] = watch(weak.map((s) => [s])).at(-1)!.tracks;
  expect(last).toMatchObject({ id: 1, misses: 0, seenAt: 3 * LOOK_MS });
});

test('a car within the box of a rider is part of the rider', () => {
  const rider = [
    { label: 'person', score: 0.7, box: unitBox(0.4, 0.3, 0.06, 0.2) },
    { label: 'motorcycle', score: 0.5, box: unitBox(0.4, 0.4, 0.06, 0.17) },
  ];
  let state: Pick<Followed, 'tracks' | 'lastTrackId'> = { tracks: [], lastTrackId: 0 };
  for (let i = 0; i < 10; i++) {
    const inside = { label: 'car', score: 0.5, box: unitBox(0.405, 0.42, 0.05, 0.12) };
    const detections = i < 3 ? rider : [...rider, inside];
    const look = { at: i * LOOK_MS, frame: i, looked: WHOLE, minScore: 0.4, aspect: ASPECT, detections };
    state = follow(state.tracks, state.lastTrackId, look);
  }
  expect(state.tracks.map(({ id }) => id)).toEqual([1]);
});
