import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { encodeOnnx } from '../../scripts/convert/onnx-file.js';
import { readGraph } from '../../scripts/convert/tfjs-graph.js';
import { toOnnx } from '../../scripts/convert/to-onnx.js';
import { runGraph } from '../support/tfjs-interpreter.js';

/**
 * The operators of face networks on a picture of odd size: convolutions with what was fused into them, TensorFlow's own
 * paddings, concatenated channels; converted, against the plain interpreter. Nodes around it are beyond conversion.
 */
let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'camqueue-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const CUT = { input: { name: 'scaled', shape: [1, 9, 7, 3] }, outputs: ['head', 'pooled'] };
const HEIGHT = 9;
const WIDTH = 7;

/** Values between -1 and 1 without a pattern. */
const value = (i: number): number => Math.sin(12.9898 * (i + 1)) * 0.9;

function graph(kernel: number, stride: number, fused: readonly string[]): { json: string; weights: Buffer } {
  const constants: [name: string, shape: number[]][] = [
    ['k1', [kernel, kernel, 3, 4]],
    ['b1', [4]],
    ['k2', [3, 3, 8, 5]],
    ['b2', [5]],
  ];
  const text = (s: string) => ({ s: btoa(s) });
  const ints = (...i: number[]) => ({ list: { i: i.map(String) } });
  const window = (step: number) => ({
    padding: text('SAME'),
    data_format: text('NHWC'),
    strides: ints(1, step, step, 1),
    dilations: ints(1, 1, 1, 1),
  });
  const fusedWith = (steps: readonly string[]) => ({
    fused_ops: { list: { s: steps.map((step) => btoa(step)) } },
  });
  const nodes = [
    { name: 'bytes', op: 'Placeholder' },
    ...constants.map(([name]) => ({ name, op: 'Const' })),
    { name: 'axis', op: 'Const' },
    { name: 'scaled', op: 'Cast', input: ['bytes'] },
    {
      name: 'first',
      op: '_FusedConv2D',
      input: ['scaled', 'k1', 'b1'],
      attr: { ...window(stride), ...fusedWith(fused) },
    },
    { name: 'minus', op: 'Neg', input: ['first'] },
    { name: 'both', op: 'ConcatV2', input: ['first', 'minus', 'axis'] },
    { name: 'pool', op: 'MaxPool', input: ['both'], attr: { ...window(2), ksize: ints(1, 3, 3, 1) } },
    { name: 'pooled', op: 'Relu', input: ['pool'] },
    {
      name: 'head',
      op: '_FusedConv2D',
      input: ['pooled', 'k2', 'b2'],
      attr: { ...window(1), ...fusedWith(['BiasAdd']) },
    },
    { name: 'suppressed', op: 'NonMaxSuppressionV3', input: ['head'] },
  ];
  const values = constants.map(([name, shape], at) => {
    const count = shape.reduce((a, b) => a * b, 1);
    return { name, shape, data: Float32Array.from({ length: count }, (_, i) => value(i + 1000 * at)) };
  });
  const entries = [
    ...values.map(({ name, shape }) => ({ name, dtype: 'float32', shape })),
    { name: 'axis', dtype: 'int32', shape: [] },
  ];
  const weights = Buffer.concat([
    ...values.map(({ data }) => Buffer.from(data.buffer)),
    Buffer.from(Int32Array.of(3).buffer),
  ]);
  const json = JSON.stringify({
    format: 'graph-model',
    signature: { outputs: { suppressed: {} } },
    modelTopology: { node: nodes },
    weightsManifest: [{ paths: ['w.bin'], weights: entries }],
  });
  return { json, weights };
}

it.each([
  [1, 1, ['BiasAdd']],
  [3, 1, ['BiasAdd', 'Relu']],
  [3, 2, ['BiasAdd']],
  [5, 2, ['BiasAdd', 'Relu']],
  [7, 4, ['BiasAdd']],
])('kernel %d, stride %d, fused %p', async (kernel, stride, fused) => {
  const { json, weights } = graph(kernel, stride, fused);
  const [jsonPath, weightsPath] = [join(folder, 'm.json'), join(folder, 'm.bin')];
  writeFileSync(jsonPath, json);
  writeFileSync(weightsPath, weights);
  const data = Float32Array.from({ length: HEIGHT * WIDTH * 3 }, (_, i) => value(i + 50_000));
  const expected = runGraph(
    jsonPath,
    weightsPath,
    { shape: [1, HEIGHT, WIDTH, 3], data },
    { input: CUT.input.name, outputs: CUT.outputs },
  );

  const session = await InferenceSession.create(encodeOnnx(toOnnx(readGraph(json, weights, CUT), 'cut')));
  const pixels = HEIGHT * WIDTH;
  const planes = Float32Array.from(data, (_, i) => data[(i % pixels) * 3 + Math.floor(i / pixels)]!);
  const results = await session.run({ scaled: new Tensor('float32', planes, [1, 3, HEIGHT, WIDTH]) });

  expect(session.outputNames).toEqual(CUT.outputs);
  for (const [name, { shape, data: wanted }] of expected) {
    const [, rows = 0, columns = 0, channels = 0] = shape;
    const { dims, data: found } = results[name] as { dims: readonly number[]; data: Float32Array };
    expect(dims).toEqual([1, channels, rows, columns]);
    const cells = rows * columns;
    const worst = Math.max(
      ...Array.from(found, (one, i) =>
        Math.abs(one - wanted[(i % cells) * channels + Math.floor(i / cells)]!),
      ),
    );
    expect(worst).toBeLessThan(1e-5);
  }
});

it('says what it cannot fuse', () => {
  const { json, weights } = graph(3, 1, ['BiasAdd', 'Elu']);
  expect(() => toOnnx(readGraph(json, weights, CUT), 'cut')).toThrow(
    'node first (_FusedConv2D): fused with BiasAdd, Elu: only BiasAdd and Relu are supported',
  );
});

it('names an output that is not there', () => {
  const { json, weights } = graph(3, 1, ['BiasAdd']);
  expect(() => toOnnx(readGraph(json, weights, { ...CUT, outputs: ['tail'] }), 'cut')).toThrow(
    /^tail is not computed/,
  );
});
