import type { PixelBox } from '../../src/domain/geometry.js';
import type { NetworkSpec, TensorView } from '../network.js';

/** One possible object before suppression; the box is in pixels of the network's input. */
export interface Candidate {
  readonly box: PixelBox;
  readonly score: number;
  /** Index into the network's labels. */
  readonly labelIndex: number;
}

export interface Wanted {
  readonly minScore: number;
  /** 1 where the label is wanted, by index. */
  readonly labels: Uint8Array;
}

/** How the outputs of one kind of network are understood. Pure. */
export interface Decoder {
  /**
   * Whether outputs of these shapes are what this kind of network gives.
   * @returns what was expected, for a message to people; `undefined` when all is well.
   */
  mismatch(outputs: readonly { readonly dims: readonly number[] }[], spec: NetworkSpec): string | undefined;
  /** @param outputs in the file's own order, of shapes that `mismatch` has no objection to. */
  decode(outputs: readonly TensorView[], spec: NetworkSpec, wanted: Wanted): Candidate[];
}

/** The grid of cells a network lays over its input at one stride. */
export interface Grid {
  readonly stride: number;
  readonly columns: number;
  readonly rows: number;
}

export function gridOf(spec: Pick<NetworkSpec, 'width' | 'height'>, stride: number): Grid {
  return { stride, columns: Math.ceil(spec.width / stride), rows: Math.ceil(spec.height / stride) };
}

/** The best wanted label of one row of class scores, or `undefined` when none reaches the minimum. */
export function bestLabel(
  scores: Float32Array,
  from: number,
  wanted: Wanted,
): { labelIndex: number; score: number } | undefined {
  let labelIndex = -1;
  let score = wanted.minScore;
  for (let i = 0; i < wanted.labels.length; i++) {
    const value = scores[from + i] ?? 0;
    if (value >= score && wanted.labels[i] === 1) {
      score = value;
      labelIndex = i;
    }
  }
  return labelIndex < 0 ? undefined : { labelIndex, score };
}
