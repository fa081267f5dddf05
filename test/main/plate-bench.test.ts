import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nanodetG416 } from '../../models/nanodet-g-416/model.js';
import { ppocrDetection, ppocrRecognition } from '../../models/ppocr-v4/model.js';
import type { PlateReading, Verdict } from '../../src/domain/plates/reading.js';
import { createFfmpegSources } from '../../src/io/ffmpeg/sources.js';
import { writePicture } from '../../src/io/pictures.js';
import type { Figure } from '../../src/main/bench/figure.js';
import { CLIP_FPS, clipArguments, LOOK_EVERY, LOOKS, makeClip } from '../../src/main/bench/plate-clips.js';
import { figuresOf } from '../../src/main/bench/plate-video.js';
import { needs } from '../support/test-data.js';

const ROOT = join(__dirname, '../..');
const signal = new AbortController().signal;
let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'plate-bench-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

function reading(key: string, verdict: Verdict, p: number): PlateReading {
  return { text: key, key, ground: 'white', lines: 1, charP: [], alternatives: [], sights: 1, p, verdict };
}

test('single looks, the surest one and all together are scored each for itself', () => {
  const right = (verdict: Verdict, p: number) => reading('30A33918', verdict, p);
  const wrong = (verdict: Verdict, p: number) => reading('30A33910', verdict, p);
  const figures = figuresOf([
    {
      key: '30A33918',
      single: [right('accepted', 0.95), wrong('needs-review', 0.5), undefined, wrong('accepted', 0.93)],
      fused: right('accepted', 0.99),
    },
    {
      key: '30A33918',
      single: [right('needs-review', 0.3), wrong('needs-review', 0.6), undefined, undefined],
      fused: wrong('needs-review', 0.4),
    },
  ]);
  expect(Object.fromEntries(figures.map(({ what, value }) => [what, value]))).toEqual({
    'exact, one look': 0.25,
    'exact, the surest look': 0.5,
    'exact, looks fused (2 clips)': 0.5,
    'gain by fusion': 25,
    'accepted, one look': 0.25,
    'accepted, looks fused': 0.5,
    'accepted and exact, one look': 0.5,
    'accepted and exact, looks fused': 1,
  });
});

test('a clip begins with a smaller view than it ends with, shakes, and has a frame for every look', async () => {
  // A white square in the middle of a dark picture.
  const [width, height] = [640, 480];
  const data = new Uint8Array(width * height * 3).fill(30);
  for (let y = 190; y < 290; y++) data.fill(230, (y * width + 270) * 3, (y * width + 370) * 3);
  const [still, clip] = [join(folder, 'still.png'), join(folder, 'clip.mkv')];
  await writePicture(still, { width, height, format: 'rgb24', data });
  await makeClip(clipArguments(still, { width, height }, clip), signal);
  const source = createFfmpegSources().open(
    { kind: 'file', location: clip, label: clip },
    { fps: CLIP_FPS, maxWidth: 640, signal },
  );
  const squares: { area: number; x: number }[] = [];
  for (let next = await source.next(); next; next = await source.next()) {
    const { picture } = next;
    let [area, sum] = [0, 0];
    for (let i = 0; i < picture.width * picture.height; i++) {
      if (picture.data[i]! < 128) continue;
      area += 1;
      sum += i % picture.width;
    }
    squares.push({ area, x: sum / area - picture.width / 2 });
  }
  await source.close();
  expect(squares).toHaveLength(1 + (LOOKS - 1) * LOOK_EVERY);
  // 11 to 16 px.
  expect(squares.at(-1)!.area / squares[0]!.area).toBeGreaterThan(1.7);
  expect(squares.at(-1)!.area / squares[0]!.area).toBeLessThan(2.4);
  const places = squares.map(({ x }) => x);
  expect(Math.max(...places) - Math.min(...places)).toBeGreaterThan(5);
});

needs(
  [ppocrDetection, ppocrRecognition, nanodetG416].map(({ file }) => join(ROOT, 'models', file)),
  'run scripts/fetch-models.sh',
)('without pictures', () => {
  test('speed is measured on drawn plates, the rest says why it is skipped, and nothing is left behind', async () => {
    const register = join(ROOT, 'test/support/register-ts.cjs');
    const args = [
      '-r',
      register,
      join(ROOT, 'src/main/cli.ts'),
      'bench',
      'plates',
      '--seconds',
      '1',
      '--json',
    ];
    const child = spawn(process.execPath, [...args, '--video', join(ROOT, 'package.json')], {
      env: { ...process.env, TMPDIR: folder, CAMQUEUE_TEST_DATA: join(folder, 'none') },
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const text = { out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => (text.out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (text.err += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    expect(text.err).not.toMatch(/could not be measured/);
    expect(code).toBe(0);
    expect(text.err).toMatch(/plates, video: .*none has no truth\.json: nothing to make clips of, skipped/);
    const figures = text.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Figure);
    const valueOf = (what: string) => figures.find((figure) => figure.what === what)?.value;
    expect(valueOf('processor time per drawn vehicle')).toBeGreaterThan(1);
    expect(valueOf('vehicle crops, two workers')).toBeGreaterThan(0.5);
    expect(valueOf('license-plate-2, most memory')).toBeGreaterThan(50);
    expect((await readdir(folder)).filter((name) => name.startsWith('camqueue'))).toEqual([]);
  }, 120_000);
});
