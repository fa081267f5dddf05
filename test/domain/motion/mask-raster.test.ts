import fc from 'fast-check';
import { maskedCells } from '../../../src/domain/motion/mask-raster.js';
import { createLumaShrinker } from '../../../src/domain/motion/shrink-luma.js';

const FROM = { width: 64, height: 48 };
const plane = createLumaShrinker(FROM, 12);
type Polygon = [number, number][];
const cellAt = (x: number, y: number): number => {
  const column = plane.columns.findLastIndex((left) => left <= x * FROM.width);
  const row = plane.rows.findLastIndex((top) => top <= y * FROM.height);
  return Math.min(row, plane.height - 1) * plane.width + Math.min(column, plane.width - 1);
};

describe('masked cells', () => {
  it('are none without a mask and all under a mask over everything', () => {
    expect(maskedCells([], FROM, plane)).toHaveLength(0);
    const all: Polygon = [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 1],
    ];
    expect(maskedCells([all], FROM, plane)).toHaveLength(plane.width * plane.height);
  });

  it('include a cell that the mask only grazes', () => {
    const sliver: Polygon = [
      [0.5, 0.51],
      [0.5001, 0.51],
      [0.5, 0.5101],
    ];
    expect([...maskedCells([sliver], FROM, plane)]).toContain(cellAt(0.5, 0.51));
  });

  it('leave alone what the mask does not come near', () => {
    const corner: Polygon = [
      [0, 0],
      [0.25, 0],
      [0.25, 0.25],
      [0, 0.25],
    ];
    const masked = new Set(maskedCells([corner], FROM, plane));
    for (const [x, y] of [
      [0.4, 0.1],
      [0.1, 0.4],
      [0.9, 0.9],
    ] as const)
      expect(masked.has(cellAt(x, y))).toBe(false);
  });

  it('cover the middle of a mask that is drawn as a star', () => {
    const star = [0, 2, 4, 1, 3].map((i): [number, number] => {
      return [0.5 + 0.45 * Math.sin((i * 2 * Math.PI) / 5), 0.5 - 0.45 * Math.cos((i * 2 * Math.PI) / 5)];
    });
    expect([...maskedCells([star], FROM, plane)]).toContain(cellAt(0.5, 0.5));
  });

  it('include every point of a triangle', () => {
    // Well inside: on the edge itself, rounding decides which side a point is on.
    const at = fc.integer({ min: 0, max: 1000 }).map((n) => n / 1000);
    const share = fc.integer({ min: 1, max: 98 }).map((n) => n / 99);
    const point = fc.tuple(at, at);
    fc.assert(
      fc.property(fc.tuple(point, point, point), share, share, ([a, b, c], s, t) => {
        const [u, v] = s + t > 1 ? [1 - s, 1 - t] : [s, t];
        const x = a[0] + u * (b[0] - a[0]) + v * (c[0] - a[0]);
        const y = a[1] + u * (b[1] - a[1]) + v * (c[1] - a[1]);
        const area = Math.abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1]));
        fc.pre(area > 1e-5 && s + t !== 1);
        expect([...maskedCells([[a, b, c]], FROM, plane)]).toContain(cellAt(x, y));
      }),
      { numRuns: 300 },
    );
  });
});
