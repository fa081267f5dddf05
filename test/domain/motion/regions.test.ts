import fc from 'fast-check';
import { CHANGED, createRegionFinder, FRESH, mergeTouching } from '../../../src/domain/motion/regions.js';

/** Marks drawn as text: `.` nothing, `#` changed, `*` changed and fresh. */
function find(...rows: string[]) {
  const marks = Uint8Array.from(
    [...rows.join('')].map((c) => (c === '*' ? CHANGED | FRESH : c === '#' ? CHANGED : 0)),
  );
  return createRegionFinder({ width: rows[0]!.length, height: rows.length }).find(marks);
}

describe('finding regions', () => {
  it('finds none in a still picture', () => {
    expect(find('....', '....')).toEqual([]);
  });

  it('joins cells across a gap of one, not of two', () => {
    expect(find('#.#..#', '......')).toEqual([
      { x: 0, y: 0, width: 3, height: 1, changed: 2, fresh: 0 },
      { x: 5, y: 0, width: 1, height: 1, changed: 1, fresh: 0 },
    ]);
  });

  it('counts what is fresh, and does not reach around the border', () => {
    expect(find('*....#', '*#...#', '......', '......', '.*....')).toEqual([
      { x: 0, y: 0, width: 2, height: 2, changed: 3, fresh: 2 },
      { x: 5, y: 0, width: 1, height: 2, changed: 2, fresh: 0 },
      { x: 1, y: 4, width: 1, height: 1, changed: 1, fresh: 1 },
    ]);
  });
});

describe('joining boxes', () => {
  const boxes = fc.array(
    fc.record({
      x: fc.integer({ min: 0, max: 40 }),
      y: fc.integer({ min: 0, max: 40 }),
      width: fc.integer({ min: 1, max: 9 }),
      height: fc.integer({ min: 1, max: 9 }),
    }),
    { maxLength: 30 },
  );

  it('leaves no two that touch, and loses none', () => {
    fc.assert(
      fc.property(boxes, (given) => {
        const merged = mergeTouching(given);
        for (const a of merged) {
          for (const b of merged) {
            if (a === b) continue;
            const apart =
              a.x > b.x + b.width || b.x > a.x + a.width || a.y > b.y + b.height || b.y > a.y + a.height;
            expect(apart).toBe(true);
          }
        }
        for (const box of given) {
          const holders = merged.filter(
            (m) =>
              m.x <= box.x &&
              m.y <= box.y &&
              m.x + m.width >= box.x + box.width &&
              m.y + m.height >= box.y + box.height,
          );
          expect(holders).toHaveLength(1);
        }
      }),
    );
  });

  it('does not depend on their order', () => {
    const sorted = (list: { x: number; y: number }[]) => [...list].sort((a, b) => a.x - b.x || a.y - b.y);
    fc.assert(
      fc.property(boxes, (given) => {
        expect(sorted(mergeTouching([...given].reverse()))).toEqual(sorted(mergeTouching(given)));
      }),
    );
  });
});
