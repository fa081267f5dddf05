import { unitBox } from '../../src/domain/geometry.js';
import { stitch } from '../../src/domain/stitching.js';
import { newTrack, type Track } from '../../src/domain/track.js';

const ASPECT = 16 / 9;
/** A track of a person last seen at a place and time, moving at a speed in unit coordinates a second. */
function track(
  label: string,
  x: number,
  y: number,
  at: number,
  vx: number,
  parts: Partial<Track> = {},
): Track {
  const born = newTrack({ label, score: 0.8, box: unitBox(x - 0.03, y - 0.12, 0.06, 0.24) }, 2, at, 0);
  return { ...born, motion: { ...born.motion, vx }, ...parts };
}
const lost = track('person', 0.3, 0.5, 1000, 0.1, {
  id: 7,
  misses: 3,
  lines: { gate: { side: 1, reach: 0.15, home: [0, 0, 1, 1] } },
});

test.each<[string, Track, boolean]>([
  ['on the way, at the same pace', track('person', 0.5, 0.5, 3000, 0.1), true],
  ['another class', track('car', 0.5, 0.5, 3000, 0.1), false],
  ['coming from the other side', track('person', 0.5, 0.5, 3000, -0.1), false],
  ['too far for the time', track('person', 0.9, 0.5, 3000, 0.1), false],
  ['too late', track('person', 0.9, 0.5, 7000, 0.1), false],
  ['there before the other was lost', track('person', 0.35, 0.5, 900, 0.1), false],
])('%s', (_, found, fits) => {
  const stitched = stitch(found, [lost, found], ASPECT);
  expect(stitched !== undefined).toBe(fits);
  if (stitched)
    expect(stitched.track).toMatchObject({ id: 7, lines: lost.lines, path: lost.path, bornAt: lost.bornAt });
});

test('a track that is being seen is never taken over', () => {
  const found = track('person', 0.5, 0.5, 3000, 0.1);
  expect(stitch(found, [{ ...lost, misses: 0 }, found], ASPECT)).toBeUndefined();
});
