import fc from 'fast-check';
import type { Camera } from '../../src/domain/camera.js';
import { createFreezeWatch } from '../../src/domain/freeze-watch.js';

const [WIDTH, HEIGHT] = [128, 64];
const AFTER_MS = 8000;
const EVERY_MS = 200;

type Look = { at: number; luma: Uint8Array; moved?: boolean };

const made = new Map<number, Uint8Array>();

/** A picture of its own; not to be written to. */
function picture(number: number): Uint8Array {
  const luma = made.get(number) ?? noise(number);
  made.set(number, luma);
  return luma;
}

function noise(number: number, width = WIDTH, height = HEIGHT): Uint8Array {
  let seed = (number + 1) * 2654435761;
  return Uint8Array.from({ length: width * height }, () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed >>> 24;
  });
}

/** Frame i of each second-long group of five is the same in every group: what an encoder makes of a still. */
const repeated = (frames: number, group = 5, from = 0): Look[] =>
  Array.from({ length: frames }, (_, i) => ({ at: from + i * EVERY_MS, luma: picture(i % group) }));

function watch(
  looks: readonly Look[],
  { masks = [], ...size }: { masks?: Camera['masks']; width?: number; height?: number } = {},
  afterMs = AFTER_MS,
): (number | undefined)[] {
  const freeze = createFreezeWatch({ width: WIDTH, height: HEIGHT, ...size, afterMs, masks });
  return looks.map(({ luma, at, moved = false }) => freeze.look(luma, at, moved)?.since);
}

/** Times at which it began and ceased to be frozen. */
const changes = (looks: readonly Look[], found: readonly (number | undefined)[]): [number, boolean][] =>
  looks.flatMap(({ at }, i): [number, boolean][] =>
    (found[i] !== undefined) === (i > 0 && found[i - 1] !== undefined) ? [] : [[at, found[i] !== undefined]],
  );

describe('the freeze watch', () => {
  it('notices a group of pictures that comes again and again, and says since when', () => {
    const looks = repeated(60);
    const found = watch(looks);
    // The fifth picture, at 800 ms, is the last new one.
    expect(changes(looks, found)).toEqual([[800 + AFTER_MS, true]]);
    expect(found.at(-1)).toBe(800);
  });

  it('ends with the first new picture, and needs the whole time again', () => {
    const again = repeated(60, 5, 12_000);
    const looks = [...repeated(60), { at: 12_000, luma: picture(99) }, ...again.slice(1)];
    expect(changes(looks, watch(looks)).slice(0, 3)).toEqual([
      [8800, true],
      [12_000, false],
      [20_000, true],
    ]);
  });

  it('one pixel, anywhere, by one step, makes a picture new', () => {
    const place = fc.integer({ min: 0, max: WIDTH * HEIGHT - 1 });
    fc.assert(
      fc.property(place, (pixel) => {
        const changed = picture(4).slice();
        changed[pixel]! ^= 1;
        const looks = [...repeated(50), { at: 10_000, luma: changed }];
        expect(watch(looks).slice(-2)).toEqual([800, undefined]);
      }),
      { numRuns: 40 },
    );
  });

  it('noise never freezes', () => {
    const looks = Array.from({ length: 150 }, (_, i) => ({ at: i * EVERY_MS, luma: picture(i) }));
    expect(watch(looks).every((since) => since === undefined)).toBe(true);
  });

  it.each([
    ['5 s', 5000, 40_000],
    ['50 s', 50_000, 5000],
  ])('remembers the pictures of a group that takes %s', (_, groupMs, forMs) => {
    const group = groupMs / EVERY_MS;
    const looks = repeated(Math.ceil((groupMs + forMs + AFTER_MS) / EVERY_MS), group);
    const changed = changes(looks, watch(looks));
    expect(changed).toEqual([[groupMs - EVERY_MS + AFTER_MS, true]]);
  });

  it('a picture not seen for more than a minute is new', () => {
    const looks = [...repeated(60), { at: 12_000 + 61_000, luma: picture(0) }];
    expect(watch(looks).slice(-2)).toEqual([800, undefined]);
  });

  it('what moved is new: footage played in a loop is not frozen', () => {
    const looks = repeated(150).map((look, i) => ({ ...look, moved: i % 30 === 0 }));
    expect(watch(looks).every((since) => since === undefined)).toBe(true);
  });

  it('needs three known pictures: two, ten seconds apart, are no sign', () => {
    const looks = [0, 10_000, 20_000, 30_000].map((at) => ({ at, luma: picture(1) }));
    expect(watch(looks)).toEqual([undefined, undefined, undefined, 0]);
  });

  describe('with a clock drawn into the picture', () => {
    /** The clock changes 40x10 pixels at (10, 18), and the encoder smooths up to 4 pixels around it. */
    const ticking = repeated(60).map((look, i) => {
      const luma = look.luma.slice();
      for (let y = 14; y < 34; y++) luma.fill(i, y * WIDTH + 6, y * WIDTH + 54);
      return { ...look, luma };
    });
    const around: Camera['masks'] = [
      [
        [10 / WIDTH, 18 / HEIGHT],
        [50 / WIDTH, 18 / HEIGHT],
        [50 / WIDTH, 28 / HEIGHT],
        [10 / WIDTH, 28 / HEIGHT],
      ],
    ];
    it('is frozen where a mask covers the clock', () => {
      expect(watch(ticking, { masks: around }).at(-1)).toBe(800);
    });
    it('is not where none does', () => {
      expect(watch(ticking).at(-1)).toBeUndefined();
    });
    it('still sees a pixel elsewhere', () => {
      const luma = ticking[4]!.luma.slice();
      luma[50 * WIDTH + 100]! ^= 1;
      expect(watch([...ticking, { at: 12_000, luma }], { masks: around }).at(-1)).toBeUndefined();
    });
  });

  it('says nothing of a picture that is masked as a whole', () => {
    const all: Camera['masks'] = [
      [
        [0, 0],
        [1, 0],
        [1, 1],
        [0, 1],
      ],
    ];
    expect(watch(repeated(60), { masks: all }).at(-1)).toBeUndefined();
  });

  it('never freezes with 0', () => {
    expect(watch(repeated(60), {}, 0).at(-1)).toBeUndefined();
  });

  it.each([
    ['a width of no whole words', 126, 66, 0],
    ['a plane that does not begin on a word', 128, 64, 1],
    ['a picture of 6x2', 6, 2, 0],
  ])('sees every pixel of %s', (_, width, height, offset) => {
    const shifted = (luma: Uint8Array): Uint8Array => {
      const room = new Uint8Array(luma.length + offset + 2);
      room.set(luma, offset);
      return room.subarray(offset, offset + luma.length);
    };
    const group = Array.from({ length: 5 }, (_, i) => noise(i, width, height));
    const still = repeated(60).map(({ at }, i) => ({ at, luma: shifted(group[i % 5]!) }));
    for (const pixel of [0, 3, width - 1, width, width * height - 1]) {
      const luma = group[0]!.slice();
      luma[pixel]! ^= 1;
      const found = watch([...still, { at: 12_000, luma: shifted(luma) }], { width, height });
      expect([found.at(-2), found.at(-1)]).toEqual([800, undefined]);
    }
  });

  it('refuses a plane that is too short', () => {
    expect(() => watch([{ at: 0, luma: new Uint8Array(10) }])).toThrow(
      'freeze watch: 10 bytes of luma; 128x64 needs 8192',
    );
  });
});
