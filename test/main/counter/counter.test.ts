import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'csv-parse/sync';
import { createCounter, type Counter, type CounterOptions } from '../../../src/main/counter/counter.js';
import { startRtsp, type RtspServer } from '../../support/rtsp.js';

const SAMPLE = resolve(__dirname, '../../../media/vtest.avi');
const execArgv = ['-r', resolve(__dirname, '../../support/register-ts.cjs')];
/** Of the sample: so much that people have crossed the line. */
const CLIP_S = '4';

let folder: string;
let clip: string;
let output: string;
let counters: Counter[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'camqueue-count-'));
  clip = join(folder, 'clip.avi');
  await promisify(execFile)('ffmpeg', ['-v', 'error', '-i', SAMPLE, '-t', CLIP_S, '-c', 'copy', clip]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(async () => {
  output = await mkdtemp(join(folder, 'results-'));
});
afterEach(async () => {
  const pids = await Promise.all(counters.map(async (counter) => (await counter.statistics()).workers.pids));
  counters.forEach((counter) => counter.kill());
  counters = [];
  expect(pids.flat()).toEqual([]);
});

function newCounter(options: CounterOptions = {}): Counter {
  const counter = createCounter({ output, workers: 1, throttle: false, execArgv, ...options });
  counters.push(counter);
  return counter;
}

async function rows(name: string): Promise<Record<string, string>[]> {
  return parse(await readFile(join(output, name)), { bom: true, columns: true });
}

test('counts what can be counted; what cannot fails alone, and everything is written', async () => {
  await copyFile(clip, join(folder, 'again.avi'));
  await writeFile(join(folder, 'text.mp4'), 'no video');
  const counter = newCounter({ workers: 2, threshold: 1, lines: ['1,0.5,0,0.5'] });
  const told: string[] = [];
  counter.onCrossing((source) => told.push(source));
  const alerts: string[] = [];
  counter.onAlert((source, { phase, current }) => alerts.push(`${source} ${phase} ${current}`));
  counter.addVideo({ id: 'clip', path: clip, alias: '=1+1', location: 'North' });
  counter.addVideo({ path: join(folder, 'again.avi') });
  counter.addVideo({ path: join(folder, 'text.mp4') });
  counter.addVideo({ path: join(folder, 'missing.mp4') });
  counter.addCamera({ id: 'cam', source: 'rtsp://user:secret@127.0.0.1:1/x', lines: ['0,0.5,1.5,0.5'] });
  expect(() => counter.addVideo({ id: 'CLIP', path: clip })).toThrow(/used twice/);
  await counter.start();
  const document = await counter.done();

  const [first, again, text, missing, camera] = document.sources;
  expect(first).toMatchObject({ id: 'clip', status: 'finished', out: 0 });
  expect(first!.in).toBeGreaterThanOrEqual(2);
  expect(first!.frames).toMatchObject({ captured: 40, failed: 0, dropped: 0 });
  expect(first!.lines).toEqual([
    { id: 'line-1', in: first!.in, out: 0, byClass: { person: { in: first!.in, out: 0 } } },
  ]);
  expect(again).toMatchObject({ id: 'again', status: 'finished', in: first!.in });
  expect(text).toMatchObject({ status: 'failed', error: expect.stringMatching(/text\.mp4/) as string });
  expect(missing).toMatchObject({
    status: 'failed',
    error: expect.stringMatching(/does not exist/) as string,
  });
  expect(camera).toMatchObject({ source: 'rtsp://***@127.0.0.1:1/x', status: 'failed', lines: [] });
  expect(camera!.error).toMatch(/to x is 1\.5: must be in 0\.\.1/);
  expect(document.total).toEqual({ in: 2 * first!.in, out: 0, net: 2 * first!.in });
  expect(told.filter((id) => id === 'clip')).toHaveLength(first!.in);
  expect(alerts.filter((alert) => alert.startsWith('clip'))).toEqual(['clip begin 2']);

  const crossings = await rows('clip.csv');
  expect(crossings).toHaveLength(first!.in);
  expect(crossings[0]).toMatchObject({ line: 'line-1', direction: 'in', class: 'person', reading: '1' });
  // Where it was and when, as far as it can be looked at in the file.
  expect(Number(crossings[0]!['seconds'])).toBeCloseTo(Number(crossings[0]!['frame']) / 10, 0);
  expect(crossings[0]!['trace']).toMatch(/^0\.\d+ 0\.\d+ \d+\.\d+; /);
  const total = await rows('total.csv');
  expect(total[0]).toMatchObject({
    id: 'clip',
    alias: "'=1+1",
    in: String(first!.in),
    net: String(first!.in),
  });
  expect(total.at(-1)).toMatchObject({ id: 'total', net: String(document.total.net) });
  const json = JSON.parse(await readFile(join(output, 'clip.json'), 'utf8')) as object;
  expect(json).toMatchObject({ in: first!.in, location: 'North', mediaSeconds: 4, threshold: 1 });
  expect((json as { alerts: unknown[] }).alerts).toHaveLength(1);
  const all = JSON.parse(await readFile(join(output, 'total.json'), 'utf8')) as object;
  expect(all).toMatchObject(JSON.parse(JSON.stringify(document)) as object);

  const logs = await readdir(join(output, 'logs/sources'));
  expect(logs.sort()).toEqual(['again.log', 'cam.log', 'clip.log', 'missing.log', 'text.log']);
  const written = await promisify(execFile)('grep', ['-r', 'secret', output]).catch(() => undefined);
  expect(written).toBeUndefined();
});

test('a worker killed in the middle: its file is counted again from the start, nothing is counted twice', async () => {
  const counter = newCounter();
  const id = counter.addVideo({ path: clip });
  const crossed = new Promise<void>((resolve) => counter.onCrossing(() => resolve()));
  await counter.start();
  await crossed;
  const [pid] = (await counter.statistics()).workers.pids;
  process.kill(pid!, 'SIGKILL');
  const document = await counter.done();
  expect(document.sources[0]).toMatchObject({ status: 'finished', frames: { captured: 40 } });
  const crossings = await rows(`${id}.csv`);
  expect(crossings).toHaveLength(document.total.out);
  expect(crossings.every(({ reading }) => reading === '2')).toBe(true);
  const json = JSON.parse(await readFile(join(output, `${id}.json`), 'utf8')) as object;
  expect(json).toMatchObject({ readings: 2 });
});

test('stopped: what was counted until then is the result, what waits is not begun', async () => {
  const counter = newCounter();
  counter.addVideo({ path: SAMPLE });
  counter.addVideo({ path: clip });
  const crossed = new Promise<void>((resolve) => counter.onCrossing(() => resolve()));
  await counter.start();
  await crossed;
  const document = await counter.stop();
  const [running, waiting] = document.sources;
  expect(running).toMatchObject({ status: 'stopped' });
  expect(running!.in + running!.out).toBeGreaterThan(0);
  expect(await rows('vtest.csv')).toHaveLength(running!.in + running!.out);
  expect(waiting).toMatchObject({ status: 'stopped', error: 'stopped before it was begun' });
});

describe('the results folder', () => {
  test('that cannot be written is said before anything is counted', async () => {
    await writeFile(join(folder, 'taken'), '');
    const counter = newCounter({ output: join(folder, 'taken') });
    counter.addVideo({ path: clip });
    await expect(counter.start()).rejects.toThrow(/results folder .*taken cannot be written/);
    await counter.stop();
  });

  test('that breaks while counting costs no count', async () => {
    const counter = newCounter();
    counter.addVideo({ path: clip });
    counter.onCrossing(() => void rm(output, { recursive: true, force: true }).catch(() => undefined));
    await counter.start();
    const document = await counter.done();
    expect(document.sources[0]).toMatchObject({ status: 'finished' });
    expect(document.total.out).toBeGreaterThanOrEqual(2);
    expect((await counter.statistics()).trouble).toMatch(/cannot be written/);
  });

  test('keeps what an earlier run has left there', async () => {
    await writeFile(join(output, 'missing.json'), '"earlier"');
    await writeFile(join(output, 'other.json'), '"not ours"');
    const counter = newCounter();
    counter.addVideo({ path: join(folder, 'missing.mp4') });
    await counter.start();
    await counter.done();
    const [time] = await readdir(join(output, 'earlier'));
    expect(await readFile(join(output, 'earlier', time!, 'missing.json'), 'utf8')).toBe('"earlier"');
    expect(await readFile(join(output, 'other.json'), 'utf8')).toBe('"not ours"');
  });
});

describe('live sources', () => {
  let rtsp: RtspServer;
  beforeAll(async () => {
    rtsp = await startRtsp([{ path: '/one' }]);
  });
  afterAll(() => rtsp.stop());

  test('go on when their worker is killed: counts are kept, and the gap is said', async () => {
    const counter = newCounter();
    const nextCrossing = (): Promise<void> =>
      new Promise((resolve) => {
        const stop = counter.onCrossing(() => {
          stop();
          resolve();
        });
      });
    counter.addCamera({ id: 'one', source: rtsp.url('/one') });
    const first = nextCrossing();
    await counter.start();
    await first;
    const before = counter.results().sources[0]!;
    const [pid] = (await counter.statistics()).workers.pids;
    process.kill(pid!, 'SIGKILL');
    await nextCrossing();
    const document = await counter.stop();
    const [one] = document.sources;
    expect(one).toMatchObject({ status: 'finished' });
    expect(one!.in + one!.out).toBeGreaterThan(before.in + before.out);
    expect(one!.frames.captured).toBeGreaterThan(before.frames.captured);
    expect(await rows('one.csv')).toHaveLength(one!.in + one!.out);
    const json = JSON.parse(await readFile(join(output, 'one.json'), 'utf8')) as { gaps: object[] };
    expect(json.gaps[0]).toMatchObject({
      reason: expect.stringMatching(/worker died/) as string,
      to: expect.any(String) as string,
    });
  }, 60_000);

  test('end after the time they were given; one that gave nothing has failed', async () => {
    const counter = newCounter({ durationS: 0.2 });
    counter.addCamera({ id: 'none', source: 'rtsp://u:secret@127.0.0.1:1/none' });
    await counter.start();
    const document = await counter.done();
    const [none] = document.sources;
    expect(none).toMatchObject({ source: 'rtsp://***@127.0.0.1:1/none', status: 'failed' });
    expect(none!.error).toMatch(/./);
    expect(none!.error).not.toContain('secret');
  });
});
