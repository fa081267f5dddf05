import fc from 'fast-check';
import { type CutPicture, cutPieces, encodePieces } from '../../../src/domain/export/cut-pieces.js';

/** In the order of decoding: `I` the decoder can begin, `k` a key picture after which earlier ones are shown, `p`, `b`. */
const picture = (shownAt: number, isEntry = false): CutPicture => ({ shownAt, isEntry });
/** Key pictures at 0, 10, 20, others between, none reordered. */
const plain = Array.from({ length: 30 }, (_, i) => picture(i, i % 10 === 0));
/** Groups of four: I P b b. */
const reordered = [0, 4, 8].flatMap((at) => [
  picture(at, true),
  picture(at + 3),
  picture(at + 1),
  picture(at + 2),
]);
/** The second key picture is followed by one that is shown before it. */
const open = [picture(0, true), picture(1), picture(4, true), picture(2), picture(3), picture(5)];

describe('what of a recording is copied and what is encoded', () => {
  it.each([
    ['all of it', plain, 0, 30, ['copy 0+30']],
    ['from a key picture on', plain, 10, 30, ['copy 10+20']],
    ['a head within a group', plain, 7, 30, ['encode [7,10) 3 from 0', 'copy 10+20']],
    ['a tail is copied as far as it goes', plain, 10, 25, ['copy 10+15']],
    ['both within one group', plain, 12, 15, ['encode [12,15) 3 from 10']],
    ['one picture', plain, 20, 21, ['copy 20+1']],
    ['nothing', plain, 40, 50, []],
    ['a tail that needs what is left out', reordered, 0, 6, ['copy 0+4', 'encode [4,6) 2 from 4']],
    ['a tail that needs nothing else', reordered, 0, 5, ['copy 0+5']],
    ['head and tail', reordered, 2, 10, ['encode [2,4) 2 from 0', 'copy 4+4', 'encode [8,10) 2 from 8']],
    ['groups that lean on each other', open, 1, 6, ['encode [1,6) 5 from 0']],
    ['all of groups that lean on each other', open, 0, 6, ['copy 0+6']],
    [
      'a beginning that cannot be decoded alone',
      [picture(0), picture(1), picture(2, true)],
      0,
      3,
      ['encode [0,2) 2 from 0', 'copy 2+1'],
    ],
  ])('%s', (_, pictures, from, to, expected) => {
    const said = cutPieces(pictures, { from, to }).map((piece) =>
      piece.do === 'copy'
        ? `copy ${piece.first}+${piece.count}`
        : `encode [${piece.from},${piece.to}) ${piece.count} from ${piece.first}`,
    );
    expect(said).toEqual(expected);
  });

  /** Groups of pictures in any order within each, sometimes leaning on the one before. */
  const recordings = fc
    .array(fc.record({ length: fc.integer({ min: 1, max: 8 }), seed: fc.integer(), leans: fc.boolean() }), {
      minLength: 1,
      maxLength: 6,
    })
    .map((groups) => {
      const pictures: CutPicture[] = [];
      for (const { length, seed, leans } of groups) {
        const base = pictures.length;
        const rest = Array.from({ length: length - 1 }, (_, i) => base + 1 + i);
        rest.sort((a, b) => ((a * 7919 + seed) % 13) - ((b * 7919 + seed) % 13));
        const shown = [base, ...rest];
        // The key picture is shown second: what is decoded after it belongs to the group before.
        if (leans && length > 1) [shown[0], shown[shown.indexOf(base + 1)]] = [base + 1, base];
        pictures.push(...shown.map((at, i) => picture(at, i === 0)));
      }
      return pictures;
    });

  it('holds exactly what was asked for, in order, and copies nothing that leans on what is missing', () => {
    fc.assert(
      fc.property(
        recordings,
        fc.integer({ min: -2, max: 50 }),
        fc.integer({ min: 0, max: 50 }),
        (pictures, from, length) => {
          const to = from + length;
          const wanted = pictures
            .map(({ shownAt }) => shownAt)
            .filter((at) => at >= from && at < to)
            .sort((a, b) => a - b);
          for (const pieces of [cutPieces(pictures, { from, to }), encodePieces(pictures, { from, to }, 5)]) {
            const shown = pieces.map((piece) => {
              if (piece.do === 'copy') {
                const copied = pictures.slice(piece.first, piece.first + piece.count);
                expect(copied[0]?.isEntry).toBe(true);
                return copied.map(({ shownAt }) => shownAt).sort((a, b) => a - b);
              }
              const inside = wanted.filter((at) => at >= piece.from && at < piece.to);
              expect(inside).toHaveLength(piece.count);
              expect(pictures[piece.first]!.shownAt).toBeLessThanOrEqual(Math.max(...inside));
              return inside;
            });
            expect(shown.flat()).toEqual(wanted);
          }
        },
      ),
    );
  });

  it('encodes in parts of a length', () => {
    const pieces = encodePieces(plain, { from: 3, to: 27 }, 10);
    expect(pieces).toEqual([
      { do: 'encode', first: 0, from: 3, to: 13, count: 10 },
      { do: 'encode', first: 10, from: 13, to: 23, count: 10 },
      { do: 'encode', first: 20, from: 23, to: 27, count: 4 },
    ]);
  });
});
