import { GraphBuilder, identity, NHWC, plain, same, type View } from './graph-builder.js';
import type { OnnxGraph } from './onnx-file.js';
import type { Graph, GraphNode } from './tfjs-graph.js';
import { conv, fusedConv, maxPool } from './windows.js';

/**
 * Converts a TensorFlow.js graph to ONNX. Only the operators below are known: exactly those the fetched
 * networks need, so a file that changed fails here and not with wrong numbers later.
 * @throws Error naming the node it cannot convert.
 */
export function toOnnx(graph: Graph, name: string): OnnxGraph {
  const builder = new GraphBuilder(graph);
  for (const node of graph.nodes) {
    const convert = OPERATORS[node.op];
    if (!convert) throw new Error(`node ${node.name}: operator ${node.op} is not supported`);
    try {
      convert(builder, node, node.input);
    } catch (error) {
      throw new Error(`node ${node.name} (${node.op}): ${(error as Error).message}`, { cause: error });
    }
  }
  return builder.finish(name);
}

type Convert = (builder: GraphBuilder, node: GraphNode, input: readonly string[]) => void;

const OPERATORS: Readonly<Record<string, Convert>> = {
  Placeholder: () => undefined,
  Identity: (b, { name }, [x = '']) => b.set(name, b.view(x)),
  Transpose: (b, { name }, [x = '', perm = '']) => {
    const view = b.view(x);
    b.set(name, { ...view, perm: b.integers(perm).map((axis) => view.perm[axis] ?? 0) });
  },
  Pad: (b, { name }, [x = '', pads = '']) => b.set(name, pad(b, b.view(x), b.integers(pads), 0)),
  PadV2: (b, { name }, [x = '', pads = '', value = '']) =>
    b.set(name, pad(b, b.view(x), b.integers(pads), b.constant(value).data[0] ?? 0)),
  Conv2D: conv,
  _FusedConv2D: fusedConv,
  MaxPool: maxPool,
  Add: add,
  AddV2: add,
  LeakyRelu: (b, node, [x = '']) =>
    elementwise(b, node.name, x, 'LeakyRelu', { alpha: { float: node.attr['alpha']?.f ?? 0.2 } }),
  Relu: (b, { name }, [x = '']) => elementwise(b, name, x, 'Relu', {}),
  Neg: (b, { name }, [x = '']) => elementwise(b, name, x, 'Neg', {}),
  Sigmoid: (b, { name }, [x = '']) => elementwise(b, name, x, 'Sigmoid', {}),
  ConcatV2: concat,
  ResizeBilinear: resize,
  SplitV: split,
  Reshape: reshape,
  SparseToDense: sparseToDense,
};

function pad(b: GraphBuilder, given: View, pads: readonly number[], value: number): View {
  const view = b.padded(given);
  const before = identity(view.perm.length).map((axis) => pads[2 * view.perm.indexOf(axis)] ?? 0);
  const after = identity(view.perm.length).map((axis) => pads[2 * view.perm.indexOf(axis) + 1] ?? 0);
  return { ...view, pad: { before, after, value } };
}

function add(b: GraphBuilder, node: GraphNode, [x = '', y = '']: readonly string[]): void {
  if (b.isConstant(x) && b.isConstant(y)) {
    const [left, right] = [b.constant(x), b.constant(y)];
    if (!same(left.shape, right.shape)) throw new Error('adds constants of different shapes');
    b.setConstant(node.name, { ...left, data: left.data.map((value, i) => value + (right.data[i] ?? 0)) });
    return;
  }
  if (b.isConstant(y)) {
    const bias = b.constant(y);
    const target = b.biaslessConv(x);
    if (!target || bias.shape.length !== 1)
      throw new Error('adds a constant to something that is no convolution');
    target.inputs.push(b.initializer(y, bias.shape, Float32Array.from(bias.data)));
    b.set(node.name, b.view(x));
    return;
  }
  const left = b.padded(b.view(x));
  const right = b.laidOut(b.view(y), left.perm);
  if (!same(left.stored, right.stored)) throw new Error('adds tensors of different shapes');
  b.set(node.name, { ...left, tensor: b.emit('Add', node.name, [left.tensor, right.tensor]) });
}

function elementwise(
  b: GraphBuilder,
  name: string,
  x: string,
  op: string,
  attributes: Parameters<GraphBuilder['emit']>[3],
): void {
  const view = b.padded(b.view(x));
  b.set(name, { ...view, tensor: b.emit(op, name, [view.tensor], attributes) });
}

function concat(b: GraphBuilder, node: GraphNode, input: readonly string[]): void {
  const first = b.padded(b.view(input[0] ?? ''));
  const parts = input.slice(0, -1).map((reference) => b.laidOut(b.view(reference), first.perm));
  const [given = 0] = b.integers(input.at(-1) ?? '');
  const axis = first.perm[given < 0 ? given + first.perm.length : given] ?? 0;
  const tensor = b.emit(
    'Concat',
    node.name,
    parts.map((part) => part.tensor),
    { axis: { int: axis } },
  );
  const total = parts.reduce((sum, part) => sum + (part.stored[axis] ?? 0), 0);
  b.set(node.name, { tensor, stored: first.stored.with(axis, total), perm: first.perm });
}

function resize(b: GraphBuilder, node: GraphNode, [x = '', size = '']: readonly string[]): void {
  const view = b.laidOut(b.view(x), NHWC);
  const [rows = 0, columns = 0] = b.integers(size);
  const stored = [...view.stored.slice(0, 2), rows, columns];
  const mode = node.attr['align_corners']?.b
    ? 'align_corners'
    : node.attr['half_pixel_centers']?.b
      ? 'half_pixel'
      : 'asymmetric';
  // By factor, not by size: the graph then serves inputs of other sizes too.
  const factors = Float32Array.from(stored, (length, axis) => length / (view.stored[axis] ?? length));
  const scales = b.initializer(`${node.name}/scales`, [4], factors);
  const tensor = b.emit('Resize', node.name, [view.tensor, '', scales], {
    mode: { text: 'linear' },
    coordinate_transformation_mode: { text: mode },
  });
  b.set(node.name, { tensor, stored, perm: NHWC });
}

function split(b: GraphBuilder, node: GraphNode, [x = '', sizes = '', dim = '']: readonly string[]): void {
  const view = b.padded(b.view(x));
  const lengths = b.integers(sizes);
  const [given = 0] = b.integers(dim);
  const axis = view.perm[given < 0 ? given + view.perm.length : given] ?? 0;
  const tensors = lengths.map((_, i) => `${node.name}:${i}`);
  b.emitMany(
    'Split',
    tensors,
    [view.tensor, b.initializer(`${node.name}/lengths`, [lengths.length], lengths)],
    { axis: { int: axis } },
  );
  tensors.forEach((tensor, i) => {
    const part = { tensor, stored: view.stored.with(axis, lengths[i] ?? 0), perm: view.perm };
    b.set(tensor, part);
    if (i === 0) b.set(node.name, part);
  });
}

function reshape(b: GraphBuilder, node: GraphNode, [x = '', to = '']: readonly string[]): void {
  const given = b.view(x);
  const view = b.laidOut(given, identity(given.perm.length));
  const wanted = b.integers(to);
  const count = view.stored.reduce((product, size) => product * size, 1);
  const known = wanted.filter((size) => size !== -1).reduce((product, size) => product * size, 1);
  const stored = wanted.map((size) => (size === -1 ? count / known : size));
  const tensor = b.emit('Reshape', node.name, [
    view.tensor,
    b.initializer(`${node.name}/shape`, [stored.length], stored),
  ]);
  b.set(node.name, plain(tensor, stored));
}

/** Constant arithmetic of the exporter: a vector of one value with a few others set. */
function sparseToDense(
  b: GraphBuilder,
  node: GraphNode,
  [indices = '', shape = '', values = '', fill = '']: readonly string[],
): void {
  const [length = 0, ...more] = b.integers(shape);
  if (more.length > 0) throw new Error('only vectors are supported');
  const data = new Int32Array(length).fill(b.integers(fill)[0] ?? 0);
  const set = b.integers(values);
  b.integers(indices).forEach((index, i) => (data[index] = set[i] ?? set[0] ?? 0));
  b.setConstant(node.name, { dtype: 'int32', shape: [length], data });
}
