import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import sharp from 'sharp';
import type { SourceFrame } from '../../../src/domain/frame-source.js';
import { parseSource } from '../../../src/domain/source-address.js';
import { createFfmpegSources } from '../../../src/io/ffmpeg/sources.js';
import { makeFolder } from './media.js';

const sources = createFfmpegSources();
const signal = new AbortController().signal;
let folder: Awaited<ReturnType<typeof makeFolder>>;

beforeAll(async () => {
  folder = await makeFolder();
});
afterAll(() => folder.remove());

/** Picture n is of the grey 50 + 10n. */
async function fill(
  name: string,
  files: readonly string[],
  size = { width: 64, height: 48 },
): Promise<string> {
  mkdirSync(folder.path(name));
  for (const [n, file] of files.entries()) {
    const grey = 50 + 10 * n;
    const create = { ...size, channels: 3, background: { r: grey, g: grey, b: grey } } as const;
    writeFileSync(
      folder.path(`${name}/${file}`),
      await sharp({ create })
        .toFormat(/png$/i.test(file) ? 'png' : 'jpeg')
        .toBuffer(),
    );
  }
  return `${folder.path(name)}/`;
}

async function readAll(path: string, options: { fps?: number; fromMs?: number; maxWidth?: number } = {}) {
  const source = sources.open(parseSource(path), { fps: 5, maxWidth: 640, signal, ...options });
  const frames: SourceFrame[] = [];
  for (let next = await source.next(); next; next = await source.next()) frames.push(next);
  await source.close();
  return { frames, ending: source.ending() };
}

const numbers = (frames: SourceFrame[]) =>
  frames.map(({ picture }) => Math.round((((picture.data[0] ?? 0) - 16) * (255 / 219) - 50) / 10));

it('gives JPEG and PNG in the order people would put them, each its time', async () => {
  const path = await fill('order', ['p1.jpg', 'p2.PNG', 'p10.jpeg', 'p11.jpg']);
  writeFileSync(`${path}notes.txt`, 'no picture');
  const { frames, ending } = await readAll(path);
  expect(numbers(frames)).toEqual([0, 1, 2, 3]);
  expect(frames.map(({ frame, mediaMs }) => [frame, mediaMs])).toEqual([
    [0, 0],
    [1, 200],
    [2, 400],
    [3, 600],
  ]);
  expect(ending).toEqual({});
});

it('goes on from a time, with the same indexes and times', async () => {
  const path = await fill('from', ['1.jpg', '2.jpg', '3.jpg', '4.jpg']);
  const { frames } = await readAll(path, { fps: 10, fromMs: 150 });
  expect(frames.map(({ frame, mediaMs }) => [frame, mediaMs])).toEqual([
    [2, 200],
    [3, 300],
  ]);
});

it('gives all in the size of the first, scaled down', async () => {
  const path = await fill('size', ['1.jpg'], { width: 641, height: 361 });
  const create = { width: 100, height: 100, channels: 3, background: '#fff' } as const;
  writeFileSync(`${path}2.png`, await sharp({ create }).png().toBuffer());
  const { frames } = await readAll(path, { maxWidth: 320 });
  expect(frames.map(({ picture }) => [picture.width, picture.height])).toEqual([
    [320, 180],
    [320, 180],
  ]);
});

it('leaves out what cannot be read and names it; its time passes', async () => {
  const path = await fill('damage', ['1.jpg', '2.jpg', '3.jpg']);
  writeFileSync(`${path}2.jpg`, 'no picture');
  const { frames, ending } = await readAll(path);
  expect(frames.map(({ mediaMs }) => mediaMs)).toEqual([0, 400]);
  expect(ending.damage?.afterFrame).toBe(0);
  expect(ending.damage?.message).toContain(`${path}2.jpg: is not a picture that can be read`);
});

it('is inspected: size, and a fingerprint that changes with any picture', async () => {
  const path = await fill('inspect', ['1.jpg', '2.jpg']);
  const before = await sources.inspect(path, signal);
  expect(before).toMatchObject({ width: 64, height: 48 });
  expect(await sources.inspect(path, signal)).toEqual(before);
  utimesSync(`${path}2.jpg`, 1, 1);
  expect((await sources.inspect(path, signal)).fingerprint).not.toBe(before.fingerprint);
});

it.each([
  ['nothing/', 'missing', 'does not exist; check the path in source'],
  ['empty/', 'empty', 'holds no pictures (.jpg, .jpeg, .png); put some into it'],
  ['a.mp4/', 'unsupported', 'is a file; leave out the / at the end of source'],
  ['broken/', 'unreadable', 'holds no picture that can be read'],
  ['empty', 'unsupported', 'or end source with / to read the pictures in it'],
])('%s is refused with the fix', async (name, fault, message) => {
  mkdirSync(folder.path('empty'), { recursive: true });
  mkdirSync(folder.path('broken'), { recursive: true });
  writeFileSync(folder.path('broken/1.jpg'), 'no picture');
  writeFileSync(folder.path('a.mp4'), 'x');
  const path = folder.path(name);
  const refusal = { problem: { fault, message: expect.stringContaining(message) as string } };
  await expect(sources.inspect(path, signal)).rejects.toMatchObject(refusal);
});

it('is probed like a camera', async () => {
  const path = await fill('probe', ['1.jpg']);
  const { picture, ...about } = await sources.probe(parseSource(path), { signal });
  expect(about).toEqual({ codec: 'images', width: 64, height: 48 });
  expect(picture.format).toBe('i420');
});
