import fc from 'fast-check';
import {
  boundsOf,
  growQuad,
  quadAngle,
  quadAround,
  quadPart,
  quadPoint,
  quadSize,
  type Point,
} from '../../../src/domain/plates/quad.js';
import { convexHull, smallestRectangle } from '../../../src/domain/plates/smallest-rectangle.js';

const point = fc.record({
  x: fc.double({ min: -500, max: 500, noNaN: true }),
  y: fc.double({ min: -500, max: 500, noNaN: true }),
});
const points = fc.array(point, { minLength: 1, maxLength: 40 });
const angle = fc.double({ min: -0.75, max: 0.75, noNaN: true });
const side = fc.double({ min: 5, max: 300, noNaN: true });

/** A rectangle of that size, turned, its centre at the origin. */
function turned(width: number, height: number, by: number): Point[] {
  const corners = [
    [-1, -1],
    [1, -1],
    [1, 1],
    [-1, 1],
  ] as const;
  return corners.map(([u, v]) => {
    const [x, y] = [(u * width) / 2, (v * height) / 2];
    return { x: x * Math.cos(by) - y * Math.sin(by), y: x * Math.sin(by) + y * Math.cos(by) };
  });
}

describe('a quad', () => {
  it('around points holds all of them, in any direction', () => {
    fc.assert(
      fc.property(points, angle, (list, direction) => {
        const quad = quadAround(list, direction);
        const { width, height } = quadSize(quad);
        const [tl] = quad;
        for (const { x, y } of list) {
          const along = (x - tl.x) * Math.cos(direction) + (y - tl.y) * Math.sin(direction);
          const down = (y - tl.y) * Math.cos(direction) - (x - tl.x) * Math.sin(direction);
          expect(along).toBeGreaterThan(-1e-6);
          expect(along).toBeLessThan(width + 1e-6);
          expect(down).toBeGreaterThan(-1e-6);
          expect(down).toBeLessThan(height + 1e-6);
        }
      }),
    );
  });

  it('grows by as many pixels as it is told, and keeps its direction', () => {
    fc.assert(
      fc.property(side, side, angle, (width, height, by) => {
        const quad = quadAround(turned(width, height, by), by);
        const grown = quadSize(growQuad(quad, 3, 5));
        expect(grown.width).toBeCloseTo(width + 6, 6);
        expect(grown.height).toBeCloseTo(height + 10, 6);
        expect(quadAngle(growQuad(quad, 3, 5))).toBeCloseTo(by, 6);
      }),
    );
  });

  it('has its corners at the corners of the unit square', () => {
    const quad = quadAround(turned(40, 10, 0.3), 0.3);
    expect([
      quadPoint(quad, 0, 0),
      quadPoint(quad, 1, 0),
      quadPoint(quad, 1, 1),
      quadPoint(quad, 0, 1),
    ]).toEqual(quad);
    expect(quadSize(quadPart(quad, 0.25, 0, 0.75, 1)).width).toBeCloseTo(20, 6);
  });
});

describe('the smallest rectangle', () => {
  it('finds a turned rectangle again', () => {
    fc.assert(
      fc.property(side, side, angle, (width, height, by) => {
        const found = quadSize(smallestRectangle(turned(width, height, by)));
        expect(found.width * found.height).toBeCloseTo(width * height, 3);
      }),
    );
  });

  it('is never larger than the upright box', () => {
    fc.assert(
      fc.property(points, (list) => {
        const { width, height } = quadSize(smallestRectangle(list));
        const box = boundsOf(list);
        expect(width * height).toBeLessThanOrEqual(box.width * box.height + 1e-6);
      }),
    );
  });

  it('rests on a hull that turns one way only', () => {
    fc.assert(
      fc.property(points, (list) => {
        const hull = convexHull(list);
        hull.forEach((a, i) => {
          const [b, c] = [hull[(i + 1) % hull.length]!, hull[(i + 2) % hull.length]!];
          expect((b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)).toBeGreaterThanOrEqual(-1e-6);
        });
      }),
    );
  });
});
