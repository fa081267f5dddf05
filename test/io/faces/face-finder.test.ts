import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { faceboxes } from '../../../models/faceboxes/model.js';
import { toPixels, unitBox } from '../../../src/domain/geometry.js';
import { pictureBytes, type Picture } from '../../../src/domain/picture.js';
import { createFaceFinder } from '../../../src/io/faces/face-finder.js';
import { readPicture } from '../../../src/io/pictures/read-picture.js';
import { needs, testData } from '../../support/test-data.js';

const MODELS = resolve(__dirname, '../../../models');
const NETWORK = join(MODELS, faceboxes.file);
const HINT = 'run scripts/fetch-models.sh; for real pictures set CAMQUEUE_TEST_DATA';

function grey(width: number, height: number): Picture {
  const data = new Uint8Array(pictureBytes(width, height, 'i420')).fill(128);
  return { width, height, format: 'i420', data };
}

/** A picture pasted into a larger grey one, reduced by leaving pixels out. */
function pasted(
  source: Picture,
  size: { width: number; height: number },
  at: { x: number; y: number },
  every: number,
): Picture {
  const data = new Uint8Array(pictureBytes(size.width, size.height, 'rgb24')).fill(90);
  for (let y = 0; y < source.height / every; y++) {
    for (let x = 0; x < source.width / every; x++) {
      const from = 3 * (y * every * source.width + x * every);
      data.set(source.data.subarray(from, from + 3), 3 * ((at.y + y) * size.width + at.x + x));
    }
  }
  return { ...size, format: 'rgb24', data };
}

describe('without a network', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'camqueue-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('says which file is missing and how to get it, and tries again', async () => {
    const finder = createFaceFinder({ modelsDir: folder });
    const message = /^network faceboxes: .*faceboxes\.onnx is missing; run scripts\/fetch-models\.sh/;
    await expect(finder.find(grey(64, 64))).rejects.toThrow(message);
    mkdirSync(join(folder, 'faceboxes'));
    writeFileSync(join(folder, faceboxes.file), 'half a file');
    await expect(finder.find(grey(64, 64))).rejects.toThrow(/is not the expected file \(SHA-256/);
  });

  needs([NETWORK], HINT)('and then with one', () => {
    it('goes on once the file is there', async () => {
      const finder = createFaceFinder({ modelsDir: folder });
      await expect(finder.find(grey(64, 64))).rejects.toThrow('is missing');
      mkdirSync(join(folder, 'faceboxes'));
      copyFileSync(NETWORK, join(folder, faceboxes.file));
      await expect(finder.find(grey(64, 64))).resolves.toEqual([]);
    });
  });
});

needs([NETWORK], HINT)('pictures', () => {
  const finder = createFaceFinder({ modelsDir: MODELS });

  it.each([
    [1, 1],
    [15, 700],
    [701, 3],
    [321, 243],
  ])('a grey one of %dx%d has no face', async (width, height) => {
    await expect(finder.find(grey(width, height))).resolves.toEqual([]);
  });

  it('that are broken are refused', async () => {
    const broken = { ...grey(64, 64), width: 65 };
    await expect(finder.find(broken)).rejects.toThrow(
      /i420 picture of 65x64 has \d+ bytes, this one has 6144/,
    );
  });

  it.each([0, 1, 2, NaN])('minScore %d is refused', async (minScore) => {
    await expect(finder.find(grey(64, 64), { minScore })).rejects.toThrow(
      /minScore is .*above 0 and below 1/,
    );
  });
});

needs([NETWORK, testData('faces/nasa_astronaut_1face.png')], HINT)('real faces', () => {
  const finder = createFaceFinder({ modelsDir: MODELS });

  it.each([
    ['nasa_astronaut_1face.png', 1],
    ['linz_02_4faces.jpg', 4],
    ['linz_15_16faces.jpg', 16],
    ['ocv_home_0faces.jpg', 0],
  ])('%s: %d', async (file, count) => {
    const found = await finder.find(await readPicture(testData(`faces/${file}`)), { minScore: 0.5 });
    expect(found).toHaveLength(count);
    expect(found).toEqual(found.toSorted((a, b) => b.score - a.score));
  });

  it('places the box on the face', async () => {
    const picture = await readPicture(testData('faces/nasa_astronaut_1face.png'));
    const [face] = await finder.find(picture);
    const box = toPixels(face!.box, picture);
    // Eyes and mouth by eye: within the box; the hair above and the collar below are not.
    for (const [x, y] of [
      [207, 112],
      [244, 112],
      [225, 155],
    ] as const)
      expect([x > box.x && x < box.x + box.width, y > box.y && y < box.y + box.height]).toEqual([true, true]);
    expect(box.y).toBeGreaterThan(30);
    expect(box.y + box.height).toBeLessThan(210);
  });

  it('finds a small face in a large picture where it is told that people are', async () => {
    const astronaut = await readPicture(testData('faces/nasa_astronaut_1face.png'));
    // Her face becomes about 11 px wide in a picture that is itself shown reduced.
    const street = pasted(astronaut, { width: 2560, height: 1440 }, { x: 1600, y: 600 }, 8);
    const where = unitBox(1600 / 2560, 600 / 1440, 64 / 2560, 64 / 1440);
    const near = (found: Awaited<ReturnType<typeof finder.find>>) =>
      found.filter(({ box }) => Math.abs(box.x - 1622 / 2560) < 0.01 && Math.abs(box.y - 608 / 1440) < 0.01);
    expect(near(await finder.find(street))).toEqual([]);
    expect(near(await finder.find(street, { people: [where] }))).toHaveLength(1);
  });
});
