/** A TensorFlow.js graph model small enough to compute by hand: padding, transposes, convolution with bias, leaky ReLU. */
export function tinyGraph(): { json: string; weights: Buffer } {
  const ints = (values: number[]) => Buffer.from(Int32Array.from(values).buffer);
  const floats = (values: number[]) => Buffer.from(Float32Array.from(values).buffer);
  const constants: [name: string, dtype: string, shape: number[], bytes: Buffer][] = [
    ['pads', 'int32', [4, 2], ints([0, 0, 0, 0, 1, 1, 1, 1])],
    ['to-nhwc', 'int32', [4], ints([0, 2, 3, 1])],
    ['to-nchw', 'int32', [4], ints([0, 3, 1, 2])],
    ['kernel', 'float32', [2, 2, 2, 1], floats([1, -1, 1, -1, 1, -1, 1, -1])],
    ['bias', 'float32', [1], floats([1])],
  ];
  const shape = (...dims: number[]) => ({ dim: dims.map((size) => ({ size: String(size) })) });
  const nodes = [
    { name: 'in', op: 'Placeholder' },
    ...constants.map(([name]) => ({ name, op: 'Const' })),
    { name: 'padded', op: 'Pad', input: ['in', 'pads'] },
    { name: 'nhwc', op: 'Transpose', input: ['padded', 'to-nhwc'] },
    {
      name: 'conv',
      op: 'Conv2D',
      input: ['nhwc', 'kernel'],
      attr: {
        padding: { s: Buffer.from('VALID').toString('base64') },
        data_format: { s: Buffer.from('NHWC').toString('base64') },
        strides: { list: { i: ['1', '1', '1', '1'] } },
        dilations: { list: { i: ['1', '1', '1', '1'] } },
      },
    },
    { name: 'biased', op: 'Add', input: ['conv', 'bias'] },
    { name: 'nchw', op: 'Transpose', input: ['biased', 'to-nchw'] },
    { name: 'leaky', op: 'LeakyRelu', input: ['nchw'], attr: { alpha: { f: 0.5 } } },
    { name: 'out', op: 'Identity', input: ['leaky'] },
  ];
  const json = JSON.stringify({
    format: 'graph-model',
    signature: {
      inputs: { 'in:0': { name: 'in:0', tensorShape: shape(1, 2, 4, 4) } },
      outputs: { 'out:0': { name: 'out:0', tensorShape: shape(1, 1, 5, 5) } },
    },
    modelTopology: { node: nodes },
    weightsManifest: [
      {
        paths: ['tiny.bin'],
        weights: constants.map(([name, dtype, dims]) => ({ name, dtype, shape: dims })),
      },
    ],
  });
  return { json, weights: Buffer.concat(constants.map(([, , , bytes]) => bytes)) };
}
