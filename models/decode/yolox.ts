import { pixelBox } from '../../src/domain/geometry.js';
import { bestLabel, gridOf, type Candidate, type Decoder } from './candidate.js';

const STRIDES = [8, 16, 32];

/**
 * YOLOX as its own exporter writes it: one output [1, cells, 5 + labels], the cells of all strides one after the
 * other; per cell x and y from the cell's corner and log width and height, in strides, then objectness and class
 * scores, both already 0..1. https://github.com/Megvii-BaseDetection/YOLOX
 */
export const yolox: Decoder = {
  mismatch: (outputs, spec) => {
    const columns = 5 + spec.labels.length;
    const dims = outputs[0]?.dims ?? [];
    const fits =
      outputs.length === 1 &&
      dims.length === 3 &&
      dims[0] === 1 &&
      dims[1] === cellsOf(spec) &&
      dims[2] === columns;
    return fits
      ? undefined
      : `one output [1, ${cellsOf(spec)}, ${columns}] (x, y, width, height, objectness, ${spec.labels.length} class scores)`;
  },
  decode: (outputs, spec, wanted) => {
    const data = outputs[0]?.data ?? new Float32Array(0);
    const columns = 5 + spec.labels.length;
    const candidates: Candidate[] = [];
    let at = 0;
    for (const stride of STRIDES) {
      const grid = gridOf(spec, stride);
      for (let cell = 0; cell < grid.columns * grid.rows; cell++, at += columns) {
        const [x = 0, y = 0, logWidth = 0, logHeight = 0, objectness = 0] = data.subarray(at, at + 5);
        if (objectness < wanted.minScore) continue;
        const best = bestLabel(data, at + 5, { ...wanted, minScore: wanted.minScore / objectness });
        if (!best) continue;
        const width = Math.exp(logWidth) * stride;
        const height = Math.exp(logHeight) * stride;
        const centreX = ((cell % grid.columns) + x) * stride;
        const centreY = (Math.floor(cell / grid.columns) + y) * stride;
        const box = pixelBox(centreX - width / 2, centreY - height / 2, width, height);
        candidates.push({ labelIndex: best.labelIndex, score: best.score * objectness, box });
      }
    }
    return candidates;
  },
};

function cellsOf(spec: { readonly width: number; readonly height: number }): number {
  return STRIDES.map((stride) => gridOf(spec, stride)).reduce(
    (sum, { columns, rows }) => sum + columns * rows,
    0,
  );
}
