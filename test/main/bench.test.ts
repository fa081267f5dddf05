import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { figureRows, median, type Figure } from '../../src/main/bench/figure.js';
import { CYCLE_FRAMES, MIXED_FPS, openFootage } from '../../src/main/bench/footage.js';
import { difference } from '../../src/main/bench/gate-check.js';
import { countOf, since } from '../../src/main/bench/looks.js';
import { measureQueue } from '../../src/main/bench/queue.js';
import { rateOf, timeFor } from '../../src/main/bench/progress.js';
import { createFfmpegSources } from '../../src/io/ffmpeg/sources.js';
import { InputError } from '../../src/errors.js';
import { bench } from '../../src/main/commands/bench.js';
import { makeClip } from '../io/ffmpeg/media.js';

const ROOT = join(__dirname, '../..');
let folder: string;
let clip: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bench-test-'));
  clip = await makeClip(join(folder, 'clip.mp4'), 'testsrc2=size=160x120:rate=10:duration=8');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The command line from source; its own folder for temporary files, so that what it leaves there is seen. */
function startBench(...args: string[]): ChildProcess {
  const register = join(ROOT, 'test/support/register-ts.cjs');
  return spawn(process.execPath, ['-r', register, join(ROOT, 'src/main/cli.ts'), 'bench', ...args], {
    env: { ...process.env, TMPDIR: folder, LOG_LEVEL: 'info' },
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function ended(child: ChildProcess): Promise<{ code: number | null; out: string; err: string }> {
  const text = { out: '', err: '' };
  child.stdout?.on('data', (chunk: Buffer) => (text.out += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (text.err += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...text };
}

/** Command lines of processes that work in the folder of this test. */
async function processesLeft(): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const of = async (pid: string): Promise<string> => {
    const [line, environ] = await Promise.all(
      ['cmdline', 'environ'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')),
    );
    return line?.includes(folder) || environ?.includes(`TMPDIR=${folder}`) ? (line ?? '') : '';
  };
  return (await Promise.all(pids.map(of))).filter((line) => line !== '');
}

/** Processes and folders of the benchmark. */
async function left(): Promise<string[]> {
  const folders = (await readdir(folder)).filter((name) => name.startsWith('camqueue'));
  return [...folders, ...(await processesLeft())];
}

test('the figures of the road agree with each other, and nothing is left behind', async () => {
  const { code, out, err } = await ended(
    startBench('--video', clip, '--seconds', '1', '--only', 'road', '--json'),
  );
  expect({ code, err }).toMatchObject({ code: 0 });
  const [machine, ...figures] = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Figure & { type: string; met?: boolean });
  expect(machine).toMatchObject({ type: 'machine', seconds: 1 });
  const [bare = 0, road = 0, share = 0] = figures.map(({ value }) => value);
  expect(figures.map(({ part, unit }) => `${part} ${unit}`)).toEqual([
    'bare frames/s',
    'road frames/s',
    'road x',
  ]);
  // A median of ratios is near the ratio of the medians, not equal to it; other work of the machine parts them.
  expect(share / (road / bare)).toBeGreaterThan(0.1);
  expect(share / (road / bare)).toBeLessThan(10);
  expect(figures[2]?.met).toBe(share >= 0.8);
  expect(await left()).toEqual([]);
}, 240_000);

test('the figures of the queue agree with each other', async () => {
  const footage = await openFootage(clip, 1, new AbortController().signal);
  const context = { footage, seconds: 0.5, signal: new AbortController().signal, figures: [] };
  const [bare, ours, share, logged] = (await measureQueue(context)).map(({ value }) => value);
  await footage.remove();
  expect(bare).toBeGreaterThan(0);
  expect(logged).toBeGreaterThan(0);
  expect((share ?? 0) / ((ours ?? 0) / (bare ?? 0))).toBeGreaterThan(0.1);
  expect((share ?? 0) / ((ours ?? 0) / (bare ?? 0))).toBeLessThan(10);
}, 240_000);

test('Ctrl-C in the middle stops every process and removes the temporary folders', async () => {
  const child = startBench('--video', clip, '--seconds', '30', '--only', 'road');
  const done = ended(child);
  const isUnderWay = async (): Promise<boolean> =>
    (await processesLeft()).some((line) => line.split('\0').includes('sampler'));
  while (child.exitCode === null && !(await isUnderWay())) await delay(50);
  child.kill('SIGINT');
  const { code, err } = await done;
  expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining('stopped') as string });
  expect(await left()).toEqual([]);
}, 240_000);

test.each([
  [{ video: '/nowhere/clip.mp4' }, /\/nowhere\/clip\.mp4 does not exist: .*--video/],
  [{ only: ['rode'] }, /--only "rode": there is no such part; parts: road, gate/],
])('wrong usage %j is told with its fix', async (options, message) => {
  const wrong = bench({ seconds: 1, ...options });
  await expect(wrong).rejects.toThrow(message);
  await expect(wrong).rejects.toBeInstanceOf(InputError);
});

test('the mixed clip has as many frames as a cycle says, and moves at its end only', async () => {
  const signal = new AbortController().signal;
  const footage = await openFootage(clip, 1, signal);
  try {
    const { once: mixed } = await footage.mixed();
    const source = createFfmpegSources().open(
      { kind: 'file', location: mixed, label: mixed },
      { fps: MIXED_FPS, maxWidth: 160, signal },
    );
    const changes: number[] = [];
    let before: Uint8Array | undefined;
    for (let next = await source.next(); next; next = await source.next()) {
      changes.push(before ? meanChange(before, next.picture.data) : 0);
      before = next.picture.data;
    }
    await source.close();
    expect(changes).toHaveLength(CYCLE_FRAMES);
    const still = Math.max(...changes.slice(1, 440));
    const moving = Math.min(...changes.slice(-40));
    // Noise, so that the gate has something to be unmoved by.
    expect(median(changes.slice(1, 440))).toBeGreaterThan(0.2);
    expect(moving).toBeGreaterThan(2 * still);
  } finally {
    await footage.remove();
  }
}, 240_000);

function meanChange(a: Uint8Array, b: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < 160 * 120; i++) sum += Math.abs((a[i] ?? 0) - (b[i] ?? 0));
  return sum / (160 * 120);
}

test('rates are taken between commits, and cycles are cut out of them exactly', () => {
  const points = [
    { ms: 1000, frames: 40 },
    { ms: 1500, frames: 50 },
    { ms: 3000, frames: 90 },
  ];
  expect(rateOf(points)).toBe(25);
  expect(timeFor(points, 30)).toBe(500 + 1500 / 2);
  expect(timeFor(points, 51)).toBeUndefined();
  expect(() => rateOf(points.slice(0, 1))).toThrow(/more --seconds/);
});

test('a crossing is found again by line, direction and time, each once', () => {
  const crossing = (line: string, at: number) =>
    ({ type: 'crossing', id: `${line}${at}`, cameraId: 'c', line, direction: 'in', at }) as const;
  const open = [crossing('a', 1000), crossing('a', 1200), crossing('b', 5000)];
  expect(difference(open, [crossing('a', 1100), crossing('b', 5900)])).toEqual({
    crossings: 3,
    lost: 1,
    added: 0,
  });
  expect(difference(open.slice(0, 1), [crossing('a', 2001)])).toEqual({ crossings: 1, lost: 1, added: 1 });
});

test('what was counted before the measurement is taken out of it', () => {
  const sets = (process: string, value: number) => [
    [
      {
        name: 'm',
        help: '',
        type: 'histogram' as const,
        values: [{ value, labels: { process }, metricName: 'm_count' }],
      },
    ],
  ];
  expect(countOf(since(sets('one', 5), [...sets('one', 12), ...sets('two', 3)]), 'm')).toBe(10);
});

test('the table says of each aim whether it is met', () => {
  const rows = figureRows([
    { part: 'a', what: 'least', value: 0.8, unit: 'x', aim: { least: 0.8 } },
    { part: 'a', what: 'most', value: 301, unit: 'ms', aim: { most: 300 } },
    { part: 'a', what: 'none', value: 1234.5, unit: 'jobs/s' },
  ]);
  expect(rows.slice(1).map((row) => row.at(-1))).toEqual(['met', 'missed', '']);
  expect(rows[3]?.[2]).toBe('1235');
});
