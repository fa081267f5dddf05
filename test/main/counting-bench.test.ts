import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { createCentroidTracker } from '../../src/main/bench/centroid-tracker.js';
import { scoreLine, total } from '../../src/main/bench/counting-score.js';
import { truthClips, type Passing } from '../../src/main/bench/counting-truth.js';
import { figuresOf } from '../../src/main/bench/counting.js';
import { isMet } from '../../src/main/bench/figure.js';

let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'counting-bench-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

const up = (...frames: number[]): Passing[] => frames.map((frame) => ({ frame, direction: 'out' }));
const down = (...frames: number[]): Passing[] => frames.map((frame) => ({ frame, direction: 'in' }));

describe('the truth of a folder', () => {
  test('lines by letter, by what is counted and by way; other items are left alone', async () => {
    const items = [
      { file: 'a.mp4', kind: 'traffic', events: { line: [0, 0.5, 1, 0.5], fps: 25, down: [[42, 'car']] } },
      {
        file: 'b.mp4',
        kind: 'traffic',
        events: {
          lineA: [0, 0.7, 0.5, 0.7],
          lineB: [1, 0.5, 0.7, 0.5],
          A_down: [[13, 'car']],
          B_up: [[35, 'van']],
        },
      },
      { file: 'c.mp4', kind: 'people', events: { line: [0, 0.4, 1, 0.4], up: [30], vehicle_up: [195] } },
      { file: 'd.mp4', kind: 'suspicious', events: { bag_down: 5 } },
      { file: 'e.jpg', kind: 'plates' },
    ];
    await writeFile(join(folder, 'truth.json'), JSON.stringify({ items }));
    const clips = truthClips(folder);
    expect(clips.map(({ name, lines }) => [name, lines.map(({ id, truth }) => [id, truth])])).toEqual([
      ['a.mp4', [['vehicles', down(42)]]],
      // Drawn from right to left, away from the camera is `in`.
      [
        'b.mp4',
        [
          ['vehicles-a', down(13)],
          ['vehicles-b', down(35)],
        ],
      ],
      [
        'c.mp4',
        [
          ['people', up(30)],
          ['vehicles', up(195)],
        ],
      ],
    ]);
  });

  test('counts without their line are a mistake that names the file', async () => {
    const items = [{ file: 'a.mp4', kind: 'traffic', events: { down: [1] } }];
    await writeFile(join(folder, 'truth.json'), JSON.stringify({ items }));
    expect(() => truthClips(folder)).toThrow(/truth\.json cannot be used/);
  });

  test('none without the file', () => expect(truthClips(join(folder, 'none'))).toEqual([]));
});

describe('the score of a line', () => {
  test('two mistakes that make up for each other in the sum are seen', () => {
    const score = scoreLine([...up(100), ...down(300)], [...up(300), ...down(100)], 25);
    expect(score).toMatchObject({ error: 0, right: 0 });
    expect(total([score])).toMatchObject({ errorPercent: 0, precision: 0, recall: 0 });
  });

  test('one too many down does not make up for one too few up', () => {
    expect(scoreLine([...up(100)], [...down(100)], 25).error).toBe(2);
  });

  test('each crossing is paired once, and not with one far away', () => {
    expect(scoreLine(up(100, 110), up(104, 500), 10).right).toBe(1);
    expect(scoreLine(up(100), up(99, 101), 10)).toMatchObject({ right: 1, error: 1 });
  });

  test('found a few frames late: all right, whatever their number', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(5000)), fc.integer({ min: -10, max: 10 }), (frames, late) => {
        const found = up(...frames.map((frame) => frame + late));
        expect(scoreLine(up(...frames), found, 10)).toMatchObject({ right: frames.length, error: 0 });
      }),
      { numRuns: 50 },
    );
  });
});

describe('the plain centroid tracker', () => {
  const line = { from: [0, 0.5], to: [1, 0.5] } as const;
  test('counts who walks over the line, once', () => {
    const tracker = createCentroidTracker(line, 4 / 3);
    [0.3, 0.38, 0.46, 0.54, 0.62, 0.54, 0.46, 0.3].forEach((y, i) => tracker.look([{ x: 0.4, y }], i));
    expect(tracker.counted).toEqual([{ frame: 3, direction: 'in' }]);
  });

  test('loses who goes farther than 50 px between looks', () => {
    const tracker = createCentroidTracker(line, 4 / 3);
    [0.2, 0.45, 0.7, 0.95].forEach((y, i) => tracker.look([{ x: 0.4, y }], i));
    expect(tracker.counted).toEqual([]);
  });
});

test('a row says what is true and what each counted; totals have the aim', () => {
  const line = (found: Passing[]) =>
    scoreLine(up(...Array.from({ length: 20 }, (_, i) => 50 * i)), found, 10);
  const [row, error] = figuresOf([
    {
      ...{ clip: 'a.mp4', line: 'vehicles', counted: 'vehicles' },
      ours: line(up(...Array.from({ length: 18 }, (_, i) => 50 * i))),
      seldom: line([]),
      often: line(up(0)),
    },
  ]);
  expect(row!.what).toBe('a.mp4, vehicles, in/out: truth 0/20, ours 0/18, centroid 0/0 (as many looks: 0/1)');
  expect(error).toMatchObject({ what: 'vehicles: error (2 of 20)', value: 10, unit: '% of truth' });
  expect(isMet(error!)).toBe(false);
});
