import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { encodeOnnx } from '../../../scripts/convert/onnx-file.js';
import type { NetworkSpec } from '../../../models/network.js';
import { unitBox, WHOLE } from '../../../src/domain/geometry.js';
import { pictureBytes, type Picture } from '../../../src/domain/picture.js';
import { createDetectors } from '../../../src/io/onnx/detectors.js';
import { networksOf } from '../../../src/io/onnx/networks.js';
import { readPicture } from '../../../src/io/pictures/read-picture.js';
import { needs, testData } from '../../support/test-data.js';

const MODELS = resolve(__dirname, '../../../models');
const CITY = ['person', 'bicycle', 'car', 'motorcycle', 'bus', 'truck'];
let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'camqueue-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function grey(width: number, height: number): Picture {
  return {
    width,
    height,
    format: 'i420',
    data: new Uint8Array(pictureBytes(width, height, 'i420')).fill(128),
  };
}

/** A network that does nothing: its output is its input, so of the wrong shape for every kind. */
function echoFile(size: number): string {
  const path = join(folder, 'echo.onnx');
  const shape = [1, 3, size, size];
  const nodes = [{ op: 'Identity', inputs: ['in'], outputs: ['out'], attributes: {} }];
  writeFileSync(
    path,
    encodeOnnx({
      name: 'echo',
      inputs: [{ name: 'in', shape }],
      outputs: [{ name: 'out', shape }],
      nodes,
      initializers: [],
    }),
  );
  return path;
}

function own(file: string, size = 64, more: Partial<NetworkSpec> = {}): NetworkSpec[] {
  return [
    {
      ...networksOf([{ name: 'mine', file, decode: 'yolox', width: size, height: size }], folder).at(-1)!,
      ...more,
    },
  ];
}

describe('createDetectors refuses', () => {
  it.each([
    ['a network nobody described', [], 'other', /network "other" is unknown; known: nanodet-g-416/],
    [
      'a shipped network that was not fetched',
      [],
      'nanodet-g-416',
      /nanodet-g-416\.onnx is missing; run scripts\/fetch-models\.sh/,
    ],
  ])('%s', async (_, networks, name, message) => {
    const detectors = createDetectors({ modelsDir: folder, networks: networksOf(networks, folder) });
    await expect(detectors.get(name)).rejects.toThrow(message);
    await expect(detectors.get(name)).rejects.toMatchObject({ name: 'PermanentError' });
  });

  it.each([
    ['a missing file', () => own('none.onnx'), /none\.onnx is missing; check `file`/],
    [
      'a file that is no ONNX',
      () => (writeFileSync(join(folder, 'x.onnx'), 'hello'), own('x.onnx')),
      /x\.onnx is no ONNX network that can be loaded/,
    ],
    [
      'a file with another checksum',
      () => own(echoFile(64), 64, { sha256: '0'.repeat(64) }),
      /is not the expected file \(SHA-256 [0-9a-f]{64}, expected 0{64}\)/,
    ],
    [
      'an input of another size',
      () => own(echoFile(32), 64),
      /its inputs are float32 \[1, 3, 32, 32\]; expected one input float32 \[1, 3, 64, 64\]/,
    ],
    [
      'outputs of another kind',
      () => own(echoFile(64), 64),
      /its outputs are \[1, 3, 64, 64\]; expected one output \[1, 84, 85\]/,
    ],
  ])('%s, saying what it found', async (_, networks, message) => {
    const detectors = createDetectors({ modelsDir: folder, networks: networks() });
    await expect(detectors.get('mine')).rejects.toThrow(message);
  });

  it('two networks of one name', () => {
    const network = {
      name: 'nanodet-g-416',
      file: 'x.onnx',
      decode: 'nanodet',
      width: 416,
      height: 416,
    } as const;
    expect(() => networksOf([network], folder)).toThrow('networks[0].name: "nanodet-g-416" is taken');
  });
});

needs([testData('models/yolox_nano_416.onnx'), testData('traffic')])('networks of the user', () => {
  const files = [
    ['yolox', 'yolox_nano_416', 416],
    ['nanodet', 'nanodet_m_320', 320],
    ['picodet', 'picodet_s_320_coco', 320],
  ] as const;
  const networks = networksOf(
    files.map(([decode, name, size]) => ({
      name: decode,
      file: testData(`models/${name}.onnx`),
      decode,
      width: size,
      height: size,
    })),
    '/',
  );
  const detectors = createDetectors({ modelsDir: MODELS, networks });

  it.each(files)('%s finds the walker and her place in the picture', async (name) => {
    const picture = await readPicture(testData('faces/nasa_astronaut_1face.png'));
    const detector = await detectors.get(name);
    const [best] = await detector.detect(picture, WHOLE, { classes: ['person', 'car'], minScore: 0.35 });
    // The astronaut fills the left two thirds of a square picture, down to its lower edge.
    expect(best).toMatchObject({ label: 'person' });
    expect(best!.box.x).toBeLessThan(0.15);
    expect(best!.box.x + best!.box.width).toBeGreaterThan(0.6);
    expect(best!.box.y + best!.box.height).toBeGreaterThan(0.9);
  });

  it('says which file does not belong to which kind', async () => {
    const wrong = [{ ...networks.at(-1)!, name: 'wrong', decode: 'nanodet' as const }];
    await expect(createDetectors({ modelsDir: MODELS, networks: wrong }).get('wrong')).rejects.toThrow(
      /picodet_s_320_coco\.onnx is no nanodet network of 320x320: its outputs are \[1, 1600, 80\].*expected for each stride 8, 16, 32/,
    );
  });
});

needs(
  [join(MODELS, 'nanodet-g-416/nanodet-g-416.onnx'), testData('suspicious/arda_crowd.jpg')],
  'run scripts/fetch-models.sh',
)('nanodet-g-416', () => {
  const runs: string[] = [];
  const detectors = createDetectors({
    modelsDir: MODELS,
    networks: networksOf([], '/'),
    metrics: { inference: (network) => runs.push(network) },
  });

  it('finds the same people in a region as in the whole picture, in coordinates of the whole', async () => {
    const detector = await detectors.get('nanodet-g-416');
    const picture = await readPicture(testData('faces/nasa_astronaut_1face.png'));
    const whole = await detector.detect(picture, WHOLE, { classes: ['person'], minScore: 0.4 });
    const region = await detector.detect(picture, unitBox(0, 0, 0.9, 1), {
      classes: ['person'],
      minScore: 0.4,
    });
    expect(whole).not.toHaveLength(0);
    expect(Math.abs(region[0]!.box.x - whole[0]!.box.x)).toBeLessThan(0.06);
    expect(Math.abs(region[0]!.box.width - whole[0]!.box.width)).toBeLessThan(0.08);
    expect(runs.length).toBeGreaterThanOrEqual(2);
  });

  it('finds them with a smaller input too, in the same place', async () => {
    const detector = await detectors.get('nanodet-g-416');
    const picture = await readPicture(testData('faces/nasa_astronaut_1face.png'));
    const options = { classes: ['person'], minScore: 0.4 };
    const [whole] = await detector.detect(picture, WHOLE, options);
    for (const inputShare of [320 / 416, 0.5, 0.01]) {
      const [small] = await detector.detect(picture, WHOLE, { ...options, inputShare });
      if (inputShare < 0.1) continue; // 32 pixels: too few to see anything, enough to run
      expect(Math.abs(small!.box.x - whole!.box.x)).toBeLessThan(0.06);
      expect(Math.abs(small!.box.height - whole!.box.height)).toBeLessThan(0.08);
    }
    // What was asked for in between changes nothing.
    expect(await detector.detect(picture, WHOLE, options)).toEqual([whole]);
  });

  it('keeps pictures apart that are given at the same time', async () => {
    const detector = await detectors.get('nanodet-g-416');
    const crowd = await readPicture(testData('suspicious/arda_crowd.jpg'));
    const options = { classes: CITY, minScore: 0.35 };
    const alone = await detector.detect(crowd, WHOLE, options);
    const [together, empty] = await Promise.all([
      detector.detect(crowd, WHOLE, options),
      detector.detect(grey(320, 240), WHOLE, options),
    ]);
    expect(alone.filter(({ label }) => label === 'person').length).toBeGreaterThan(3);
    expect(together).toEqual(alone);
    expect(empty).toEqual([]);
    expect(alone.map(({ score }) => score)).toEqual(
      alone.map(({ score }) => score).toSorted((a, b) => b - a),
    );
  });

  it('refuses classes it does not know, pictures that are not what they say, and sees nothing outside the picture', async () => {
    const detector = await detectors.get('nanodet-g-416');
    await expect(
      detector.detect(grey(32, 32), WHOLE, { classes: ['person', 'lorry'], minScore: 0.4 }),
    ).rejects.toThrow(/no class "lorry"; it knows: person, bicycle/);
    await expect(
      detector.detect({ ...grey(32, 32), width: 31 }, WHOLE, { classes: ['person'], minScore: 0.4 }),
    ).rejects.toThrow('this one has 1536');
    expect(
      await detector.detect(grey(32, 32), unitBox(1.2, 0, 0.2, 1), { classes: ['person'], minScore: 0.01 }),
    ).toEqual([]);
  });
});
