import * as fc from 'fast-check';
import { unitBox } from '../../src/domain/geometry.js';
import { cropPicture, pictureBytes, type Picture } from '../../src/domain/picture.js';

const formats = fc.constantFrom('i420' as const, 'rgb24' as const);
const side = fc.integer({ min: 1, max: 33 });
const share = fc.double({ min: -0.2, max: 1.1, noNaN: true });

/** Every byte of a picture tells its place. */
function marked(width: number, height: number, format: Picture['format']): Picture {
  const data = Uint8Array.from({ length: pictureBytes(width, height, format) }, (_, i) => (i * 31 + 7) % 251);
  return { width, height, format, data };
}

/** Light and colour of a pixel, as stored. */
function pixel({ width, height, format, data }: Picture, x: number, y: number): number[] {
  if (format === 'rgb24') return [...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)];
  const chroma = Math.ceil(width / 2);
  const u = width * height + (y >> 1) * chroma + (x >> 1);
  return [data[y * width + x]!, data[u]!, data[u + chroma * Math.ceil(height / 2)]!];
}

test('a crop shows the same pixels, all that was asked for and at most a pixel more a side', () => {
  fc.assert(
    fc.property(side, side, formats, share, share, share, share, (width, height, format, x, y, w, h) => {
      const picture = marked(width, height, format);
      const asked = unitBox(x, y, Math.abs(w) + 0.01, Math.abs(h) + 0.01);
      const crop = cropPicture(picture, asked);
      const isInside = x < 1 && y < 1 && x + asked.width > 0 && y + asked.height > 0;
      if (!isInside) return expect(crop).toBeUndefined();
      if (!crop) return;
      const { picture: cut, region } = crop;
      expect(cut.data).toHaveLength(pictureBytes(cut.width, cut.height, format));
      const [left, top] = [Math.round(region.x * width), Math.round(region.y * height)];
      expect([left % 2, top % 2]).toEqual([0, 0]);
      for (let row = 0; row < cut.height; row++)
        for (let column = 0; column < cut.width; column++)
          expect(pixel(cut, column, row)).toEqual(pixel(picture, left + column, top + row));
      expect(left).toBeLessThanOrEqual(Math.max(0, x) * width + 1e-9);
      expect(left + cut.width).toBeGreaterThanOrEqual(Math.min(1, x + asked.width) * width - 1e-9);
      expect(cut.width).toBeLessThanOrEqual(asked.width * width + 4);
    }),
    { numRuns: 300 },
  );
});
