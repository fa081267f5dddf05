import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { createDetectors } from '../../../src/io/onnx/detectors.js';
import { networksOf } from '../../../src/io/onnx/networks.js';
import { readPicture } from '../../../src/io/pictures/read-picture.js';
import { writePicture } from '../../../src/io/pictures.js';
import { detect, type DetectOptions } from '../../../src/main/commands/detect.js';
import { needs, testData } from '../../support/test-data.js';

const MODELS = resolve(__dirname, '../../../models');
const street = testData('suspicious/arda_crowd.jpg');
const astronaut = testData('faces/nasa_astronaut_1face.png');

needs(
  [join(MODELS, 'nanodet-g-416/nanodet-g-416.onnx'), street, astronaut],
  'run scripts/fetch-models.sh; for real pictures set CAMQUEUE_TEST_DATA',
)('detect', () => {
  const detectors = createDetectors({ modelsDir: MODELS, networks: networksOf([], MODELS) });
  const printed: string[] = [];
  const errors: string[] = [];
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'camqueue-'));
    printed.length = errors.length = 0;
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const run = (files: string[], options: DetectOptions = {}) =>
    detect(files, options, {
      detectors,
      pictures: { read: readPicture, write: writePicture },
      print: (line) => printed.push(line),
      printError: (line) => errors.push(line),
    });

  it('prints one JSON line a picture, boxes in pixels inside it', async () => {
    expect(await run([astronaut, street], { json: true })).toBe(0);
    const [first, second] = printed.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(first).toEqual({
      file: astronaut,
      width: 512,
      height: 512,
      detections: expect.any(Array) as unknown,
      ms: expect.any(Number) as unknown,
    });
    expect(second).toMatchObject({ file: street });
    const { label, score, box } = (
      first!['detections'] as {
        label: string;
        score: number;
        box: { x: number; y: number; width: number; height: number };
      }[]
    )[0]!;
    expect([label, score > 0.4]).toEqual(['person', true]);
    expect(box.width).toBeGreaterThan(200);
    expect(box.x >= 0 && box.y >= 0 && box.x + box.width <= 512.1 && box.y + box.height <= 512.1).toBe(true);
  });

  it('goes on after a bad picture, says what is wrong with it and fails in the end', async () => {
    const bad = join(folder, 'bad.jpg');
    writeFileSync(bad, 'not a picture');
    expect(await run([bad, astronaut], { json: true })).toBe(1);
    expect(errors).toEqual([expect.stringMatching(/bad\.jpg: is not a picture/)]);
    expect(printed).toHaveLength(1);
  });

  it('tells people in words', async () => {
    await run([astronaut], { classes: ['person'] });
    expect(printed[0]).toMatch(/nasa_astronaut_1face\.png: 512x512, \d+ objects?, \d+ ms/);
    expect(printed[1]).toMatch(/^ {2}person +0\.\d\d {2}at \d+,\d+ {2}\d+x\d+$/);
  });

  it('obeys classes and the minimum score', async () => {
    await run([astronaut], { json: true, classes: ['bus'] });
    await run([astronaut], { json: true, classes: ['person'], minScore: 0.99 });
    expect(printed.map((line) => (JSON.parse(line) as { detections: unknown[] }).detections)).toEqual([
      [],
      [],
    ]);
  });

  it.each([
    [[astronaut], ['out.png']],
    [
      [astronaut, street],
      ['out-1.png', 'out-2.png'],
    ],
  ])('draws', async (files, drawn) => {
    await run(files, { draw: join(folder, 'out.png') });
    for (const name of drawn)
      expect(await sharp(join(folder, name)).metadata()).toMatchObject({ format: 'png' });
    const difference = await sharp(astronaut)
      .removeAlpha()
      .composite([{ input: join(folder, drawn[0]!), blend: 'difference' }])
      .raw()
      .toBuffer();
    expect(difference.some((value) => value > 50)).toBe(true);
  });

  it.each([
    ['no picture', [], {}, /at least one picture/],
    ['a score out of range', ['x'], { minScore: 1.5 }, /--min-score is 1.5/],
    ['a drawing of unknown format', ['x'], { draw: 'out.bmp' }, /--draw is "out.bmp"/],
    [
      'an unknown class',
      ['x'],
      { classes: ['lorry'] },
      /--classes: network nanodet-g-416 has no class "lorry"; it knows: person/,
    ],
    ['an unknown network', ['x'], { network: 'other' }, /network "other" is unknown/],
  ])('refuses %s before anything is read', async (_, files, options, message) => {
    await expect(run(files, options)).rejects.toThrow(message);
    expect([...printed, ...errors]).toEqual([]);
  });
});
