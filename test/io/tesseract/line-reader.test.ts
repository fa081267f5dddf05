import sharp from 'sharp';
import { plainText } from '../../../src/domain/plates/text-line.js';
import { openTesseract } from '../../../src/io/tesseract/line-reader.js';

/** A line of a plate, drawn. */
async function drawn(text: string, width: number, height: number): Promise<Uint8Array> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="#eee"/>
    <text x="8" y="${height - 10}" font-family="DejaVu Sans" font-size="${height - 14}" fill="#111">${text}</text></svg>`;
  return sharp(Buffer.from(svg)).removeAlpha().raw().toBuffer();
}

it('reads a line from the installed language data, with places and other readings, and ends its thread', async () => {
  const lines = await openTesseract();
  try {
    const { chars, legible } = await lines.read(await drawn('30A-339.18', 300, 48), 300, 48);
    expect(plainText(chars)).toBe('30A33918');
    expect(legible).toBeGreaterThan(0.5);
    const places = chars.map(({ at }) => at);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    for (const { options } of chars) {
      expect(options.reduce((sum, { p }) => sum + p, 0)).toBeLessThanOrEqual(1 + 1e-6);
    }
    const nothing = await lines.read(new Uint8Array(100 * 48 * 3).fill(200), 100, 48);
    expect(plainText(nothing.chars)).toBe('');
  } finally {
    await lines.close();
  }
});
