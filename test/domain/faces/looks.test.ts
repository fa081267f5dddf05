import fc from 'fast-check';
import { faceLooks } from '../../../src/domain/faces/looks.js';
import { unitBox, WHOLE } from '../../../src/domain/geometry.js';

const area = (
  look: { box: { width: number; height: number }; scale: number },
  size: { width: number; height: number },
) => look.box.width * size.width * look.scale * look.box.height * size.height * look.scale;

it.each([
  ['a street camera', { width: 1280, height: 720 }, 1.04],
  ['4K', { width: 3840, height: 2160 }, 0.35],
  ['a small picture is enlarged, but not without end', { width: 320, height: 240 }, 3],
])('%s is seen as a whole, and once small', (_, size, scale) => {
  const [fine, coarse, ...more] = faceLooks(size, []);
  expect(fine).toMatchObject({ box: WHOLE, minSidePx: 0 });
  expect(fine!.scale).toBeCloseTo(scale, 2);
  expect(coarse!.scale * size.width).toBeCloseTo(320, 6);
  expect(coarse!.minSidePx).toBeGreaterThan(0);
  expect(more).toEqual([]);
});

it('looks closely at the head of someone far away, with air around it', () => {
  const size = { width: 1920, height: 1080 };
  // 120 px high: a face of 15 px.
  const person = unitBox(0.5, 0.4, 0.02, 120 / 1080);
  const head = faceLooks(size, [person]).at(-1)!;
  expect(head.scale).toBe(3);
  expect(head.box.x).toBeLessThan(person.x);
  expect(head.box.x + head.box.width).toBeGreaterThan(person.x + person.width);
  expect(head.box.y).toBeLessThan(person.y);
  expect(head.box.y + head.box.height).toBeGreaterThan(person.y + 0.3 * person.height);
  expect(head.box.y + head.box.height).toBeLessThan(person.y + 0.6 * person.height);
});

it('leaves out people who are near, too far to have a face, or outside', () => {
  const size = { width: 1280, height: 720 };
  const near = unitBox(0.1, 0.1, 0.3, 0.9);
  const tiny = unitBox(0.5, 0.5, 0.005, 0.03);
  const outside = unitBox(1.2, 0.5, 0.02, 0.1);
  expect(faceLooks(size, [near, tiny, outside])).toHaveLength(2);
});

it('looks at the largest of a crowd', () => {
  const size = { width: 1280, height: 720 };
  const crowd = Array.from({ length: 40 }, (_, i) => unitBox(i / 40, 0.5, 0.01, 0.1 + i / 1000));
  const heads = faceLooks(size, crowd).slice(2);
  expect(heads).toHaveLength(24);
  // The first sixteen are the smallest.
  expect(Math.min(...heads.map(({ box }) => box.x))).toBeGreaterThan(15.5 / 40);
});

it('costs a bounded number of pixels, whatever is given, and looks only within the picture', () => {
  const box = fc
    .tuple(...[fc.double({ min: -0.2, max: 1, noNaN: true }), fc.double({ min: -0.2, max: 1, noNaN: true })])
    .chain(([x, y]) =>
      fc
        .tuple(fc.double({ min: 0.001, max: 1, noNaN: true }), fc.double({ min: 0.001, max: 1, noNaN: true }))
        .map(([width, height]) => unitBox(x, y, width, height)),
    );
  const size = fc.record({
    width: fc.integer({ min: 16, max: 6000 }),
    height: fc.integer({ min: 16, max: 4000 }),
  });
  fc.assert(
    fc.property(size, fc.array(box, { maxLength: 60 }), (picture, people) => {
      const looks = faceLooks(picture, people);
      expect(looks.length).toBeLessThanOrEqual(26);
      for (const look of looks) {
        const { x, y, width, height } = look.box;
        expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
        expect(Math.max(x + width, y + height)).toBeLessThanOrEqual(1 + 1e-9);
        expect(area(look, picture)).toBeLessThanOrEqual(1_000_001);
      }
    }),
    { numRuns: 60 },
  );
});
