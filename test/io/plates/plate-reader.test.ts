import { mkdtemp, rm, writeFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { ppocrDetection, ppocrRecognition } from '../../../models/ppocr-v4/model.js';
import { unitBox } from '../../../src/domain/geometry.js';
import { plainText } from '../../../src/domain/plates/text-line.js';
import type { Picture } from '../../../src/domain/picture.js';
import { PermanentError } from '../../../src/errors.js';
import { toI420 } from '../../../src/io/pictures/i420.js';
import { readPicture } from '../../../src/io/pictures/read-picture.js';
import { createPlateReader } from '../../../src/io/plates/plate-reader.js';
import type { Detectors } from '../../../src/ports.js';
import { needs } from '../../support/test-data.js';

const MODELS = resolve(__dirname, '../../../models');
/** Vehicles are given in these tests. */
const noDetectors: Detectors = { get: () => Promise.reject(new Error('nobody asked for vehicles')) };
const WHOLE = unitBox(0, 0, 1, 1);

/** A white two-line plate on a dark vehicle, drawn; turned by some degrees. */
async function drawn(degrees: number): Promise<Picture> {
  const text = (y: number, line: string) =>
    `<text x="80" y="${y}" text-anchor="middle" font-family="DejaVu Sans" font-weight="bold" font-size="40" fill="#111">${line}</text>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="420" height="360"><rect width="420" height="360" fill="#343a36"/>
    <g transform="translate(210 200) rotate(${degrees}) translate(-80 -56)"><rect width="160" height="112" rx="6" fill="#eee"/>${text(48, '59-H1')}${text(98, '677.91')}</g></svg>`;
  return readPicture(await sharp(Buffer.from(svg)).png().toBuffer());
}

needs(
  [ppocrDetection, ppocrRecognition].map(({ file }) => join(MODELS, file)),
  'run scripts/fetch-models.sh',
)('the plate reader', () => {
  const reader = createPlateReader({ modelsDir: MODELS, detectors: noDetectors, engine: 'ppocr' });
  afterAll(() => reader.close());

  it.each([0, 20, -35])('reads a two-line plate turned by %d°', async (degrees) => {
    const [sight, ...others] = await reader.read(await drawn(degrees), { vehicle: WHOLE });
    expect(others).toEqual([]);
    expect(sight!.lines.map((line) => plainText(line))).toEqual(['59H1', '67791']);
    expect(sight).toMatchObject({ ground: 'white' });
    expect(sight!.plausibility).toBeGreaterThan(0.8);
    // 40 px type has capitals of 29 px.
    expect(sight!.charHeightPx).toBeGreaterThan(22);
    expect(sight!.charHeightPx).toBeLessThan(38);
    for (const { x, y } of sight!.corners) {
      expect(Math.hypot((x - 0.5) * 420, (y - 0.556) * 360)).toBeLessThan(125);
    }
  });

  it('reads video pictures (I420) like others', async () => {
    const [sight] = await reader.read(toI420(await drawn(0)), { vehicle: WHOLE });
    expect(sight!.lines.map((line) => plainText(line)).join('/')).toBe('59H1/67791');
  });

  it('finds nothing where the vehicle is not, on an empty picture, and in a sliver', async () => {
    const picture = await drawn(0);
    expect(await reader.read(picture, { vehicle: unitBox(0, 0, 0.2, 0.3) })).toEqual([]);
    expect(await reader.read(picture, { vehicle: unitBox(0.5, 0.5, 0.001, 0.001) })).toEqual([]);
    expect(await reader.read(picture, { vehicle: unitBox(1.2, 0.5, 0.3, 0.3) })).toEqual([]);
    const grey: Picture = {
      width: 64,
      height: 48,
      format: 'rgb24',
      data: new Uint8Array(64 * 48 * 3).fill(90),
    };
    expect(await reader.read(grey, { vehicle: WHOLE })).toEqual([]);
  });
});

it('a missing or damaged network is named with what to do, and tried again when it is in place', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plate-reader-'));
  try {
    const reader = createPlateReader({ modelsDir: folder, detectors: noDetectors, engine: 'ppocr' });
    const picture: Picture = { width: 2, height: 2, format: 'rgb24', data: new Uint8Array(12) };
    const read = () => reader.read(picture, { vehicle: WHOLE });
    await expect(read()).rejects.toThrow(/detection\.onnx is missing; run scripts\/fetch-models\.sh/);
    await expect(read()).rejects.toBeInstanceOf(PermanentError);
    await mkdir(join(folder, 'ppocr-v4'));
    await writeFile(join(folder, ppocrDetection.file), 'no network');
    await expect(read()).rejects.toThrow(/is not the expected file/);
    await reader.close();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
