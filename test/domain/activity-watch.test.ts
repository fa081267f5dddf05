import { createActivityWatch } from '../../src/domain/activity-watch.js';

/** Sizes of compressed pictures at 10 frames/s with a key frame every 10 s, from a repeatable noise. */
function feed(
  watch: ReturnType<typeof createActivityWatch>,
  sizes: (index: number, noise: number) => number,
  from: number,
  to: number,
): number[] {
  let seed = 7;
  const moves: number[] = [];
  for (let i = from; i < to; i++) {
    seed = (seed * 1103515245 + 12345) % 2 ** 31;
    const isKey = i % 100 === 0;
    const bytes = isKey ? 60_000 : Math.round(sizes(i, seed / 2 ** 31));
    if (watch.take({ isKey, bytes, mediaMs: i * 100 })) moves.push(i);
  }
  return moves;
}

const still = (_: number, noise: number): number => 80 + 40 * noise;
/** P and B pictures in turn. */
const mixed = (i: number, noise: number): number => (i % 3 === 0 ? 900 : 150) * (0.9 + 0.2 * noise);

describe.each([
  ['next to nothing', still, 3],
  ['pictures of two kinds', mixed, 2.5],
  ['a little noise', (_: number, noise: number) => 5000 + 600 * noise, 1.7],
])('a still scene that costs %s', (_, sizes, times) => {
  it('does not move', () => {
    expect(feed(createActivityWatch(), sizes, 0, 1000)).toEqual([]);
  });

  it('moves within half a second of the sizes growing', () => {
    const watch = createActivityWatch();
    feed(watch, sizes, 0, 230);
    const [first = Infinity] = feed(watch, (i, noise) => sizes(i, noise) * times, 230, 240);
    expect(first).toBeLessThanOrEqual(234);
  });

  it('takes a level that somebody called still for the usual', () => {
    const watch = createActivityWatch();
    feed(watch, sizes, 0, 230);
    const grown = (i: number, noise: number): number => sizes(i, noise) * times;
    feed(watch, grown, 230, 330);
    watch.settle();
    expect(feed(watch, grown, 330, 430)).toEqual([]);
    expect(feed(watch, (i, noise) => grown(i, noise) * times, 430, 440)).not.toEqual([]);
  });
});

it('says nothing before it knows what stillness is', () => {
  const watch = createActivityWatch();
  expect(feed(watch, (i) => (i % 2 === 0 ? 100 : 5000), 0, 20)).toEqual([]);
});

it('says nothing where every picture is a key frame', () => {
  const watch = createActivityWatch();
  for (let i = 0; i < 300; i++) {
    expect(watch.take({ isKey: true, bytes: i < 200 ? 1000 : 90_000, mediaMs: i * 100 })).toBe(false);
  }
});
