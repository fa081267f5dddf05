import fc from 'fast-check';
import { assign, type Slot } from '../../../src/main/counter/assign.js';
import { readLines } from '../../../src/main/counter/count-lines.js';
import { parseCounterConfig } from '../../../src/main/counter/counter-config.js';
import type { SourceNow } from '../../../src/main/counter/counter.js';
import { drawDashboard, plainLine, type DashboardState } from '../../../src/main/counter/dashboard.js';
import { planSource } from '../../../src/main/counter/plan-sources.js';
import type { Crossing } from '../../../src/main/counter/protocol.js';
import type { SourceSpec } from '../../../src/main/counter/source-spec.js';
import { begun, crossed, currentOf, newTally, type Tally } from '../../../src/main/counter/tally.js';
import { allowance, NO_THROTTLE, throttled, type Throttle } from '../../../src/main/counter/throttle.js';

const SPEC: SourceSpec = {
  ...{ id: 'gate', source: 'gate.mp4', kind: 'file', classes: ['person'], fps: 10 },
  lines: [{ id: 'line-1', from: [0, 0.5], to: [1, 0.5] }],
};

describe('lines as they are written', () => {
  test('are named by their place or by themselves, and count what the source counts', () => {
    expect(readLines(['0,0.5,1,0.5', 'door = 0.2,0,0.2,1'], ['person'])).toEqual([
      { id: 'line-1', from: [0, 0.5], to: [1, 0.5], classes: ['person'] },
      { id: 'door', from: [0.2, 0], to: [0.2, 1], classes: ['person'] },
    ]);
    const own = { from: [0, 0], to: [1, 1], classes: ['car'] };
    expect(readLines([own], ['person'])[0]?.classes).toEqual(['car']);
  });

  test.each([
    ['outside the picture', ['0,0.5,1.5,0.5'], /to x is 1.5: must be in 0\.\.1/],
    ['before the picture', ['-0.1,0.5,1,0.5'], /from x is -0.1: must be in 0\.\.1/],
    ['without length', ['0.5,0.5,0.5,0.5'], /no length/],
    ['three numbers', ['0,0.5,1'], /"0,0\.5,1" is no line: write x1,y1,x2,y2/],
    ['a word', ['0,half,1,0.5'], /is no line/],
    ['nothing between commas', ['0,,1,0.5'], /is no line/],
    ['two in one place', ['0,0.5,1,0.5', '1,0.5,0,0.5'], /lies on line line-1/],
    ['one name twice', ['a=0,0.5,1,0.5', 'a=0,0.2,1,0.2'], /line a is there twice/],
  ])('%s is a mistake', (_, given, message) => {
    expect(() => readLines(given, ['person'])).toThrow(message);
  });

  test('every mistake is told at once', () => {
    expect(() => readLines(['0,0.5,1.5,0.5', '0.5,0.5,0.5,0.5'], ['person'])).toThrow(/1\.5.*no length/);
  });
});

describe('the configuration file', () => {
  const camera = { camera_id: 'gate_1', source: 'rtsp://u:${PASS}@10.0.0.5/main', threshold: 20 };

  test('takes what the manual names, with its defaults', () => {
    const raw = {
      ...{ worker_count: 4, max_workers: 8, result_output: 'results', log_level: 'WARNING' },
      cameras: [{ ...camera, alias: 'Gate', location: 'North', enabled: false }],
      videos: [{ video_id: 7, path: 'a.mp4' }],
    };
    const config = parseCounterConfig(raw, 'parallel.json', { PASS: 'x' });
    expect(config).toMatchObject({ worker_count: 4, log_level: 'warn' });
    expect(config.cameras[0]).toMatchObject({ source: 'rtsp://u:x@10.0.0.5/main', enabled: false });
    expect(config.videos[0]).toMatchObject({ video_id: '7', enabled: true });
  });

  test('tells all mistakes at once: field, value, what it should be; and no credentials', () => {
    const raw = {
      ...{ worker_count: 0, max_workers: 'many', log_level: 'loud', outputs: 'x' },
      cameras: [
        { camera_id: 'a/b', source: 'rtsp://u:secret@h/', threshold: -1 },
        { camera_id: 'one', source: 7, colour: 'red' },
      ],
      videos: [{ video_id: 'ONE', path: '' }, { path: 'x.mp4' }],
    };
    let message = '';
    try {
      parseCounterConfig(raw, 'parallel.json', {});
    } catch (error) {
      message = (error as Error).message;
    }
    for (const part of [
      'worker_count is 0: must be from 1 to 256',
      'max_workers is "many": must be a whole number',
      'log_level is "loud": must be trace, debug',
      'outputs is no field',
      'cameras[0].camera_id is "a/b": must be 1-64',
      'cameras[0].threshold is -1:',
      'cameras[1].source must be a text',
      'cameras[1].colour is no field',
      'videos[0].path is "": must not be empty',
      'videos[1].video_id is missing',
    ])
      expect(message).toContain(part);
    expect(message).not.toContain('secret');
  });

  test('an id that is there twice, also in other capitals, and a variable that is not set', () => {
    const videos = [{ video_id: 'GATE_1', path: 'a.mp4' }];
    expect(() => parseCounterConfig({ cameras: [camera], videos }, 'p.json', { PASS: 'x' })).toThrow(
      /videos\[0\]\.video_id is "GATE_1": is there twice/,
    );
    expect(() => parseCounterConfig({ cameras: [camera] }, 'p.json', {})).toThrow(/refers to PASS/);
  });
});

describe('planning a source', () => {
  test.each([
    ['videos/Gate 1.mp4', 'gate-1'],
    ['rtsp://user:secret@10.0.0.5:554/main?x=1', '10-0-0-5-main'],
    ['total.avi', 'source-total'],
    ['/dev/video0', 'video0'],
    ['bãi xe.mp4', 'bãi-xe'],
  ])('%s is called %s', (source, id) => {
    expect(planSource({ source }, {}, new Set()).id).toBe(id);
    expect(planSource({ source }, {}, new Set([id])).id).toBe(`${id}-2`);
  });

  test('what is wrong with one source refuses that one, without its credentials', () => {
    const wrong = planSource({ id: 'a', source: 'gopher://u:secret@h/x' }, {}, new Set());
    expect(wrong).toMatchObject({ id: 'a', refused: expect.stringContaining('"gopher"') as string });
    expect((wrong as { refused: string }).refused).not.toContain('secret');
    const line = planSource({ id: 'b', source: 'b.mp4', lines: ['0,0,2,0'] }, {}, new Set());
    expect(line).toMatchObject({ refused: expect.stringContaining('to x is 2') as string });
    const unknown = planSource({ id: 'c', source: 'c.mp4', classes: ['unicorn'] }, {}, new Set());
    expect(unknown).toMatchObject({ refused: expect.stringContaining('"unicorn"') as string });
  });
});

describe('who gets what', () => {
  const slots = (...given: [number, number][]): Slot[] =>
    given.map(([files, lives], i) => ({ worker: i + 1, files, lives }));
  const files = (...ids: string[]) => ids.map((id) => ({ id, kind: 'file' as const }));

  test('one file a worker, in their order, the next when one is free', () => {
    expect(assign(files('a', 'b', 'c'), slots([0, 0], [0, 0]), 2)).toEqual([
      { id: 'a', worker: 1 },
      { id: 'b', worker: 2 },
    ]);
    expect(assign(files('c'), slots([1, 0], [0, 0]), 2)).toEqual([{ id: 'c', worker: 2 }]);
    expect(assign(files('c'), slots([1, 0], [0, 0]), 1)).toEqual([]);
  });

  test('live sources never wait behind files, and are spread', () => {
    const waiting = [...files('a', 'b'), ...['x', 'y', 'z'].map((id) => ({ id, kind: 'live' as const }))];
    const given = assign(waiting, slots([1, 0], [1, 0]), 2);
    expect(given).toEqual([
      { id: 'x', worker: 1 },
      { id: 'y', worker: 2 },
      { id: 'z', worker: 1 },
    ]);
  });

  test('nobody gets two files, nothing is given twice, every live source is given', () => {
    const kinds = fc.array(fc.constantFrom('file' as const, 'live' as const), { maxLength: 30 });
    const places = fc.array(fc.tuple(fc.integer({ min: 0, max: 1 }), fc.nat(3)), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(kinds, places, fc.integer({ min: 1, max: 6 }), (given, at, most) => {
        const waiting = given.map((kind, i) => ({ id: String(i), kind }));
        const before = slots(...at);
        const result = assign(waiting, before, most);
        expect(new Set(result.map(({ id }) => id)).size).toBe(result.length);
        const isFile = ({ id }: { id: string }): boolean => given[Number(id)] === 'file';
        expect(result.filter((one) => !isFile(one))).toHaveLength(
          given.filter((kind) => kind === 'live').length,
        );
        for (const { worker, files: had } of before)
          expect(
            had + result.filter((one) => isFile(one) && one.worker === worker).length,
          ).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('holding back', () => {
  const BUSY = { loadPerCore: 6, memory: 0.3 };
  const CALM = { loadPerCore: 1, memory: 0.3 };
  const after = (state: Throttle, pressure: typeof BUSY, seconds: number, from: number): Throttle => {
    let now = state;
    for (let s = 0; s <= seconds; s += 2) now = throttled(now, pressure, (from + s) * 1000);
    return now;
  };

  test('only pressure that lasts counts, a step at a time, and calm that lasts takes it back', () => {
    expect(after(NO_THROTTLE, BUSY, 20, 0).level).toBe(0);
    const held = after(NO_THROTTLE, BUSY, 32, 0);
    expect(held).toMatchObject({ level: 1, why: 'cpu' });
    expect(allowance(held, 4)).toEqual({ files: 2, share: 0.5 });
    expect(after(held, { loadPerCore: 3.5, memory: 0.3 }, 300, 40).level).toBe(1);
    expect(after(held, CALM, 20, 40).level).toBe(1);
    expect(after(held, CALM, 32, 40)).toMatchObject({ level: 0 });
  });

  test('a lack of memory goes down to one file; something is always done', () => {
    const short = after(NO_THROTTLE, { loadPerCore: 1, memory: 0.97 }, 600, 0);
    expect(short).toMatchObject({ level: 3, why: 'memory' });
    expect(allowance(short, 8)).toEqual({ files: 1, share: 0.25 });
    expect(allowance(after(NO_THROTTLE, BUSY, 600, 0), 8).files).toBe(4);
  });
});

describe('adding up', () => {
  const cross = (direction: 'in' | 'out', at = 1000): Crossing => ({
    ...{ line: 'line-1', direction, class: 'person', at, seconds: at / 1000 },
    ...{ frame: 1, trackId: 1, score: 0.9 },
  });
  const walk = (tally: Tally, ...directions: ('in' | 'out')[]) => {
    let now = tally;
    const alerts = directions.flatMap((direction) => {
      const { tally: next, alert } = crossed(now, cross(direction));
      now = next;
      return alert ? [alert] : [];
    });
    return { now, alerts };
  };

  test('one alert over the threshold, one when it falls back, none between', () => {
    const tally = newTally({ ...SPEC, threshold: 2 });
    const { alerts, now } = walk(tally, 'in', 'in', 'in', 'out', 'in', 'out', 'out', 'out', 'out');
    expect(alerts.map(({ phase, current }) => [phase, current])).toEqual([
      ['begin', 3],
      ['end', 1],
    ]);
    expect(currentOf(now)).toBe(0);
    expect(now.lines[0]).toEqual({ id: 'line-1', in: 4, out: 5, byClass: { person: { in: 4, out: 5 } } });
  });

  test('a file that is begun again is counted anew, a live source goes on', () => {
    const counted = { ...walk(begun(newTally(SPEC), 1), 'in', 'in').now, lost: 1 };
    expect(begun(counted, 2)).toMatchObject({ reading: 2, lost: 1, lines: [{ in: 0 }] });
    const live = walk(begun(newTally({ ...SPEC, kind: 'live' }), 1), 'in', 'in').now;
    expect(begun(live, 2)).toMatchObject({ reading: 2, startedAt: 1, lines: [{ in: 2 }] });
  });
});

describe('the dashboard', () => {
  const source = (id: string, status: string, more: Partial<SourceNow> = {}): SourceNow => ({
    ...{ id, source: id, status, fps: 12.3, in: 3, out: 1, lines: [], current: 2, elapsedMs: 30_000 },
    frames: { captured: 10, analysed: 10, gated: 0, dropped: 0, failed: 0 },
    ...more,
  });
  const state: DashboardState = {
    sources: [
      source('late', 'waiting'),
      source('gate', 'ok', { progress: 0.25, alias: 'Cổng \u001b[31m chính' }),
      source('yard', 'failed', { error: 'no video' }),
    ],
    statistics: {
      ...{ elapsedMs: 61_000, fps: 12.3, errorRate: 0.012, memoryBytes: 5e8, load: 1.5 },
      workers: { wanted: 2, ready: 1, pids: [1] },
      sources: { waiting: 1, running: 1, finished: 0, stopped: 0, failed: 1 },
      throttle: { level: 1, why: 'cpu' },
    },
    notes: ['ALERT gate: 21 inside, more than 20'],
  };

  test('shows sources, totals, workers, queue, errors, progress and time left', () => {
    const text = drawDashboard(state, 120, 40).join('\n');
    for (const part of [
      '1m01s',
      'workers 1/2',
      'waiting 1',
      'frame errors 1.2 %',
      'throttled 1/3',
      '25%',
      '1m30s',
    ])
      expect(text).toContain(part);
    expect(text).toContain('TOTAL  in 9  out 3  net 6');
    expect(text).toContain('ALERT gate');
    expect(text).not.toContain('\u001b');
    // What runs comes first, what waits last.
    expect(text.indexOf('Cổng')).toBeLessThan(text.indexOf('yard'));
    expect(text.indexOf('yard')).toBeLessThan(text.indexOf('late'));
  });

  test('fits any terminal; counts stay to the last', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 150 }), fc.integer({ min: 1, max: 40 }), (columns, rows) => {
        const lines = drawDashboard(state, columns, rows);
        expect(lines.length).toBeLessThanOrEqual(rows);
        for (const line of lines) expect([...line].length).toBeLessThanOrEqual(Math.max(1, columns));
      }),
    );
    const narrow = drawDashboard(state, 36, 40).join('\n');
    expect(narrow).toMatch(/SOURCE .*IN .*OUT/);
    expect(narrow).not.toContain('LEFT');
    const many = { ...state, sources: Array.from({ length: 90 }, (_, i) => source(`s${i}`, 'waiting')) };
    expect(drawDashboard(many, 80, 24).join('\n')).toMatch(/… and \d+ more/);
  });

  test('without a terminal it is one line', () => {
    const line = plainLine(state);
    expect(line).toContain('1/2 workers');
    expect(line).toContain('gate ok 25% 12.3 fps in 3 out 1');
    for (const control of ['\n', '\u001b']) expect(line).not.toContain(control);
  });
});
