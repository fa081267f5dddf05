import type { Wanted } from '../../models/decode/candidate.js';
import { KINDS } from '../../models/decode/kinds.js';
import { suppress } from '../../models/decode/suppress.js';
import { toDetections } from '../../models/detections.js';
import type { DecodeKind, NetworkSpec, TensorView } from '../../models/network.js';
import { pixelBox, unitBox, WHOLE } from '../../src/domain/geometry.js';

const LABELS = ['person', 'car', 'truck'];
const BINS = 8;

function spec(decode: DecodeKind): NetworkSpec {
  return {
    name: 'n',
    file: 'n.onnx',
    decode,
    width: 64,
    height: 32,
    input: KINDS[decode].input,
    labels: LABELS,
  };
}
function all(minScore: number, labels = [1, 1, 1]): Wanted {
  return { minScore, labels: Uint8Array.from(labels) };
}
function zeros(...dims: number[]): TensorView {
  return { dims, data: new Float32Array(dims.reduce((a, b) => a * b, 1)) };
}

/** Heads of a 64x32 input; the sides' distributions all say `bin`. */
function heads(
  strides: readonly number[],
  bin: number,
): { outputs: TensorView[]; score: (stride: number, cell: number, label: number, value: number) => void } {
  const cells = strides.map((stride) => Math.ceil(64 / stride) * Math.ceil(32 / stride));
  const scores = cells.map((count) => zeros(1, count, LABELS.length));
  const sides = cells.map((count) => {
    const view = zeros(1, count, 4 * BINS);
    view.data.forEach((_, i) => (view.data[i] = i % BINS === bin ? 50 : 0));
    return view;
  });
  return {
    outputs: [...scores, ...sides],
    score: (stride, cell, label, value) =>
      (scores[strides.indexOf(stride)]!.data[cell * LABELS.length + label] = value),
  };
}

describe.each([
  ['nanodet', [8, 16, 32]],
  ['picodet', [8, 16, 32, 64]],
] as const)('%s', (kind, strides) => {
  const { decoder } = KINDS[kind];

  it('reads boxes around cell centres, sides in strides', () => {
    const { outputs, score } = heads(strides, 2);
    score(8, 8 + 3, 1, 0.9);
    score(16, 5, 0, 0.6);
    expect(decoder.decode(outputs, spec(kind), all(0.5))).toEqual([
      { labelIndex: 1, score: expect.closeTo(0.9) as number, box: pixelBox(28 - 16, 12 - 16, 32, 32) },
      { labelIndex: 0, score: expect.closeTo(0.6) as number, box: pixelBox(24 - 32, 24 - 32, 64, 64) },
    ]);
  });

  it('takes the mean of a distribution, not its peak', () => {
    const { outputs, score } = heads(strides, 0);
    const sides = outputs[strides.length]!.data;
    sides.fill(0, 0, BINS);
    sides[3] = sides[4] = 60;
    score(8, 0, 0, 0.9);
    expect(decoder.decode(outputs, spec(kind), all(0.5))[0]!.box.x).toBeCloseTo(4 - 3.5 * 8);
  });

  it('finds scores and sides by shape, whatever their order', () => {
    const { outputs, score } = heads(strides, 1);
    score(32, 1, 2, 0.7);
    expect(decoder.decode(outputs.toReversed(), spec(kind), all(0.5))).toEqual(
      decoder.decode(outputs, spec(kind), all(0.5)),
    );
    expect(decoder.decode(outputs, spec(kind), all(0.5))).toHaveLength(1);
  });

  it('keeps to the minimum score and the wanted classes; the next best wanted class is taken', () => {
    const { outputs, score } = heads(strides, 1);
    score(8, 4, 1, 0.8);
    score(8, 4, 0, 0.6);
    expect(decoder.decode(outputs, spec(kind), all(0.5, [1, 0, 0]))).toMatchObject([{ labelIndex: 0 }]);
    expect(decoder.decode(outputs, spec(kind), all(0.7, [1, 0, 0]))).toEqual([]);
  });

  it.each([
    ['an output too few', (outputs: TensorView[]) => outputs.slice(1)],
    ['other labels', (outputs: TensorView[]) => [zeros(1, 32, 5), ...outputs.slice(1)]],
    ['another input size', (outputs: TensorView[]) => [zeros(1, 33, 3), ...outputs.slice(1)]],
  ])('does not take %s', (_, change) => {
    const { outputs } = heads(strides, 1);
    expect(decoder.mismatch(outputs, spec(kind))).toBeUndefined();
    expect(decoder.mismatch(change(outputs), spec(kind))).toMatch(/class scores \[1, cells, 3\]/);
  });
});

describe('yolox', () => {
  const { decoder } = KINDS.yolox;
  // 64x32: 32 + 8 + 2 cells.
  const output = () => zeros(1, 42, 8);

  it('reads centre, logarithmic size and objectness times class', () => {
    const view = output();
    view.data.set([0.5, 0.25, Math.log(2), Math.log(3), 0.9, 0.1, 0.8, 0.2], 8 * (32 + 5));
    expect(decoder.decode([view], spec('yolox'), all(0.5))).toEqual([
      {
        labelIndex: 1,
        score: expect.closeTo(0.72) as number,
        box: {
          x: expect.closeTo(24 - 16) as number,
          y: expect.closeTo(20 - 24) as number,
          width: expect.closeTo(32) as number,
          height: expect.closeTo(48) as number,
        },
      },
    ]);
    expect(decoder.decode([view], spec('yolox'), all(0.75))).toEqual([]);
    expect(decoder.decode([view], spec('yolox'), all(0.05, [1, 0, 0]))).toMatchObject([{ labelIndex: 0 }]);
  });

  it.each([[zeros(1, 41, 8)], [zeros(1, 42, 85)], [zeros(42, 8)]])(
    'does not take an output of other shape',
    (view) => {
      expect(decoder.mismatch([output()], spec('yolox'))).toBeUndefined();
      expect(decoder.mismatch([view], spec('yolox'))).toContain('[1, 42, 8]');
    },
  );
});

describe('suppress', () => {
  const at = (labelIndex: number, score: number, x = 0) => ({
    labelIndex,
    score,
    box: pixelBox(x, 0, 10, 10),
  });

  it.each([
    ['the worse of two of one class', [at(0, 0.5), at(0, 0.9, 1)], [[0, 0.9]]],
    ['a car that is also called a truck', [at(1, 0.5), at(2, 0.6, 2)], [[2, 0.6]]],
    [
      'nothing of different classes: a rider on a motorcycle',
      [at(0, 0.5), at(1, 0.6)],
      [
        [1, 0.6],
        [0, 0.5],
      ],
    ],
    [
      'nothing that overlaps by half or less',
      [at(0, 0.5), at(0, 0.6, 4)],
      [
        [0, 0.6],
        [0, 0.5],
      ],
    ],
    [
      'only what overlaps something kept',
      [at(0, 0.9), at(0, 0.8, 3), at(0, 0.7, 6)],
      [
        [0, 0.9],
        [0, 0.7],
      ],
    ],
  ])('removes %s', (_, candidates, kept) => {
    expect(suppress(candidates, LABELS).map(({ labelIndex, score }) => [labelIndex, score])).toEqual(kept);
  });
});

describe('toDetections', () => {
  it('brings boxes back from a letterboxed region and clips them to the picture', () => {
    const found = [{ labelIndex: 1, score: 0.9, box: pixelBox(16, 8, 16, 8) }];
    expect(
      toDetections(found, { x: 0, y: 0, width: 64, height: 16 }, unitBox(0.5, 0.5, 0.5, 0.5), LABELS),
    ).toEqual([{ label: 'car', score: 0.9, box: unitBox(0.625, 0.75, 0.125, 0.25) }]);
    expect(
      toDetections(
        [{ ...found[0]!, box: pixelBox(-8, 60, 16, 10) }],
        { x: 0, y: 0, width: 64, height: 64 },
        WHOLE,
        LABELS,
      ),
    ).toMatchObject([{ box: { x: 0, y: 0.9375, width: 0.125, height: 0.0625 } }]);
    expect(
      toDetections(
        [{ ...found[0]!, box: pixelBox(70, 0, 5, 5) }],
        { x: 0, y: 0, width: 64, height: 64 },
        WHOLE,
        LABELS,
      ),
    ).toEqual([]);
  });
});
