import { type GraphBuilder, NHWC, same, shapeOf, type Padding, type View } from './graph-builder.js';
import type { GraphNode } from './tfjs-graph.js';

/** The operators that slide a window over a picture: convolutions and the maximum. Rows and columns as in TensorFlow. */

/** Rows first. */
type Pair = readonly [number, number];
interface Window {
  readonly kernel: Pair;
  readonly strides: Pair;
  readonly dilations: Pair;
}

/** A convolution; its kernel goes from rows, columns, in, out to out, in, rows, columns. */
export function conv(b: GraphBuilder, node: GraphNode, [x = '', kernel = '']: readonly string[]): void {
  const { shape, data } = b.constant(kernel);
  const [height = 0, width = 0, channelsIn = 0, channelsOut = 0] = shape;
  const oihw = new Float32Array(data.length);
  let to = 0;
  for (let o = 0; o < channelsOut; o++) {
    for (let i = 0; i < channelsIn; i++) {
      for (let at = 0; at < height * width; at++)
        oihw[to++] = data[(at * channelsIn + i) * channelsOut + o] ?? 0;
    }
  }
  const [, strideY = 1, strideX = 1] = integers(node, 'strides');
  const [, dilationY = 1, dilationX = 1] = integers(node, 'dilations');
  const window: Window = {
    kernel: [height, width],
    strides: [strideY, strideX],
    dilations: [dilationY, dilationX],
  };
  const { source, pads, size } = slide(b, b.view(x), node, window, (padding) => padding.value === 0);
  const weights = b.initializer(kernel, [channelsOut, channelsIn, height, width], oihw);
  const tensor = b.emit('Conv', node.name, [source.tensor, weights], {
    kernel_shape: { ints: window.kernel },
    strides: { ints: window.strides },
    dilations: { ints: window.dilations },
    pads: { ints: pads },
  });
  b.set(node.name, { tensor, stored: [source.stored[0] ?? 1, channelsOut, ...size], perm: NHWC });
}

/** A convolution with the bias, and perhaps the Relu, that the exporter fused into it. */
export function fusedConv(
  b: GraphBuilder,
  node: GraphNode,
  [x = '', kernel = '', bias = '']: readonly string[],
): void {
  const steps = (node.attr['fused_ops']?.list?.s ?? []).map(text);
  const [first, second = 'Relu', ...more] = steps;
  if (first !== 'BiasAdd' || second !== 'Relu' || more.length > 0)
    throw new Error(`fused with ${steps.join(', ')}: only BiasAdd and Relu are supported`);
  const linear = steps.length === 1 ? node.name : `${node.name}/linear`;
  conv(b, { ...node, name: linear }, [x, kernel]);
  const { shape, data } = b.constant(bias);
  b.addBias(linear, b.initializer(bias, shape, Float32Array.from(data)));
  if (linear === node.name) return;
  const view = b.view(linear);
  b.set(node.name, { ...view, tensor: b.emit('Relu', node.name, [view.tensor]) });
}

export function maxPool(b: GraphBuilder, node: GraphNode, [x = '']: readonly string[]): void {
  const [, height = 1, width = 1] = integers(node, 'ksize');
  const [, strideY = 1, strideX = 1] = integers(node, 'strides');
  const window: Window = { kernel: [height, width], strides: [strideY, strideX], dilations: [1, 1] };
  // ONNX pads a maximum with minus infinity, as TensorFlow's own padding does.
  const { source, pads, size } = slide(b, b.view(x), node, window, (padding) => padding.value === -Infinity);
  const tensor = b.emit('MaxPool', node.name, [source.tensor], {
    kernel_shape: { ints: window.kernel },
    strides: { ints: window.strides },
    pads: { ints: pads },
  });
  b.set(node.name, { tensor, stored: [...source.stored.slice(0, 2), ...size], perm: NHWC });
}

/**
 * What a window slides over: the N, C, H, W tensor, the paddings the operator takes over (top, left, bottom, right: those
 * noted on the view and those of TensorFlow's SAME) and the size of the result.
 */
function slide(
  b: GraphBuilder,
  view: View,
  node: GraphNode,
  window: Window,
  canTake: (padding: Padding) => boolean,
): { source: View; pads: number[]; size: Pair } {
  const { source, pads } = windowed(b, view, canTake);
  const [, h = 0, w = 0] = shapeOf(view);
  const [top, bottom] = samePadding(node, window, h, 0);
  const [left, right] = samePadding(node, window, w, 1);
  const side = (length: number, axis: 0 | 1): number =>
    Math.floor((length - window.dilations[axis] * (window.kernel[axis] - 1) - 1) / window.strides[axis]) + 1;
  return {
    source,
    pads: [top, left, bottom, right].map((extra, i) => extra + (pads[i] ?? 0)),
    size: [side(h + top + bottom, 0), side(w + left + right, 1)],
  };
}

/** The N, C, H, W tensor behind a view, and the padding the reading operator takes over: top, left, bottom, right. */
function windowed(
  b: GraphBuilder,
  view: View,
  canTake: (padding: Padding) => boolean,
): { source: View; pads: number[] } {
  const { pad: padding, ...bare } = view;
  const onlySpace =
    padding !== undefined && [0, 1].every((axis) => padding.before[axis] === 0 && padding.after[axis] === 0);
  if (!same(view.perm, NHWC) || !onlySpace || !canTake(padding))
    return { source: b.laidOut(view, NHWC), pads: [0, 0, 0, 0] };
  return { source: bare, pads: [...padding.before.slice(2), ...padding.after.slice(2)] };
}

/**
 * Padding before and after along an axis. SAME: as many results as strides fit in, the odd one behind.
 * https://www.tensorflow.org/api_docs/python/tf/nn#notes_on_padding_2
 */
function samePadding(
  node: GraphNode,
  { kernel, strides, dilations }: Window,
  length: number,
  axis: 0 | 1,
): Pair {
  const padding = text(node.attr['padding']?.s ?? '');
  const order = text(node.attr['data_format']?.s ?? '');
  if (!['VALID', 'SAME'].includes(padding) || order !== 'NHWC')
    throw new Error(`padding ${padding} and order ${order}: only VALID or SAME and NHWC are supported`);
  if (padding === 'VALID') return [0, 0];
  const reach = dilations[axis] * (kernel[axis] - 1) + 1;
  const missing = (Math.ceil(length / strides[axis]) - 1) * strides[axis] + reach - length;
  const before = Math.floor(Math.max(0, missing) / 2);
  return [before, Math.max(0, missing) - before];
}

function integers(node: GraphNode, attribute: string): number[] {
  return (node.attr[attribute]?.list?.i ?? []).map(Number);
}

function text(base64: string): string {
  return Buffer.from(base64, 'base64').toString();
}
