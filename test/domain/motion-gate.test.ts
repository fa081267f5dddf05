import fc from 'fast-check';
import { Camera } from '../../src/domain/camera.js';
import { createMotionGate, type MotionLook } from '../../src/domain/motion-gate.js';

const WIDTH = 320;
const HEIGHT = 240;
const START_AT = 1_764_000_000_000;
const camera = Camera.parse({ id: 'c', source: 'x.mp4' });
const settings = camera.motion;

interface Thing {
  /** Middle and size, pixels; luma. */
  x: number;
  y: number;
  width: number;
  height: number;
  luma: number;
}
interface Scene {
  things?: Thing[];
  /** Luma added at a pixel, for light that changes. */
  light?: (x: number, y: number) => number;
  /** Standard deviation of the sensor's noise. */
  noise?: number;
  /** Contrast of the background: 1 is day, 0.1 is night. */
  contrast?: number;
  /** Pixels that the camera is off to the right. */
  swayX?: number;
}

// Bound here: under Jest each use of a global costs as much as a hundred sums.
const { floor, max, min, sqrt, imul } = Math;
/** Tile by tile 0..10, wider than the picture so that it can sway. */
const WALL_WIDTH = WIDTH + 20;
const wall = new Uint8Array(WALL_WIDTH * HEIGHT).map((_, i) => {
  return (floor((i % WALL_WIDTH) / 40) * 7 + floor(i / WALL_WIDTH / 30) * 3) % 11;
});

/** A camera before a wall of tiles; its noise follows from the seed. */
function paint({ noise = 0, contrast = 1, swayX = 0, light, things = [] }: Scene, seed = 1): Uint8Array {
  const plain = new Float32Array(WIDTH * HEIGHT);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++)
      plain[y * WIDTH + x] = 40 + contrast * 15 * wall[y * WALL_WIDTH + x + 10 + swayX]!;
  }
  for (const { x, y, width, height, luma } of things) {
    const left = max(0, floor(x - width / 2));
    const right = min(WIDTH, floor(x + width / 2));
    const bottom = min(HEIGHT, floor(y + height / 2));
    for (let row = max(0, floor(y - height / 2)); row < bottom; row++) {
      if (right > left) plain.fill(luma, row * WIDTH + left, row * WIDTH + right);
    }
  }
  let state = imul(seed, 2_654_435_761);
  const amplitude = (noise * sqrt(12)) / 2 ** 24;
  const luma = new Uint8Array(WIDTH * HEIGHT);
  for (let i = 0; i < luma.length; i++) {
    let value = plain[i]! + 0.5;
    if (light) value += light(i % WIDTH, (i / WIDTH) | 0);
    if (noise > 0) {
      state = (imul(state, 69_069) + 12_345) | 0;
      value += ((state >>> 8) - 2 ** 23) * amplitude;
    }
    luma[i] = value < 0 ? 0 : value > 255 ? 255 : value;
  }
  return luma;
}

const newGate = (changes: Partial<typeof settings> = {}, masks: Camera['masks'] = []) =>
  createMotionGate({ width: WIDTH, height: HEIGHT, settings: { ...settings, ...changes }, masks });

/** Looks at `count` frames of what `scene` gives for each, `fps` a second. */
function watch(
  count: number,
  fps: number,
  scene: (seconds: number, i: number) => Scene,
  gate = newGate(),
): MotionLook[] {
  return Array.from({ length: count }, (_, i) => {
    return gate.look(paint(scene(i / fps, i), i + 1), START_AT + Math.round((i * 1000) / fps));
  });
}
const count = (looks: readonly MotionLook[], verdict: MotionLook['verdict']): number =>
  looks.filter((look) => look.verdict === verdict).length;
const person = (x: number, y = 150): Thing => ({ x, y, width: 24, height: 70, luma: 15 });
const covers = (look: MotionLook, { x, y }: Thing): boolean =>
  look.regions.some(
    (box) =>
      x / WIDTH >= box.x &&
      x / WIDTH <= box.x + box.width &&
      y / HEIGHT >= box.y &&
      y / HEIGHT <= box.y + box.height,
  );

describe('a still scene', () => {
  it('passes its first frame, then a heartbeat every five seconds', () => {
    const looks = watch(76, 5, () => ({ noise: 4 }));
    expect(looks[0]).toEqual({ verdict: 'heartbeat', regions: [], changedShare: 0, reason: 'warming-up' });
    expect(looks.flatMap(({ verdict }, i) => (verdict === 'gated' ? [] : [i]))).toEqual([0, 25, 50, 75]);
  });

  it.each<[string, (seconds: number, i: number) => Scene]>([
    ['strong noise', () => ({ noise: 25 })],
    ['strong noise at night', () => ({ noise: 15, contrast: 0.1 })],
    ['dusk, a level a second', (s) => ({ light: () => -s, noise: 3 })],
    [
      'the camera opening its aperture, 20 levels a second',
      (s) => ({ light: () => min(60, 20 * max(0, s - 5)) }),
    ],
    ['a mast that sways over two pixels', (s) => ({ swayX: Math.round(Math.sin(s * 3)), noise: 3 })],
    ['a flash from the ceiling', (_, i) => ({ light: () => (i === 30 ? 90 : 0) })],
    ['a lamp switched on in the corner', (s) => ({ light: (x, y) => (s > 5 ? 140 - (x + y) / 6 : 0) })],
    ['lightning, again and again', (_, i) => ({ light: (x) => (i % 4 === 0 ? 60 + x / 4 : 0) })],
  ])('lets nothing but heartbeats through: %s', (_, scene) => {
    const looks = watch(100, 5, scene);
    expect(count(looks, 'moved')).toBe(0);
    expect(count(looks, 'heartbeat')).toBe(4);
  });

  it('says when light hides whether something moved', () => {
    const looks = watch(10, 5, (_, i) => ({ light: (x) => (i >= 6 ? 60 + x / 3 : 0) }));
    expect(looks.map(({ reason }) => reason)).toEqual([
      'warming-up',
      ...Array<undefined>(5),
      'lightning',
      ...Array<undefined>(3),
    ]);
  });
});

describe('what moves', () => {
  it.each([2, 5, 15])('passes at %i frames a second, with a region around it', (fps) => {
    const at = (seconds: number): Thing => person(60 + 40 * max(0, seconds - 2));
    const looks = watch(fps * 7, fps, (seconds) => ({ things: [at(seconds)], noise: 4 }));
    looks.forEach((look, i) => {
      if (i / fps <= 2 + 1 / fps) return;
      expect(look.verdict).toBe('moved');
      expect(covers(look, at(i / fps))).toBe(true);
    });
  });

  it.each<[string, Scene, Thing]>([
    ['at night', { contrast: 0.1, noise: 3 }, { ...person(0), luma: 75 }],
    ['far away', { noise: 3 }, { x: 0, y: 140, width: 8, height: 18, luma: 10 }],
    ['through strong noise', { noise: 20 }, person(0)],
    ['while the light fades', { noise: 3, light: () => -20 }, person(0)],
  ])('passes %s', (_, scene, thing) => {
    const at = (seconds: number): Thing => ({ ...thing, x: -20 + 40 * seconds });
    const looks = watch(40, 5, (seconds) => ({ ...scene, things: [at(seconds)] }));
    const inside = looks.filter((_, i) => i > 0 && at(i / 5).x > 10 && at(i / 5).x < WIDTH - 10);
    expect(inside.length).toBeGreaterThan(30);
    expect(count(inside, 'moved')).toBe(inside.length);
  });

  it('passes although the camera darkens the picture for it', () => {
    const looks = watch(40, 5, (seconds) => {
      const x = -40 + 30 * seconds;
      return {
        things: [{ x, y: 120, width: 60, height: 100, luma: 250 }],
        light: () => (x > 60 ? -35 : 0),
        contrast: 0.2,
      };
    });
    expect(count(looks.slice(4, 36), 'moved')).toBe(32);
  });

  it('passes now and then while it stands and fidgets, and not at all while it stands still', () => {
    const looks = watch(200, 5, (seconds) => {
      const fidget = seconds > 20 ? 0 : Math.round(3 * Math.sin(seconds));
      return { things: seconds < 2 ? [] : [person(160 + fidget)], noise: 3 };
    });
    expect(count(looks.slice(10, 100), 'moved')).toBeGreaterThan(10);
    expect(count(looks.slice(10, 100), 'moved')).toBeLessThan(80);
    expect(count(looks.slice(105), 'moved')).toBe(0);
  });

  it('fades into the background when it stays, and its leaving is seen once, not for ever', () => {
    const looks = watch(700, 5, (seconds) => {
      const x = seconds < 5 ? 40 * seconds : seconds < 105 ? 200 : 200 + 60 * (seconds - 105);
      return { things: x < WIDTH + 20 ? [person(x)] : [], noise: 3 };
    });
    expect(looks[30]!.changedShare).toBeGreaterThan(0.01);
    expect(looks[520]!.changedShare).toBe(0);
    expect(count(looks.slice(30, 520), 'moved')).toBe(0);
    expect(count(looks.slice(526, 536), 'moved')).toBe(10);
    expect(count(looks.slice(540), 'moved')).toBe(0);
  });

  it('is told apart in two regions, the larger first', () => {
    const looks = watch(10, 5, (_, i) => ({
      things: [person(60 + i * 8), { x: 280 - i * 4, y: 60, width: 16, height: 20, luma: 250 }],
    }));
    const { regions } = looks[9]!;
    expect(regions).toHaveLength(2);
    expect(regions[0]!.height).toBeGreaterThan(regions[1]!.height);
  });

  it('keeps its regions inside the picture', () => {
    const anywhere = fc.record({
      x: fc.integer({ min: -20, max: WIDTH + 20 }),
      y: fc.integer({ min: -20, max: HEIGHT + 20 }),
      width: fc.integer({ min: 4, max: 200 }),
      height: fc.integer({ min: 4, max: 200 }),
      luma: fc.integer({ min: 0, max: 255 }),
    });
    fc.assert(
      fc.property(
        fc.array(fc.array(anywhere, { maxLength: 3 }), { minLength: 2, maxLength: 6 }),
        (frames) => {
          for (const { regions } of watch(frames.length, 5, (_, i) => ({ things: frames[i]! }))) {
            for (const box of regions) {
              expect(min(box.x, box.y)).toBeGreaterThanOrEqual(0);
              expect(min(box.width, box.height)).toBeGreaterThan(0);
              expect(max(box.x + box.width, box.y + box.height)).toBeLessThanOrEqual(1 + 1e-9);
            }
          }
        },
      ),
      { numRuns: 15 },
    );
  });
});

describe('masks', () => {
  it('hide whatever moves under them', () => {
    const share = fc.double({ min: 0.05, max: 0.9, noNaN: true });
    fc.assert(
      fc.property(
        share,
        share,
        share,
        share,
        fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 6, maxLength: 6 }),
        (x, y, w, h, lumas) => {
          const right = min(1, x + w);
          const bottom = min(1, y + h);
          const gate = newGate({}, [
            [
              [x, y],
              [right, y],
              [right, bottom],
              [x, bottom],
            ],
          ]);
          const left = Math.ceil(x * WIDTH);
          const top = Math.ceil(y * HEIGHT);
          const looks = lumas.map((value, i) => {
            const luma = paint({});
            for (let row = top; row < Math.floor(bottom * HEIGHT); row++) {
              luma.fill(value, row * WIDTH + left, row * WIDTH + max(left, Math.floor(right * WIDTH)));
            }
            return gate.look(luma, i * 200);
          });
          expect(looks.map(({ verdict }) => verdict)).toEqual([
            'heartbeat',
            ...Array<string>(5).fill('gated'),
          ]);
          expect(looks.every(({ changedShare }) => changedShare === 0)).toBe(true);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('do not hide what moves beside them', () => {
    const gate = newGate({}, [
      [
        [0, 0],
        [0.5, 0],
        [0.5, 1],
        [0, 1],
      ],
    ]);
    const looks = watch(10, 5, (_, i) => ({ things: [person(200 + i * 8)] }), gate);
    expect(count(looks, 'moved')).toBe(9);
  });

  it('over everything leave the heartbeat', () => {
    const gate = newGate({}, [
      [
        [0, 0],
        [1, 0],
        [1, 1],
        [0, 1],
      ],
    ]);
    const looks = watch(51, 5, (_, i) => ({ things: [person(i * 8)], light: () => i }), gate);
    expect([count(looks, 'moved'), count(looks, 'heartbeat')]).toEqual([0, 3]);
  });
});

describe('settings', () => {
  it('switched off, every frame passes with the whole picture', () => {
    expect(
      watch(3, 5, () => ({}), newGate({ enabled: false })).map(({ verdict, regions }) => [verdict, regions]),
    ).toEqual(Array(3).fill(['moved', [{ x: 0, y: 0, width: 1, height: 1 }]]));
  });

  it.each<[string, Partial<typeof settings>]>([
    ['threshold', { threshold: 250 }],
    ['smallest region', { minContour: 4000 }],
  ])('a higher %s holds the same movement back', (_, changes) => {
    const scene = (_: number, i: number): Scene => ({ things: [person(60 + i * 8)] });
    expect(count(watch(10, 5, scene), 'moved')).toBe(9);
    expect(count(watch(10, 5, scene, newGate(changes)), 'moved')).toBe(0);
  });

  it('the heartbeat follows its setting, counted from the last frame that passed', () => {
    const looks = watch(
      40,
      5,
      (_, i) => ({ things: i === 13 ? [person(100)] : [] }),
      newGate({ heartbeatMs: 2000 }),
    );
    expect(looks.map(({ verdict }) => verdict[0]).join('')).toBe(
      `hggggggggghggmmgggggggggh${'ggggggggghggggg'}`,
    );
  });

  it('a faster learning rate makes what stopped fade sooner', () => {
    const scene = (seconds: number): Scene => ({ things: seconds < 1 ? [] : [person(100)] });
    const slow = watch(60, 5, scene).at(-1)!.changedShare;
    expect(watch(60, 5, scene, newGate({ learnRate: 0.1 })).at(-1)!.changedShare).toBe(0);
    expect(slow).toBeGreaterThan(0);
  });

  it('learns by time, not by frames', () => {
    const fadedAfterS = (fps: number): number => {
      const looks = watch(
        fps * 40,
        fps,
        (seconds) => ({ things: seconds < 1 ? [] : [person(100)] }),
        newGate({ learnRate: 0.02 }),
      );
      return looks.findLastIndex(({ changedShare }) => changedShare > 0.005) / fps;
    };
    const at5 = fadedAfterS(5);
    expect(at5).toBeGreaterThan(5);
    expect(Math.abs(fadedAfterS(15) - at5)).toBeLessThan(1.5);
    expect(Math.abs(fadedAfterS(2) - at5)).toBeLessThan(1.5);
  });
});

describe('the clock', () => {
  const frames = Array.from({ length: 40 }, (_, i) =>
    paint({ things: i < 20 ? [person(40 + i * 8)] : [], noise: 3 }, i + 1),
  );
  const play = (times: number[]): MotionLook[] => {
    const gate = newGate({ heartbeatMs: 1000 });
    return frames.map((luma, i) => gate.look(luma, times[i]!));
  };

  it('only counts by its differences', () => {
    const times = frames.map((_, i) => i * 200);
    const expected = play(times);
    fc.assert(
      fc.property(fc.integer({ min: -1e12, max: 1e13 }), (offset) => {
        expect(play(times.map((at) => at + offset))).toEqual(expected);
      }),
      { numRuns: 10 },
    );
  });

  it('may jump back, stand still or be no number, and movement still passes and heartbeats go on', () => {
    const times = frames.map((_, i) => (i < 10 ? START_AT + i * 200 : i < 15 ? 0 : i < 18 ? NaN : i * 200));
    const looks = play(times);
    expect(count(looks.slice(1, 20), 'moved')).toBe(19);
    expect(count(looks.slice(22), 'moved')).toBe(0);
    expect(count(looks.slice(22), 'heartbeat')).toBe(3);
  });
});

describe('bad input', () => {
  it('is refused with what is wrong', () => {
    expect(() => createMotionGate({ width: 0, height: 10, settings, masks: [] })).toThrow('width is 0');
    expect(() => newGate().look(new Uint8Array(10), 0)).toThrow(`10 bytes; 320x240 needs 76800`);
  });

  it('an I420 picture is taken as it is: the luma plane is its beginning', () => {
    const gate = newGate();
    const i420 = (i: number): Uint8Array => {
      const picture = new Uint8Array((WIDTH * HEIGHT * 3) / 2).fill(i * 40);
      picture.set(paint({}));
      return picture;
    };
    expect([0, 1, 2, 3].map((i) => gate.look(i420(i), i * 200).verdict)).toEqual([
      'heartbeat',
      'gated',
      'gated',
      'gated',
    ]);
  });
});
