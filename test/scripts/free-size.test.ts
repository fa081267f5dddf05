import { withFreeSize } from '../../scripts/convert/free-size.js';
import type { OnnxGraph } from '../../scripts/convert/onnx-file.js';

const graph = (shape: bigint[]): OnnxGraph => ({
  name: 'g',
  inputs: [{ name: 'x', shape: [1, 3, 64, 64] }],
  outputs: [{ name: 'y', shape: [1, 64, 5] }],
  nodes: [{ op: 'Reshape', inputs: ['x', 'to'], outputs: ['y'], attributes: {} }],
  initializers: [
    { name: 'to', shape: [3], data: BigInt64Array.from(shape) },
    { name: 'other', shape: [3], data: BigInt64Array.of(1n, 64n, 5n) },
  ],
});

test.each([
  ['cells first', [1n, 64n, 5n], [1n, -1n, 5n]],
  ['values first', [1n, 5n, 64n], [1n, 5n, -1n]],
])('%s: the cells are counted, everything else stays', (_, given, expected) => {
  const free = withFreeSize(graph(given));
  expect([...(free.initializers[0]?.data ?? [])]).toEqual(expected);
  expect([...(free.initializers[1]?.data ?? [])]).toEqual([1n, 64n, 5n]);
  expect(free.inputs[0]?.shape).toEqual([1, 3, 'height', 'width']);
  expect(free.outputs[0]?.shape).toEqual([1, 'y-cells', 5]);
});

test.each([[[1n, 7n, 5n]], [[64n, 5n]], [[1n, 64n, 64n]], [[2n, 64n, 5n]]])(
  'a reshape to %p is refused',
  (shape) => {
    expect(() => withFreeSize(graph(shape))).toThrow(/to: reshapes to/);
  },
);

test('an output of rows and columns frees both', () => {
  const outputs = [{ name: 'y', shape: [1, 42, 8, 8] }];
  const free = withFreeSize({ ...graph([1n, 64n, 5n]), nodes: [], outputs });
  expect(free.outputs[0]?.shape).toEqual([1, 42, 'y-rows', 'y-columns']);
});
