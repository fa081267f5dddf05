import fc from 'fast-check';
import {
  createSegmenter,
  type SegmenterOptions,
  type SegmentStep,
  type TimedFragment,
} from '../../src/domain/segmenter.js';
import { segmentPath, startOfPath } from '../../src/domain/segment-path.js';

const T0 = 1_795_251_600_000;

interface Numbered extends TimedFragment {
  readonly n: number;
}

/** Fragments of a second from `fromS` on; each that is in `keys` is a key one. */
function fragments(count: number, isKey: (n: number) => boolean, fromS = 0, bytes = 10): Numbered[] {
  return Array.from({ length: count }, (_, n) => ({
    n,
    isKey: isKey(n),
    startAt: T0 + (fromS + n) * 1000,
    endAt: T0 + (fromS + n + 1) * 1000,
    bytes: new Uint8Array(bytes),
  }));
}

const all = () => true;
const options = (given: Partial<SegmenterOptions> = {}): SegmenterOptions => ({
  ...{ mode: 'always', segmentS: 10, preRollS: 5, postRollS: 5 },
  ...given,
});

/** The files that the steps make, each a list of numbers. */
function filesOf(steps: readonly SegmentStep<Numbered>[]): number[][] {
  const files: number[][] = [];
  let isOpen = false;
  for (const step of steps) {
    if (step.do === 'open') files.push([step.fragment.n]);
    if (step.do === 'append') {
      if (!isOpen) throw new Error(`${step.fragment.n} is appended to nothing`);
      files.at(-1)?.push(step.fragment.n);
    }
    isOpen = step.do !== 'close';
  }
  return files;
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

describe('always', () => {
  it.each<[string, (n: number) => boolean, number, number[][]]>([
    ['at each boundary', all, 0, [range(0, 10), range(10, 20), range(20, 25)]],
    [
      'at the first boundary after a start in between',
      all,
      7,
      [range(0, 3), range(3, 13), range(13, 23), range(23, 25)],
    ],
    [
      'at the first key frame after a boundary',
      (n) => n % 4 === 0,
      0,
      [range(0, 12), range(12, 20), range(20, 25)],
    ],
    ['nowhere without key frames', (n) => n === 0, 0, [range(0, 25)]],
    ['from the first key frame on', (n) => n === 3 || n > 20, 0, [range(3, 21), range(21, 25)]],
  ])('cuts %s', (_, isKey, fromS, wanted) => {
    const segmenter = createSegmenter<Numbered>(options());
    expect(filesOf(fragments(25, isKey, fromS).flatMap((one) => segmenter.take(one)))).toEqual(wanted);
  });

  it('begins a new file at the first key frame after a break', () => {
    const segmenter = createSegmenter<Numbered>(options());
    const [a, b, c, d] = fragments(4, (n) => n !== 2) as [Numbered, Numbered, Numbered, Numbered];
    const steps = [...segmenter.take(a), ...segmenter.take(b), ...segmenter.broken()];
    expect(steps.at(-1)).toEqual({ do: 'close' });
    expect(segmenter.broken()).toEqual([]);
    expect(filesOf([...segmenter.take(c), ...segmenter.take(d)])).toEqual([[3]]);
  });

  it('loses nothing and doubles nothing from the first key frame on', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { maxLength: 60 }),
        fc.integer({ min: 5, max: 20 }),
        (keys, segmentS) => {
          const segmenter = createSegmenter<Numbered>(options({ segmentS }));
          const given = fragments(keys.length, (n) => keys[n] === true, 3);
          const files = filesOf(given.flatMap((one) => segmenter.take(one)));
          const first = keys.indexOf(true);
          expect(files.flat()).toEqual(first === -1 ? [] : range(first, keys.length));
          for (const [i, file] of files.entries()) {
            expect(keys[file[0] ?? -1]).toBe(true);
            const slots = new Set(
              file.filter((n) => keys[n]).map((n) => Math.floor((3 + n + T0 / 1000) / segmentS)),
            );
            expect(slots.size).toBe(1);
            expect(
              i === 0 || !slots.has(Math.floor((3 + (files[i - 1]?.[0] ?? 0) + T0 / 1000) / segmentS)),
            ).toBe(true);
          }
        },
      ),
    );
  });
});

describe('motion', () => {
  /** Movements as (told after fragment n, at second s). */
  function record(
    given: readonly Numbered[],
    movements: readonly { after: number; atS: number }[],
    more: Partial<SegmenterOptions> = {},
  ): number[][] {
    const segmenter = createSegmenter<Numbered>(options({ mode: 'motion', segmentS: 3600, ...more }));
    return filesOf(
      given.flatMap((one) => [
        ...segmenter.take(one),
        ...movements
          .filter(({ after }) => after === one.n)
          .flatMap(({ atS }) => segmenter.moved(T0 + atS * 1000)),
      ]),
    );
  }

  it.each<
    [string, (n: number) => boolean, { after: number; atS: number }[], Partial<SegmenterOptions>, number[][]]
  >([
    ['nothing while nothing moves', all, [], {}, []],
    ['from before to after the movement', all, [{ after: 20, atS: 20.5 }], {}, [range(15, 26)]],
    ['what there is before', all, [{ after: 2, atS: 2.5 }], {}, [range(0, 8)]],
    ['from the key frame before', (n) => n % 4 === 0, [{ after: 20, atS: 20.5 }], {}, [range(12, 28)]],
    [
      'longer when it moves on',
      all,
      [
        { after: 20, atS: 20.5 },
        { after: 24, atS: 24.5 },
      ],
      {},
      [range(15, 30)],
    ],
    [
      'twice',
      all,
      [
        { after: 10, atS: 10.5 },
        { after: 30, atS: 30.5 },
      ],
      {},
      [range(5, 16), range(25, 36)],
    ],
    [
      'without a hole where the rolls meet',
      (n) => n % 3 === 0,
      [
        { after: 10, atS: 10.5 },
        { after: 22, atS: 22.5 },
      ],
      {},
      [range(3, 18), range(18, 30)],
    ],
    ['only what moved, without rolls', all, [{ after: 9, atS: 9.5 }], { preRollS: 0, postRollS: 0 }, [[9]]],
    ['cut at boundaries', all, [{ after: 20, atS: 20.5 }], { segmentS: 10 }, [range(15, 20), range(20, 26)]],
    ['an end even without a key frame', (n) => n === 0, [{ after: 2, atS: 2.5 }], {}, [range(0, 18)]],
  ])('records %s', (_, isKey, movements, more, wanted) => {
    expect(record(fragments(40, isKey), movements, more)).toEqual(wanted);
  });

  it('keeps no more than its bound in memory: whole groups of pictures go', () => {
    const given = fragments(21, (n) => n % 2 === 0, 0, 1000);
    expect(record(given, [{ after: 20, atS: 20.5 }], { preRollS: 60, maxHeldBytes: 5500 })).toEqual([
      range(16, 21),
    ]);
    const oneGroup = fragments(21, (n) => n === 0 || n === 19, 0, 1000);
    expect(record(oneGroup, [{ after: 20, atS: 20.5 }], { preRollS: 60, maxHeldBytes: 5500 })).toEqual([
      [19, 20],
    ]);
  });

  it('records each second around a movement once, and nothing far from one', () => {
    const movement = fc.record({ after: fc.integer({ min: 0, max: 99 }), lateS: fc.constantFrom(0, 0.5, 1) });
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { minLength: 100, maxLength: 100 }),
        fc.array(movement, { maxLength: 8 }),
        (keys, moved) => {
          const isKey = (n: number) => n % 8 === 0 || keys[n] === true;
          const movements = moved
            .map(({ after, lateS }) => ({ after, atS: after + 1 - lateS }))
            // The analysis sees frames in order.
            .sort((a, b) => a.atS - b.atS);
          const recorded = record(fragments(100, isKey), movements).flat();
          expect(recorded).toEqual([...new Set(recorded)].sort((a, b) => a - b));
          const wanted = range(0, 100).filter((n) =>
            movements.some(({ atS }) => n + 1 > atS - 5 && n < atS + 5),
          );
          expect(recorded).toEqual(expect.arrayContaining(wanted));
          for (const n of recorded) {
            const ahead = movements.some(({ atS }) => {
              const from = range(0, Math.max(1, Math.floor(atS - 5) + 1)).findLast(isKey) ?? 0;
              return n >= from && n < atS + 5 + 10;
            });
            expect(ahead).toBe(true);
          }
        },
      ),
    );
  });
});

describe('paths', () => {
  it('say when they begin', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000_000 }), (at) => {
        expect(startOfPath(segmentPath('gate-1', at))).toBe(at);
      }),
    );
    expect(segmentPath('gate-1', 1_795_251_600_123)).toBe('gate-1/2026-11-21/09-00-00.123Z.mp4');
  });

  it.each([
    '../gate-1/2026-11-21/09-00-00.123Z.mp4',
    'gate-1/../2026-11-21/09-00-00.123Z.mp4',
    '/gate-1/2026-11-21/09-00-00.123Z.mp4',
    'gate-1/2026-13-21/09-00-00.123Z.mp4',
    'gate-1/2026-11-21/09-00-00.123Z.mp4/x',
    'gate-1/2026-11-21/09-00-00.123Z.mp4\n',
    'Gate/2026-11-21/09-00-00.123Z.mp4',
    '',
  ])('%j is none', (path) => {
    expect(startOfPath(path)).toBeUndefined();
  });
});
