import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { nanodetG416 } from '../../../models/nanodet-g-416/model.js';
import { ppocrDetection, ppocrRecognition } from '../../../models/ppocr-v4/model.js';
import { SHIPPED } from '../../../models/shipped.js';
import { readPlates } from '../../../src/domain/plates/read-plate.js';
import { createDetectors } from '../../../src/io/onnx/detectors.js';
import { readPicture } from '../../../src/io/pictures/read-picture.js';
import { createPlateReader } from '../../../src/io/plates/plate-reader.js';
import { grammars, seeded } from '../../support/plate-sights.js';
import { needs } from '../../support/test-data.js';

const MODELS = resolve(__dirname, '../../../models');

/** A white two-line plate of 160 x 112, drawn. */
function plate(x: number, y: number, [upper, lower]: readonly [string, string]): string {
  const text = (at: number, line: string) =>
    `<text x="80" y="${at}" text-anchor="middle" font-family="DejaVu Sans" font-weight="bold" font-size="40" fill="#111">${line}</text>`;
  return `<g transform="translate(${x} ${y})"><rect width="160" height="112" rx="6" fill="#eee" stroke="#222" stroke-width="3"/>${text(48, upper)}${text(98, lower)}</g>`;
}

function drawing(width: number, height: number, plates: string): sharp.Sharp {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="#343a36"/>${plates}</svg>`;
  return sharp(Buffer.from(svg));
}

needs(
  [ppocrDetection, ppocrRecognition, nanodetG416].map(({ file }) => join(MODELS, file)),
  'run scripts/fetch-models.sh',
)('plates in pictures of every kind', () => {
  const detectors = createDetectors({ modelsDir: MODELS, networks: SHIPPED });
  const reader = createPlateReader({ modelsDir: MODELS, detectors, engine: 'ppocr' });
  afterAll(() => reader.close());

  const read = async (bytes: Buffer) =>
    readPlates(await reader.read(await readPicture(bytes)), grammars).map(({ reading }) => reading);

  const one = () => drawing(640, 480, plate(240, 200, ['59-H1', '677.91'])).flatten();
  it.each<[string, () => Promise<Buffer>]>([
    ['upright', () => one().jpeg().toBuffer()],
    [
      'stored lying, EXIF says so',
      () => one().rotate(270).withMetadata({ orientation: 6 }).jpeg().toBuffer(),
    ],
    [
      'stored upside down, EXIF says so',
      () => one().rotate(180).withMetadata({ orientation: 3 }).jpeg().toBuffer(),
    ],
    ['grey', () => one().greyscale().jpeg().toBuffer()],
    ['CMYK', () => one().toColourspace('cmyk').jpeg().toBuffer()],
    [
      'with transparency',
      () =>
        drawing(640, 480, plate(240, 200, ['59-H1', '677.91']))
          .ensureAlpha()
          .png()
          .toBuffer(),
    ],
    ['12 megapixels', () => one().resize(4000, 3000, { kernel: 'cubic' }).jpeg().toBuffer()],
  ])(
    '%s',
    async (_, encode) => {
      const readings = await read(await encode());
      expect(readings.map(({ text }) => text)).toEqual(['59-H1 677.91']);
    },
    60_000,
  );

  it('all twenty on a wall are read, each as its own', async () => {
    const random = seeded(4);
    const digit = () => String(Math.floor(random() * 10));
    const codes = Array.from({ length: 20 }, (_, i) => {
      const digits = Array.from({ length: 5 }, digit).join('');
      return [
        `59-${'BCDEFGHKLM'[i % 10]!}${1 + (i % 9)}`,
        `${digits.slice(0, 3)}.${digits.slice(3)}`,
      ] as const;
    });
    const drawn = codes.map((code, i) => plate(120 + (i % 5) * 340, 60 + Math.floor(i / 5) * 230, code));
    const readings = await read(await drawing(1800, 960, drawn.join('')).flatten().jpeg().toBuffer());
    expect(readings.map(({ text }) => text).sort()).toEqual(codes.map((lines) => lines.join(' ')).sort());
  });
});
