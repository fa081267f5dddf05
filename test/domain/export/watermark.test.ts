import fc from 'fast-check';
import {
  clockPieces,
  lettersOf,
  offsetLabel,
  watermarkSizes,
  watermarkTitle,
} from '../../../src/domain/export/watermark.js';

const HOUR = 3_600_000;

describe('clock of a zone', () => {
  it('is one piece where clocks are not changed', () => {
    const from = Date.UTC(2026, 10, 22, 2);
    expect(clockPieces(from, from + 24 * HOUR, 'Asia/Ho_Chi_Minh')).toEqual([
      { from, to: from + 24 * HOUR, offsetMs: 7 * HOUR },
    ]);
  });

  it.each([
    ['Europe/Berlin', Date.UTC(2026, 9, 25, 1), 2, 1],
    ['Europe/Berlin', Date.UTC(2026, 2, 29, 1), 1, 2],
    ['Australia/Lord_Howe', Date.UTC(2026, 3, 4, 15), 11, 10.5],
  ])('is cut where the clocks of %s are changed', (zone, change, before, after) => {
    expect(clockPieces(change - 90_500, change + 2 * HOUR, zone)).toEqual([
      { from: change - 90_500, to: change, offsetMs: before * HOUR },
      { from: change, to: change + 2 * HOUR, offsetMs: after * HOUR },
    ]);
    expect(clockPieces(change, change + 1, zone)).toEqual([
      { from: change, to: change + 1, offsetMs: after * HOUR },
    ]);
    expect(clockPieces(change - 1000, change, zone)).toEqual([
      { from: change - 1000, to: change, offsetMs: before * HOUR },
    ]);
  });

  it('covers all of the time, each moment once', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: Date.UTC(2025, 0), max: Date.UTC(2027, 0) }),
        fc.integer({ min: 1, max: 30 * HOUR }),
        fc.constantFrom('Europe/London', 'America/New_York', 'Asia/Kathmandu'),
        (from, length, zone) => {
          const pieces = clockPieces(from, from + length, zone);
          expect(pieces.map(({ to }) => to)).toEqual([...pieces.slice(1).map((p) => p.from), from + length]);
          expect(pieces[0]!.from).toBe(from);
          expect(pieces.every((piece) => piece.to > piece.from)).toBe(true);
        },
      ),
      { numRuns: 50 },
    );
  });

  it.each([
    [7 * HOUR, '+07:00'],
    [0, '+00:00'],
    [-3.5 * HOUR, '-03:30'],
    [5.75 * HOUR, '+05:45'],
  ])('names an offset of %d ms %s', (offsetMs, label) => expect(offsetLabel(offsetMs)).toBe(label));
});

describe('title', () => {
  it.each([
    ['Cổng chính', 'Cổng chính'],
    ['Co\u0302\u0309ng', 'Cổng'],
    ['one\ntwo\u202e\u0007', 'one two'],
    ['  ', ''],
    ['bad \ud800 half', 'bad half'],
  ])('%j is drawn as %j', (name, drawn) => expect(watermarkTitle(name)).toBe(drawn));

  it('is no longer than anybody reads', () => expect(watermarkTitle('x'.repeat(500))).toHaveLength(120));

  it('needs fonts for letters, not for signs', () => expect(lettersOf('ộộ 1😀·')).toEqual(['ộ', '1']));
});

it.each([
  [320, 240],
  [768, 576],
  [1920, 1080],
  [1080, 1920],
])('the clock fits into %d x %d', (width, height) => {
  const { fontPx, marginPx } = watermarkSizes({ width, height });
  expect(29 * 0.66 * fontPx + 2 * marginPx).toBeLessThanOrEqual(width);
  expect(fontPx).toBeGreaterThanOrEqual(14);
});
