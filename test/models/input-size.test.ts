import { inputSizeFor } from '../../models/sample.js';
import { nanodetG416 } from '../../models/nanodet-g-416/model.js';
import { unitBox, WHOLE } from '../../src/domain/geometry.js';

const { sizeStep: _, ...fixed } = nanodetG416;

test.each([
  ['4:3', { width: 768, height: 576 }, WHOLE, { width: 416, height: 320 }],
  ['16:9', { width: 1280, height: 720 }, WHOLE, { width: 416, height: 256 }],
  ['square', { width: 500, height: 500 }, WHOLE, { width: 416, height: 416 }],
  ['upright', { width: 720, height: 1280 }, WHOLE, { width: 256, height: 416 }],
  [
    'a square region of a wide picture',
    { width: 1600, height: 800 },
    unitBox(0.25, 0, 0.5, 1),
    { width: 416, height: 416 },
  ],
  ['a line', { width: 1000, height: 10 }, WHOLE, { width: 416, height: 32 }],
])('%s needs no more than its shape, in steps of 32', (_name, picture, look, expected) => {
  expect(inputSizeFor(picture, look, nanodetG416)).toEqual(expected);
});

test('a network of fixed size keeps it', () => {
  expect(inputSizeFor({ width: 1280, height: 720 }, WHOLE, fixed)).toEqual({ width: 416, height: 416 });
});
