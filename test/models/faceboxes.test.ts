import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { decodeFaces, mismatch } from '../../models/faceboxes/decode.js';
import { faceboxes } from '../../models/faceboxes/model.js';
import type { TensorView } from '../../models/network.js';
import { createSampler } from '../../models/sample.js';
import { WHOLE } from '../../src/domain/geometry.js';
import type { Picture } from '../../src/domain/picture.js';
import { needs } from '../support/test-data.js';
import { runGraph } from '../support/tfjs-interpreter.js';

/**
 * The converted network against the original graph, as in nanodet-g-416.test.ts:
 * UPDATE_REFERENCE=1 npx jest test/models/faceboxes.test.ts computes the reference anew from models/.cache.
 */
const MODELS = resolve(__dirname, '../../models');
const FIXTURE = join(__dirname, 'faceboxes.reference.json');
const converted = join(MODELS, faceboxes.file);
/** Not square, and not the size the file was converted at. */
const SIZE = { width: 256, height: 192 };

type Reference = Record<string, { readonly shape: number[]; readonly mean: number; readonly values: string }>;

needs([converted], 'run scripts/fetch-models.sh')('the converted network', () => {
  it(
    'gives what the original graph gives',
    async () => {
      const input = new Float32Array(3 * SIZE.width * SIZE.height);
      createSampler({ ...SIZE, input: faceboxes.input })(drawn(), WHOLE, input, SIZE);
      if (process.env['UPDATE_REFERENCE'] === '1') writeReference(input);
      const reference = JSON.parse(readFileSync(FIXTURE, 'utf8')) as Reference;
      const session = await InferenceSession.create(converted, { intraOpNumThreads: 1 });
      const results = await session.run({
        [session.inputNames[0]!]: new Tensor('float32', input, [1, 3, SIZE.height, SIZE.width]),
      });

      expect(session.outputNames).toEqual(faceboxes.source.cut!.outputs);
      for (const [output, expected] of Object.entries(reference)) {
        const { dims, data } = results[output] as { dims: readonly number[]; data: Float32Array };
        expect([output, ...dims]).toEqual([output, ...expected.shape]);
        expect(Math.abs(meanOf(data) - expected.mean)).toBeLessThan(1e-3);
        const pairs = expected.values.split(' ').map((pair) => pair.split(':').map(Number));
        const worst = Math.max(...pairs.map(([index, value]) => Math.abs(data[index!]! - value!)));
        expect([output, worst < 3e-3 ? 'equal' : worst]).toEqual([output, 'equal']);
      }
      const outputs = session.outputNames.map((name) => results[name] as unknown as TensorView);
      expect(mismatch(outputs, SIZE)).toBeUndefined();
    },
    process.env['UPDATE_REFERENCE'] === '1' ? 600_000 : 20_000,
  );
});

describe('reading the outputs', () => {
  /** Outputs for an input of 128x64 in which one anchor of one cell sees a face. */
  function outputs(layer: 0 | 1, anchor: number, cell: number, codes: readonly number[] = [0, 0, 0, 0]) {
    const empty = [
      [42, 2, 4],
      [84, 2, 4],
      [2, 1, 2],
      [4, 1, 2],
    ].map(([values = 0, rows = 0, columns = 0], i): TensorView => {
      const data = new Float32Array(values * rows * columns);
      // No face, surely: 10 against 0.
      if (i % 2 === 0)
        data.fill(10).forEach((_, at) => (data[at] = at % (2 * rows * columns) < rows * columns ? 10 : 0));
      return { dims: [1, values, rows, columns], data };
    });
    const [scores, boxes] = [empty[2 * layer]!, empty[2 * layer + 1]!];
    const cells = scores.dims[2]! * scores.dims[3]!;
    scores.data[2 * anchor * cells + cell] = 0;
    scores.data[(2 * anchor + 1) * cells + cell] = 2;
    codes.forEach((code, i) => (boxes.data[(4 * anchor + i) * cells + cell] = code));
    return empty;
  }

  // By hand. Cells are 32 or 64 px; an anchor of 32 px laid 4 times to a side is shifted by -12, -4, 4, 12 px, downward
  // first; one of 64 px laid twice by -16 and 16.
  it.each([
    ['32 px, first of 16', 0, 0, 0, undefined, { x: -12, y: -12, width: 32, height: 32 }],
    ['32 px, second: further down', 0, 1, 0, undefined, { x: -12, y: -4, width: 32, height: 32 }],
    ['32 px, fifth: further right', 0, 4, 0, undefined, { x: -4, y: -12, width: 32, height: 32 }],
    ['64 px, last of 4, second row of cells', 0, 19, 5, undefined, { x: 32, y: 32, width: 64, height: 64 }],
    ['128 px', 0, 20, 0, undefined, { x: -48, y: -48, width: 128, height: 128 }],
    ['256 px, second cell', 1, 0, 1, undefined, { x: -32, y: -96, width: 256, height: 256 }],
    [
      'shifted: a tenth of an anchor for 1',
      0,
      20,
      0,
      [2, -1, 0, 0],
      { x: -60.8, y: -22.4, width: 128, height: 128 },
    ],
    [
      'twice as high, half as wide',
      0,
      20,
      0,
      [0, 0, 5 * Math.LN2, -5 * Math.LN2],
      { x: -16, y: -112, width: 64, height: 256 },
    ],
  ] as const)('%s', (_, layer, anchor, cell, codes, box) => {
    const found = decodeFaces(outputs(layer, anchor, cell, codes), 0.3);
    expect(found).toHaveLength(1);
    expect(found[0]!.score).toBeCloseTo(1 / (1 + Math.exp(-2)), 5);
    for (const side of ['x', 'y', 'width', 'height'] as const)
      expect(found[0]!.box[side]).toBeCloseTo(box[side], 3);
  });

  it('leaves out what is less sure than wanted', () => {
    expect(decodeFaces(outputs(0, 3, 2), 0.88)).toHaveLength(1);
    expect(decodeFaces(outputs(0, 3, 2), 0.89)).toEqual([]);
  });

  it('knows its own shapes', () => {
    expect(mismatch(outputs(0, 0, 0), { width: 128, height: 64 })).toBeUndefined();
    expect(mismatch(outputs(0, 0, 0), { width: 64, height: 128 })).toBe(
      '[1, 42, 4, 2], [1, 84, 4, 2], [1, 2, 2, 1], [1, 4, 2, 1]',
    );
    expect(mismatch(outputs(0, 0, 0).slice(1), { width: 128, height: 64 })).toBeDefined();
  });
});

function writeReference(planes: Float32Array): void {
  const { json, weights, cut } = faceboxes.source;
  const [jsonPath, weightsPath] = [json, weights].map(({ path }) =>
    join(MODELS, '.cache', path.replace('models/', '')),
  );
  const pixels = SIZE.width * SIZE.height;
  const data = Float32Array.from(planes, (_, i) => planes[(i % 3) * pixels + Math.floor(i / 3)]!);
  const input = { shape: [1, SIZE.height, SIZE.width, 3], data };
  const outputs = runGraph(jsonPath!, weightsPath!, input, { input: cut!.input.name, outputs: cut!.outputs });
  const entries = [...outputs].map(([output, { shape, data: found }]) => {
    const [, rows = 0, columns = 0, values = 0] = shape;
    const inPlanes = Float32Array.from(
      found,
      (_, i) => found[(i % (rows * columns)) * values + Math.floor(i / (rows * columns))]!,
    );
    return [
      output,
      { shape: [1, values, rows, columns], mean: meanOf(inPlanes), values: worthChecking(inPlanes) },
    ] as const;
  });
  writeFileSync(FIXTURE, `${JSON.stringify(Object.fromEntries(entries), undefined, 2)}\n`);
}

/** The highest values, and some from everywhere. */
function worthChecking(data: Float32Array): string {
  const all = Array.from(data, (value, index): [number, number] => [index, value]);
  const spread = all.filter((_, i) => i % Math.ceil(data.length / 120) === 0);
  const highest = all.toSorted((a, b) => b[1] - a[1]).slice(0, 40);
  return [...highest, ...spread].map(([index, value]) => `${index}:${Number(value.toFixed(5))}`).join(' ');
}

function meanOf(data: Float32Array): number {
  return data.reduce((sum, value) => sum + value, 0) / data.length;
}

/** Waves of several lengths, in all colours. */
function drawn(): Picture {
  const data = new Uint8Array(SIZE.width * SIZE.height * 3).map(
    (_, i) => 128 + 70 * Math.sin(i / 9_611) + 40 * Math.sin(i / 611) + 17 * Math.sin(i / 7),
  );
  return { ...SIZE, format: 'rgb24', data };
}
