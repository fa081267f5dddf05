import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { unitBox } from '../../../src/domain/geometry.js';
import type { Overlay } from '../../../src/domain/overlay.js';
import { pictureBytes, type Picture } from '../../../src/domain/picture.js';
import { createPictures, writePicture } from '../../../src/io/pictures.js';
import { LabelPlaces } from '../../../src/io/pictures/label-places.js';
import { overlaySvg } from '../../../src/io/pictures/overlay-svg.js';
import { readPicture } from '../../../src/io/pictures/read-picture.js';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'camqueue-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function flat(
  width: number,
  height: number,
  format: Picture['format'],
  bytes: readonly [number, number, number],
): Picture {
  const data = new Uint8Array(pictureBytes(width, height, format));
  if (format === 'rgb24') for (let i = 0; i < data.length; i++) data[i] = bytes[i % 3]!;
  else {
    const chroma = Math.ceil(width / 2) * Math.ceil(height / 2);
    data
      .fill(bytes[0], 0, width * height)
      .fill(bytes[1], width * height, width * height + chroma)
      .fill(bytes[2], width * height + chroma);
  }
  return { width, height, format, data };
}
const NOTHING: Overlay = { boxes: [], lines: [], polygons: [] };
const pictures = createPictures();

async function pixel(jpeg: Buffer, x: number, y: number): Promise<number[]> {
  const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
  return [...data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3)];
}

describe('jpeg', () => {
  it.each([
    ['rgb24', [200, 40, 90], [200, 40, 90]],
    ['i420', [81, 90, 240], [255, 0, 0]],
    ['i420', [41, 240, 110], [0, 0, 255]],
    ['i420', [16, 128, 128], [0, 0, 0]],
  ] as const)('keeps the colours of %s %j', async (format, bytes, expected) => {
    const found = await pixel(await pictures.jpeg(flat(31, 17, format, bytes)), 15, 8);
    found.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThan(6));
  });

  it('crops in unit coordinates, to at least one pixel', async () => {
    const halves = flat(40, 20, 'rgb24', [250, 250, 250]);
    for (let y = 0; y < 20; y++) halves.data.fill(0, y * 120, y * 120 + 60);
    const right = await pictures.jpeg(halves, { crop: unitBox(0.5, 0.25, 0.5, 0.5) });
    expect(await sharp(right).metadata()).toMatchObject({ width: 20, height: 10 });
    expect((await pixel(right, 10, 5))[0]).toBeGreaterThan(240);
    expect(
      await sharp(await pictures.jpeg(halves, { crop: unitBox(0.99, 0.99, 0.5, 0.001) })).metadata(),
    ).toMatchObject({ width: 1, height: 1 });
    await expect(pictures.jpeg(halves, { crop: unitBox(1.5, 0, 1, 1) })).rejects.toThrow(
      'lies outside the picture',
    );
  });

  it('draws the overlay before cropping', async () => {
    const overlay: Overlay = {
      ...NOTHING,
      boxes: [{ box: unitBox(0.5, 0.5, 0.25, 0.4), label: '', kind: 'alert' }],
    };
    const whole = await pictures.jpeg(flat(400, 300, 'i420', [128, 128, 128]), { overlay });
    const [red, green] = await pixel(whole, 200, 200);
    expect(red! - green!).toBeGreaterThan(40);
    const crop = await pictures.jpeg(flat(400, 300, 'i420', [128, 128, 128]), {
      overlay,
      crop: unitBox(0.25, 0.25, 0.5, 0.5),
    });
    const [redAt, greenAt] = await pixel(crop, 100, 120);
    expect(redAt! - greenAt!).toBeGreaterThan(40);
  });

  it('writes the format the name asks for', async () => {
    const path = join(folder, 'drawn.png');
    await writePicture(path, flat(20, 10, 'rgb24', [1, 2, 3]), { overlay: NOTHING });
    expect(await sharp(path).metadata()).toMatchObject({ format: 'png', width: 20, height: 10 });
  });
});

describe('overlaySvg', () => {
  const size = { width: 640, height: 480 };
  const whole = { x: 0, y: 0, ...size };

  it('writes labels as text, whatever they contain', async () => {
    const label = `<b>&"'\u0000\ud800 Cổng chính`;
    const svg = overlaySvg(
      { ...NOTHING, title: label, boxes: [{ box: unitBox(0.1, 0.1, 0.2, 0.2), label, kind: 'track' }] },
      size,
      whole,
    );
    expect(svg).not.toContain('<b>');
    expect(svg).toContain('Cổng chính');
    await expect(sharp(Buffer.from(svg)).png().toBuffer()).resolves.toBeDefined();
  });

  it.each([
    ['left to right: downward', { x: 0.2, y: 0.5 }, { x: 0.8, y: 0.5 }, 0, 1],
    ['right to left: upward', { x: 0.8, y: 0.5 }, { x: 0.2, y: 0.5 }, 0, -1],
    ['downward: to the left', { x: 0.5, y: 0.2 }, { x: 0.5, y: 0.8 }, -1, 0],
  ])('points the arrow of a line to its `in` side, %s', (_, from, to, dx, dy) => {
    const svg = overlaySvg({ ...NOTHING, lines: [{ from, to, label: 'door' }] }, size, whole);
    const [, x1, y1, x2, y2] = /M[\d.]+ [\d.]+ L[\d.]+ [\d.]+ M([\d.]+) ([\d.]+) L([\d.]+) ([\d.]+)/
      .exec(svg)!
      .map(Number);
    expect([Math.sign(x2! - x1!), Math.sign(y2! - y1!)]).toEqual([dx, dy]);
  });

  it('draws every kind of part', () => {
    const points = [
      { x: 0, y: 0 },
      { x: 1, y: 0 },
      { x: 1, y: 1 },
    ];
    for (const kind of ['zone', 'restricted', 'mask'] as const)
      expect(overlaySvg({ ...NOTHING, polygons: [{ points, label: kind, kind }] }, size, whole)).toContain(
        'Z"',
      );
    for (const kind of ['track', 'held', 'alert', 'motion'] as const) {
      expect(
        overlaySvg({ ...NOTHING, boxes: [{ box: unitBox(0, 0, 1, 1), label: kind, kind }] }, size, whole),
      ).toContain(`>${kind}</text>`);
    }
  });
});

describe('LabelPlaces', () => {
  it('keeps labels apart and inside the visible region', () => {
    const places = new LabelPlaces({ x: 100, y: 100, width: 300, height: 200 }, 12);
    const placed = Array.from({ length: 10 }, (_, i) =>
      places.place(`person ${i}`, ({ height }) => [
        { x: 390, y: 100 - height },
        { x: 90, y: 290 },
      ]),
    );
    for (const [i, a] of placed.entries()) {
      expect(a.x >= 100 && a.y >= 100 && a.x + a.width <= 400 && a.y + a.height <= 300).toBe(true);
      for (const b of placed.slice(i + 1))
        expect(
          a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y,
        ).toBe(true);
    }
  });
});

describe('readPicture', () => {
  const solid = (width: number, height: number, channels: 3 | 4 = 3) =>
    sharp({ create: { width, height, channels, background: { r: 200, g: 40, b: 90, alpha: 1 } } });

  it.each([
    ['JPEG', () => solid(30, 20).jpeg({ quality: 100 }).toBuffer()],
    ['PNG with alpha', () => solid(30, 20, 4).png().toBuffer()],
    ['16-bit PNG', () => solid(30, 20).toColourspace('rgb16').png().toBuffer()],
    ['WebP', () => solid(30, 20).webp({ lossless: true }).toBuffer()],
    ['TIFF', () => solid(30, 20).tiff().toBuffer()],
    ['GIF', () => solid(30, 20).gif().toBuffer()],
  ])('reads %s as 8-bit RGB', async (_, encode) => {
    const picture = await readPicture(await encode());
    expect(picture).toMatchObject({ width: 30, height: 20, format: 'rgb24' });
    expect(picture.data).toHaveLength(1800);
    [200, 40, 90].forEach((value, i) => expect(Math.abs(picture.data[900 + i]! - value)).toBeLessThan(5));
  });

  it('reads grey as three equal colours', async () => {
    const picture = await readPicture(await solid(30, 20).greyscale().png().toBuffer());
    expect(picture.data).toHaveLength(1800);
    expect(new Set(picture.data).size).toBe(1);
  });

  it('reads CMYK, as printers keep it, in the colours people see', async () => {
    const printed = await solid(30, 20).toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer();
    expect(await sharp(printed).metadata()).toMatchObject({ space: 'cmyk', channels: 4 });
    const picture = await readPicture(printed);
    expect(picture).toMatchObject({ width: 30, height: 20, format: 'rgb24' });
    expect(picture.data).toHaveLength(1800);
    // Inks do not reach every colour of a screen.
    [200, 40, 90].forEach((value, i) => expect(Math.abs(picture.data[900 + i]! - value)).toBeLessThan(35));
  });

  it('reads the 12 megapixels of a telephone, turned, within 5 s of processor time', async () => {
    const bytes = await solid(4000, 3000).withMetadata({ orientation: 8 }).jpeg().toBuffer();
    const before = process.cpuUsage();
    const picture = await readPicture(bytes);
    const { user, system } = process.cpuUsage(before);
    expect(picture).toMatchObject({ width: 3000, height: 4000 });
    expect(picture.data).toHaveLength(36_000_000);
    expect((user + system) / 1e6).toBeLessThan(5);
  });

  it('turns a picture upright as EXIF says', async () => {
    const top = sharp({ create: { width: 40, height: 20, channels: 3, background: 'black' } }).composite([
      { input: { create: { width: 20, height: 20, channels: 3, background: 'white' } }, left: 0, top: 0 },
    ]);
    // Orientation 6: the camera was turned; the left side of the stored picture belongs on top.
    const picture = await readPicture(await top.withMetadata({ orientation: 6 }).jpeg().toBuffer());
    expect(picture).toMatchObject({ width: 20, height: 40 });
    expect(picture.data[(5 * 20 + 10) * 3]).toBeGreaterThan(200);
    expect(picture.data[(35 * 20 + 10) * 3]).toBeLessThan(50);
  });

  const noise = () =>
    sharp(
      Buffer.from(
        Array.from({ length: 90_000 }, (_, i) => (Math.imul(i + 1, 0x9e3779b1) >>> 24) ^ (i & 255)),
      ),
      { raw: { width: 200, height: 150, channels: 3 } },
    );
  const halfOf = (bytes: Buffer) => bytes.subarray(0, bytes.length / 2);
  const zeroPixels = async () => {
    const png = await solid(3, 3).png().toBuffer();
    png.writeUInt32BE(0, 16);
    return png;
  };
  it.each([
    ['nothing', async () => Buffer.alloc(0), /bad\.jpg: is empty \(0 bytes\)/],
    ['text', async () => Buffer.from('not a picture at all'), /bad\.jpg: is not a picture that can be read/],
    ['a cut JPEG', async () => halfOf(await noise().jpeg().toBuffer()), /bad\.jpg: is damaged or cut off/],
    ['a cut PNG', async () => halfOf(await noise().png().toBuffer()), /bad\.jpg: is damaged or cut off/],
    ['a picture without pixels', zeroPixels, /bad\.jpg: (has no pixels|is not a picture)/],
    [
      'one side too long',
      () => solid(16_400, 10).png().toBuffer(),
      /bad\.jpg: is 16400x10; no side may be longer than 16384/,
    ],
    [
      'too many pixels',
      () => solid(8000, 6300).png({ compressionLevel: 1 }).toBuffer(),
      /bad\.jpg: is 8000x6300 = 50 megapixels; at most 50/,
    ],
    [
      'a drawing',
      async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
      /bad\.jpg: is of format svg/,
    ],
  ])('refuses %s, naming the file and why', async (_, bytes, message) => {
    const path = join(folder, 'bad.jpg');
    writeFileSync(path, await bytes());
    await expect(readPicture(path)).rejects.toThrow(message);
    await expect(readPicture(path)).rejects.toMatchObject({ name: 'PermanentError' });
  });

  it('refuses what is no file', async () => {
    await expect(readPicture(join(folder, 'none.jpg'))).rejects.toThrow('none.jpg: does not exist');
    await expect(readPicture(folder)).rejects.toThrow('is not a file');
  });
});
