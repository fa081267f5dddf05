import { unitBox, type UnitBox } from '../../src/domain/geometry.js';
import { boxOf, correct, newMotion, predict, speedOf } from '../../src/domain/kalman.js';

const ASPECT = 16 / 9;
/** Looks at a box function of time in seconds, every 0.2 s. */
function watch(boxAt: (s: number) => UnitBox, untilS: number): ReturnType<typeof newMotion> {
  let motion = newMotion(boxAt(0), 6);
  for (let s = 0.2; s <= untilS + 1e-9; s += 0.2)
    motion = correct(predict(motion, 0.2, ASPECT), boxAt(s), ASPECT);
  return motion;
}

test('steady movement is learnt in a few looks, and carried on unseen', () => {
  const motion = watch((s) => unitBox(0.1 + 0.1 * s, 0.5, 0.06, 0.25), 2);
  const later = boxOf(predict(motion, 1, ASPECT));
  expect(later.x).toBeCloseTo(0.4, 2);
  expect(later.height).toBeCloseTo(0.25, 2);
});

test('something that drives away at constant speed slows down in the picture as it shrinks', () => {
  // Distance 10 m growing by 20 m/s; size and place under the horizon go with 1 / distance.
  const away = (s: number): UnitBox => {
    const near = 10 / (10 + 20 * s);
    return unitBox(0.6, 0.2 + 0.6 * near - 0.3 * near, 0.3 * near, 0.3 * near);
  };
  const expected = boxOf(predict(watch(away, 1), 0.4, ASPECT));
  const truth = away(1.4);
  expect(Math.abs(expected.y + expected.height - truth.y - truth.height)).toBeLessThan(0.02);
});

test('after a second and a half unseen it is not taken to run on for ever', () => {
  const motion = watch((s) => unitBox(0.1 + 0.1 * s, 0.5, 0.06, 0.25), 2);
  expect(predict(motion, 60, ASPECT).x - motion.x).toBeLessThan(0.3);
});

test('noise on a thing that stands is smoothed to a fraction', () => {
  const motion = watch(
    (s) => unitBox(0.4 + 0.004 * (Math.round(5 * s) % 2 === 0 ? 1 : -1), 0.5, 0.06, 0.25),
    10,
  );
  expect(speedOf(motion, ASPECT)).toBeLessThan(0.1);
  expect(Math.abs(motion.x - 0.43)).toBeLessThan(0.0015);
});
