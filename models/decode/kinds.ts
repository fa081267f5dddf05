import type { DecodeKind, InputSpec } from '../network.js';
import type { Decoder } from './candidate.js';
import { nanodet } from './nanodet.js';
import { picodet } from './picodet.js';
import { yolox } from './yolox.js';

/** Mean and deviation of ImageNet's colours on 0..255, red, green, blue. */
const IMAGENET_MEAN = [123.675, 116.28, 103.53] as const;
const IMAGENET_STD = [58.395, 57.12, 57.375] as const;

/**
 * What a network of each kind wants to see and how its outputs are read. Colour order and scale are those the
 * networks were trained with (their repositories' configurations); colours the other way round or another scale
 * were clearly worse on real pictures, and so was the other `fit` (models/nanodet-g-416/README.md has the numbers).
 */
export const KINDS: Readonly<Record<DecodeKind, { readonly decoder: Decoder; readonly input: InputSpec }>> = {
  nanodet: {
    decoder: nanodet,
    input: {
      order: 'bgr',
      mean: [IMAGENET_MEAN[2], IMAGENET_MEAN[1], IMAGENET_MEAN[0]],
      std: [IMAGENET_STD[2], IMAGENET_STD[1], IMAGENET_STD[0]],
      fit: 'letterbox',
      padGrey: 114,
    },
  },
  yolox: {
    decoder: yolox,
    input: { order: 'bgr', mean: [0, 0, 0], std: [1, 1, 1], fit: 'letterbox', padGrey: 114 },
  },
  picodet: {
    decoder: picodet,
    input: { order: 'rgb', mean: IMAGENET_MEAN, std: IMAGENET_STD, fit: 'stretch', padGrey: 0 },
  },
};
