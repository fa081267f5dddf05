import { encodeOnnx } from '../../scripts/convert/onnx-file.js';
import { fromFloat16, readGraph } from '../../scripts/convert/tfjs-graph.js';
import { toOnnx } from '../../scripts/convert/to-onnx.js';
import { tinyGraph } from '../support/tiny-graph.js';

const { json, weights } = tinyGraph();

describe('readGraph', () => {
  it.each([
    ['too short', weights.subarray(0, weights.length - 4), /weights end at byte/],
    ['too long', Buffer.concat([weights, Buffer.alloc(4)]), /the manifest describes/],
  ])('refuses weights that are %s', (_, bytes, message) => {
    expect(() => readGraph(json, bytes)).toThrow(message);
  });

  it('refuses other kinds of model', () => {
    expect(() => readGraph('{"format":"layers-model"}', weights)).toThrow('is a "layers-model"');
  });

  it.each([
    [0x3c00, 1],
    [0xc000, -2],
    [0x3555, 0.333251953125],
    [0x7bff, 65504],
    [0x0001, 2 ** -24],
    [0x0400, 2 ** -14],
    [0xfc00, -Infinity],
  ])('reads half precision %i as %f', (bits, value) => {
    expect(fromFloat16(bits)).toBe(value);
  });
});

describe('toOnnx', () => {
  it('drops every transpose and padding the convolution can take over', () => {
    const { nodes } = toOnnx(readGraph(json, weights), 'tiny');
    expect(nodes.map(({ op }) => op)).toEqual(['Conv', 'LeakyRelu', 'Identity']);
    expect(nodes[0]).toMatchObject({
      inputs: ['in', 'kernel', 'bias'],
      attributes: { pads: { ints: [1, 1, 1, 1] } },
    });
  });

  it('gives the same bytes each time', () => {
    const encode = () => encodeOnnx(toOnnx(readGraph(json, weights), 'tiny'));
    expect(Buffer.compare(encode(), encode())).toBe(0);
  });

  it.each([
    [
      'an operator it does not know',
      (text: string) => text.replace('"LeakyRelu"', '"Elu"'),
      /node leaky: operator Elu is not supported/,
    ],
    [
      'a padding it does not know',
      (text: string) => text.replace(btoa('VALID'), btoa('EXPLICIT')),
      /node conv \(Conv2D\): padding EXPLICIT/,
    ],
    [
      'an output of another shape',
      (text: string) => text.replace(/"size":"5"/g, '"size":"6"'),
      /output out has shape 1x1x5x5, the model says 1x1x6x6/,
    ],
  ])('names the node with %s', (_, change, message) => {
    const changed = change(json);
    expect(changed).not.toBe(json);
    expect(() => toOnnx(readGraph(changed, weights), 'tiny')).toThrow(message);
  });
});
