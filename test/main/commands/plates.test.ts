import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Picture } from '../../../src/domain/picture.js';
import type { PlateSight } from '../../../src/domain/plates/sight.js';
import { InputError, PermanentError } from '../../../src/errors.js';
import { readPicture } from '../../../src/io/pictures/read-picture.js';
import { writePicture } from '../../../src/io/pictures.js';
import { readFiles, type PlatesOptions } from '../../../src/main/commands/plates.js';
import { GRAMMARS, sight } from '../../support/plate-world.js';

let folder: string;
let given: Picture[];
let seen: (picture: Picture) => PlateSight[];
const printed: string[] = [];
const errors: string[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'camqueue-'));
  given = [];
  seen = () => [sight('30A-339.18'), sight(['29-B1', '256.62'])];
  printed.length = errors.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The command on real files; only the networks are told what to see. */
const run = (files: string[], options: PlatesOptions = {}) =>
  readFiles(files, options, {
    plates: {
      read: async (picture) => {
        given.push(picture);
        return seen(picture);
      },
    },
    grammars: GRAMMARS,
    pictures: { read: readPicture, write: writePicture },
    print: (line) => printed.push(line),
    printError: (line) => errors.push(line),
  });
async function file(
  name: string,
  make: (picture: sharp.Sharp) => sharp.Sharp = (p) => p.jpeg(),
): Promise<string> {
  const path = join(folder, name);
  const plain = sharp({ create: { width: 120, height: 80, channels: 3, background: '#888' } });
  writeFileSync(path, await make(plain).toBuffer());
  return path;
}

it('prints text, form, province, probability and verdict of each plate', async () => {
  const path = await file('a.jpg');
  expect(await run([path])).toBe(0);
  expect(printed[0]).toMatch(/a\.jpg: 120x80, 2 plates, \d+ ms$/);
  expect(printed[1]).toMatch(
    /^ {2}30A-339\.18 +accepted +0\.\d\d {2}at 36,48 {2}VN .*Hà Nội.*white, one line/,
  );
  expect(printed[2]).toMatch(/^ {2}29-B1 256\.62 .*2 lines/);
});

it('prints one JSON line a picture, corners in pixels', async () => {
  const paths = [await file('a.jpg'), await file('b.png', (p) => p.png())];
  expect(await run(paths, { json: true })).toBe(0);
  const lines = printed.map((line) => JSON.parse(line) as { file: string; plates: object[] });
  expect(lines.map((line) => line.file)).toEqual(paths);
  expect(lines[0]!.plates[0]).toMatchObject({
    ...{ text: '30A-339.18', key: '30A33918', country: 'VN', lines: 1, verdict: 'accepted' },
    p: expect.any(Number) as number,
    corners: [
      { x: 36, y: 48 },
      { x: 84, y: 48 },
      { x: 84, y: 56 },
      { x: 36, y: 56 },
    ],
  });
});

it.each<[what: string, make: (p: sharp.Sharp) => sharp.Sharp, size: [number, number]]>([
  ['turned by EXIF', (p) => p.withMetadata({ orientation: 6 }).jpeg(), [80, 120]],
  ['grey', (p) => p.greyscale().jpeg(), [120, 80]],
  ['CMYK', (p) => p.toColourspace('cmyk').jpeg(), [120, 80]],
  ['with transparency', (p) => p.ensureAlpha(0.5).png(), [120, 80]],
])('reads a picture %s', async (_what, make, size) => {
  expect(await run([await file('a', make)])).toBe(0);
  expect([given[0]!.width, given[0]!.height]).toEqual(size);
  expect(given[0]).toMatchObject({ format: 'rgb24' });
});

it('goes on after a bad picture, says what is wrong with it and fails in the end', async () => {
  const good = await file('good.jpg');
  const cut = await file('cut.jpg', (p) => p.resize(400, 400).jpeg());
  writeFileSync(
    cut,
    (
      await sharp({ create: { width: 400, height: 400, channels: 3, background: 'red' } })
        .jpeg()
        .toBuffer()
    ).subarray(0, 300),
  );
  const missing = join(folder, 'missing.jpg');
  expect(await run([cut, missing, good])).toBe(1);
  expect(errors).toEqual([
    expect.stringMatching(/cut\.jpg: is (damaged|not a picture)/),
    expect.stringMatching(/missing\.jpg: does not exist/),
  ]);
  expect(printed[0]).toContain('good.jpg');
});

it('a picture without plates is no failure', async () => {
  seen = () => [];
  expect(await run([await file('a.jpg')])).toBe(0);
  expect(printed).toEqual([expect.stringContaining('no plates')]);
});

it('--draw writes each picture with what was read, also two of one name', async () => {
  const out = join(folder, 'new', 'out');
  const twin = join(mkdtempSync(join(folder, 'other-')), 'a.png');
  writeFileSync(
    twin,
    await sharp(await file('x.jpg'))
      .png()
      .toBuffer(),
  );
  expect(await run([await file('a.jpg'), twin], { draw: out })).toBe(0);
  for (const name of ['a.jpg', 'a-2.jpg']) {
    const { dominant } = await sharp(join(out, name)).stats();
    expect(dominant).toBeDefined();
    const { channels } = await sharp(join(out, name)).stats();
    expect(Math.max(...channels.map(({ stdev }) => stdev))).toBeGreaterThan(5);
  }
  expect(existsSync(join(out, 'a-3.jpg'))).toBe(false);
});

it('wrong usage, and a network that cannot be had, end it at once', async () => {
  await expect(run([])).rejects.toThrow(InputError);
  const path = await file('a.jpg');
  await expect(run([path], { draw: path })).rejects.toThrow(/--draw/);
  seen = () => {
    throw new PermanentError('network ppocr-v4 is missing: run scripts/fetch-models.sh');
  };
  await expect(run([path, path])).rejects.toThrow(/is missing/);
  expect(errors).toEqual([]);
});
