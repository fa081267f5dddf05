import { pictureBytes } from '../../../src/domain/picture.js';
import { toI420 } from '../../../src/io/pictures/i420.js';
import { toRgb } from '../../../src/io/pictures/rgb.js';

const filled = (width: number, height: number, rgb: readonly number[]) => ({
  ...{ width, height, format: 'rgb24' as const },
  data: Uint8Array.from({ length: width * height * 3 }, (_, i) => rgb[i % 3] ?? 0),
});

/** ITU-R BT.601, 8 bits, limited range. */
it.each([
  ['black', [0, 0, 0], [16, 128, 128]],
  ['white', [255, 255, 255], [235, 128, 128]],
  ['red', [255, 0, 0], [81, 90, 240]],
  ['green', [0, 255, 0], [145, 54, 34]],
  ['blue', [0, 0, 255], [41, 240, 110]],
])('%s', (_, rgb, [y, u, v]) => {
  const { data } = toI420(filled(4, 2, rgb));
  expect([...data]).toEqual([...Array<number>(8).fill(y ?? 0), u, u, v, v]);
});

it('keeps the colours there and back, at odd sizes too', () => {
  const picture = filled(7, 5, [200, 120, 40]);
  const there = toI420(picture);
  expect(there.data.length).toBe(pictureBytes(7, 5, 'i420'));
  const back = toRgb(there, { x: 0, y: 0, width: 7, height: 5 });
  back.forEach((value, i) => expect(Math.abs(value - (picture.data[i] ?? 0))).toBeLessThanOrEqual(3));
});
