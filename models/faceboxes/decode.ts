import { pixelBox, type PixelBox } from '../../src/domain/geometry.js';
import type { TensorView } from '../network.js';

/** A face before suppression; the box is in pixels of the network's input. */
export interface FaceCandidate {
  readonly box: PixelBox;
  /** 0..1 */
  readonly score: number;
}

/** Square boxes that each cell of a layer starts from; small ones `dense` times `dense` to a cell, so that none is far. */
interface Layer {
  /** Pixels of the input from cell to cell. */
  readonly stride: number;
  readonly anchors: readonly { readonly sidePx: number; readonly dense: number }[];
}

/** https://arxiv.org/abs/1708.05234, sections 3.1 and 3.2; the order of the anchors is that of the graph's generator. */
const LAYERS: readonly Layer[] = [
  {
    stride: 32,
    anchors: [
      { sidePx: 32, dense: 4 },
      { sidePx: 64, dense: 2 },
      { sidePx: 128, dense: 1 },
    ],
  },
  { stride: 64, anchors: [{ sidePx: 256, dense: 1 }] },
];

/** Boxes are given as shifts (in anchors) times 10 and as logarithms of the size times 5: the SSD's encoding. */
const SHIFT_SCALE = 10;
const SIZE_SCALE = 5;

/**
 * Whether outputs of these shapes are what the network gives for an input of that size.
 * @returns what was expected, for a message to people; `undefined` when all is well.
 */
export function mismatch(
  outputs: readonly { readonly dims: readonly number[] }[],
  { width, height }: { readonly width: number; readonly height: number },
): string | undefined {
  const expected = LAYERS.flatMap(({ stride, anchors }) => {
    const count = anchors.reduce((sum, { dense }) => sum + dense * dense, 0);
    return [2 * count, 4 * count].map((values) => [1, values, height / stride, width / stride]);
  });
  const fits =
    outputs.length === expected.length &&
    expected.every((dims, i) => dims.join() === outputs[i]?.dims.join());
  return fits ? undefined : expected.map((dims) => `[${dims.join(', ')}]`).join(', ');
}

/** @param outputs as `mismatch` wants them: by layer the scores (no face, face) and the boxes of all anchors */
export function decodeFaces(outputs: readonly TensorView[], minScore: number): FaceCandidate[] {
  return LAYERS.flatMap((layer, i) => {
    const [scores, boxes] = [outputs[2 * i], outputs[2 * i + 1]];
    return scores && boxes ? decodeLayer(layer, scores, boxes, minScore) : [];
  });
}

function decodeLayer(
  { stride, anchors }: Layer,
  scores: TensorView,
  boxes: TensorView,
  minScore: number,
): FaceCandidate[] {
  const [, , rows = 0, columns = 0] = scores.dims;
  const cells = rows * columns;
  // The softmax of two is a sigmoid of their difference: compared before it is computed, nearly all cells fall out.
  const minMargin = Math.log(minScore / (1 - minScore));
  const found: FaceCandidate[] = [];
  let anchor = 0;
  for (const { sidePx, dense } of anchors) {
    for (let i = 0; i < dense * dense; i++, anchor++) {
      const shift = (at: number): number => sidePx * ((at + 0.5) / dense - 0.5);
      const [shiftX, shiftY] = [shift(Math.floor(i / dense)), shift(i % dense)];
      for (let cell = 0; cell < cells; cell++) {
        const margin =
          scores.data[(2 * anchor + 1) * cells + cell]! - scores.data[2 * anchor * cells + cell]!;
        if (margin < minMargin) continue;
        const code = (value: number): number => boxes.data[(4 * anchor + value) * cells + cell]!;
        const x = ((cell % columns) + 0.5) * stride + shiftX + (code(1) / SHIFT_SCALE) * sidePx;
        const y = (Math.floor(cell / columns) + 0.5) * stride + shiftY + (code(0) / SHIFT_SCALE) * sidePx;
        const width = Math.exp(code(3) / SIZE_SCALE) * sidePx;
        const height = Math.exp(code(2) / SIZE_SCALE) * sidePx;
        found.push({
          box: pixelBox(x - width / 2, y - height / 2, width, height),
          score: 1 / (1 + Math.exp(-margin)),
        });
      }
    }
  }
  return found;
}
