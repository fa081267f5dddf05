import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { CountDocument } from '../../src/main/counter/document.js';
import { cli, needFreshBuild, newFolder, processesOf, startCli, until } from '../support/system.js';

const ROOT = resolve(__dirname, '../..');
const SAMPLE = join(ROOT, 'media/vtest.avi');
const folder = newFolder();
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  needFreshBuild();
  await promisify(execFile)('ffmpeg', ['-v', 'error', '-i', SAMPLE, '-t', '4', '-c', 'copy', at('clip.avi')]);
});
afterAll(async () => {
  await until(
    'the end of all processes',
    () => processesOf(folder),
    (found) => found.length === 0,
  );
  await rm(folder, { recursive: true, force: true });
});

test('counts files by the command line: one document, results in the folder, 1 because one file failed', async () => {
  const config = {
    ...{ worker_count: 1, result_output: at('results'), log_level: 'debug' },
    cameras: [{ camera_id: 'off', source: 'rtsp://u:secret@127.0.0.1:1/x', enabled: false }],
    videos: [{ video_id: 'one', path: at('clip.avi') }],
  };
  writeFileSync(at('parallel.json'), JSON.stringify(config));
  const { code, stdout, stderr } = await cli([
    'count',
    at('missing.mp4'),
    '--config',
    at('parallel.json'),
    '--line',
    'door=1,0.5,0,0.5',
    '--json',
  ]);
  expect({ code, stderr }).toMatchObject({ code: 1 });
  const document = JSON.parse(stdout) as CountDocument;
  const [one, missing] = document.sources;
  expect(Object.keys(document)).toEqual(['sources', 'total']);
  expect(Object.keys(one!)).toEqual(['id', 'source', 'status', 'fps', 'in', 'out', 'lines', 'frames']);
  expect(one).toMatchObject({ id: 'one', status: 'finished', lines: [{ id: 'door' }] });
  expect(one!.in).toBeGreaterThanOrEqual(2);
  expect(missing).toMatchObject({ id: 'missing', status: 'failed' });
  expect(missing!.error).toMatch(/missing\.mp4 does not exist/);
  expect(stderr).toMatch(/one finished: in \d+ out 0/);
  const kept = JSON.parse(readFileSync(at('results/total.json'), 'utf8')) as CountDocument;
  expect(kept.total).toEqual(document.total);
  expect(readFileSync(at('results/one.csv'), 'utf8').trim().split('\n')).toHaveLength(1 + one!.in);
  expect(readFileSync(at('results/logs/sources/one.log'), 'utf8')).toMatch(/"level":"info"/);
});

test.each([
  ['no source', ['count'], /0 sources/],
  [
    'a line outside the picture',
    ['count', 'a.mp4', '--line', '0,0.5,1.5,0.5'],
    /to x is 1\.5: must be in 0\.\.1/,
  ],
  [
    'an unknown class',
    ['count', 'a.mp4', '--class', 'unicorn'],
    /"unicorn" is unknown; the network knows person/,
  ],
  [
    'a folder that cannot be written',
    ['count', 'a.mp4', '--output', SAMPLE],
    /results folder .* cannot be written/,
  ],
  [
    'a configuration that is not there',
    ['count', '--config', '/nowhere.json'],
    /nowhere\.json cannot be read/,
  ],
])('%s is wrong usage', async (_, args, message) => {
  const { code, stdout, stderr } = await cli([...args]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(message);
});

test('Ctrl-C ends it with what was counted until then; no process is left', async () => {
  const started = startCli(['count', SAMPLE, '--output', at('stopped'), '--json']);
  await until(
    'a crossing',
    () => readFileSync(at('stopped/vtest.csv'), 'utf8').split('\n').length,
    (n) => n > 2,
  );
  started.signal('SIGINT');
  expect(await started.ended).toBe(1);
  await until('the document', started.stdout, (text) => text.endsWith('\n'));
  const { sources, total } = JSON.parse(started.stdout()) as CountDocument;
  expect(sources[0]).toMatchObject({ id: 'vtest', status: 'stopped' });
  expect(total.in + total.out).toBeGreaterThan(0);
});

test('as a library: a program of somebody else counts a file', async () => {
  const program = `
    const { createCounter } = require(${JSON.stringify(join(ROOT, 'dist/src/main/counter/counter.js'))});
    const counter = createCounter({ workers: 1 });
    counter.addVideo({ id: 'one', path: ${JSON.stringify(at('clip.avi'))}, lines: ['1,0.5,0,0.5'] });
    let told = 0;
    counter.onCrossing(() => told++);
    counter.start().then(() => counter.done()).then((document) => console.log(JSON.stringify({ document, told })));`;
  writeFileSync(at('program.cjs'), program);
  const { stdout } = await promisify(execFile)(process.execPath, [at('program.cjs')], { cwd: folder });
  const { document, told } = JSON.parse(stdout) as { document: CountDocument; told: number };
  expect(document.sources[0]).toMatchObject({ id: 'one', status: 'finished' });
  expect(told).toBe(document.total.in);
  expect(told).toBeGreaterThanOrEqual(2);
});
