import type { OnnxAttribute, OnnxGraph, OnnxNode, OnnxTensor } from './onnx-file.js';
import type { Graph, GraphTensor } from './tfjs-graph.js';

/**
 * A TensorFlow tensor as seen through an ONNX one. TensorFlow convolves in N, H, W, C order and the graph is
 * full of transposes; ONNX convolves in N, C, H, W. So a transpose or a padding is not emitted but noted on the
 * view, and whoever reads the view takes it over (a convolution has its own padding) or has it emitted.
 */
export interface View {
  /** Name of the ONNX tensor. */
  readonly tensor: string;
  /** Shape of the ONNX tensor. */
  readonly stored: readonly number[];
  /** TensorFlow's axis i is the ONNX tensor's axis `perm[i]`. */
  readonly perm: readonly number[];
  /** Not yet applied; `before` and `after` by axis of the ONNX tensor. */
  readonly pad?: Padding;
}
export interface Padding {
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly value: number;
}

/** TensorFlow order N, H, W, C over an ONNX tensor N, C, H, W. */
export const NHWC = [0, 2, 3, 1];

/** Collects the ONNX graph while the TensorFlow graph is walked. */
export class GraphBuilder {
  readonly #views = new Map<string, View>();
  readonly #constants: Map<string, GraphTensor>;
  readonly #nodes: (OnnxNode & { inputs: string[] })[] = [];
  readonly #initializers: OnnxTensor[] = [];
  readonly #readers = new Map<string, number>();

  constructor(readonly graph: Graph) {
    this.#constants = new Map(graph.constants);
    for (const { name, shape } of graph.inputs) this.set(name, picture(name, shape) ?? plain(name, shape));
    for (const { input } of graph.nodes) {
      for (const name of input) this.#readers.set(name, (this.#readers.get(name) ?? 0) + 1);
    }
  }

  set(reference: string, view: View): void {
    this.#views.set(reference, view);
  }

  setConstant(reference: string, tensor: GraphTensor): void {
    this.#constants.set(reference, tensor);
  }

  isConstant(reference: string): boolean {
    return this.#constants.has(reference);
  }

  constant(reference: string): GraphTensor {
    const tensor = this.#constants.get(reference);
    if (!tensor) throw new Error(`${reference} should be a constant`);
    return tensor;
  }

  integers(reference: string): number[] {
    return [...this.constant(reference).data];
  }

  view(reference: string): View {
    const view = this.#views.get(reference);
    if (!view) throw new Error(`${reference} is not computed by any node before it is read`);
    return view;
  }

  /** Emits a node with one output tensor and returns that tensor's name. */
  emit(op: string, name: string, inputs: string[], attributes: Record<string, OnnxAttribute> = {}): string {
    this.#nodes.push({ op, inputs, outputs: [name], attributes });
    return name;
  }

  emitMany(op: string, outputs: string[], inputs: string[], attributes: Record<string, OnnxAttribute>): void {
    this.#nodes.push({ op, inputs, outputs, attributes });
  }

  initializer(name: string, shape: readonly number[], data: Float32Array | readonly number[]): string {
    if (!this.#initializers.some((known) => known.name === name)) {
      const values = data instanceof Float32Array ? data : BigInt64Array.from(data, (value) => BigInt(value));
      this.#initializers.push({ name, shape, data: values });
    }
    return name;
  }

  /** The convolution that made a tensor nobody else reads and that has no bias yet: an addition may become its bias. */
  biaslessConv(reference: string): { inputs: string[] } | undefined {
    const { tensor } = this.view(reference);
    const node = this.#nodes.find(({ outputs }) => outputs[0] === tensor);
    return node?.op === 'Conv' && node.inputs.length === 2 && this.#readers.get(reference) === 1
      ? node
      : undefined;
  }

  /** Gives the convolution that was just emitted its bias. */
  addBias(reference: string, bias: string): void {
    const conv = this.#nodes.at(-1);
    if (conv?.op !== 'Conv' || conv.outputs[0] !== this.view(reference).tensor)
      throw new Error(`${reference} is no convolution`);
    conv.inputs.push(bias);
  }

  /** Emits the padding a view still carries. */
  padded(view: View): View {
    if (!view.pad) return view;
    const { before, after, value } = view.pad;
    const stored = view.stored.map((size, axis) => size + (before[axis] ?? 0) + (after[axis] ?? 0));
    const name = this.#unused(`${view.tensor}/padded`);
    const pads = this.initializer(`${name}/pads`, [2 * stored.length], [...before, ...after]);
    this.emit('Pad', name, [
      view.tensor,
      pads,
      this.initializer(`${name}/value`, [], Float32Array.of(value)),
    ]);
    return { tensor: name, stored, perm: view.perm };
  }

  /** A view whose ONNX tensor is laid out as TensorFlow's axes permuted by `perm` say. */
  laidOut(view: View, perm: readonly number[]): View {
    const done = this.padded(view);
    if (same(done.perm, perm)) return done;
    // Axis `perm[i]` of the new tensor is TensorFlow's axis i, that is axis `done.perm[i]` of the old one.
    const order = perm.map((_, axis) => done.perm[perm.indexOf(axis)] ?? 0);
    const name = this.#unused(`${done.tensor}/as-${perm.join('')}`);
    this.emit('Transpose', name, [done.tensor], { perm: { ints: order } });
    return { tensor: name, stored: order.map((axis) => done.stored[axis] ?? 0), perm };
  }

  finish(name: string): OnnxGraph {
    const inputs = this.graph.inputs.map(({ name, shape }) => picture(name, shape) ?? plain(name, shape));
    const outputs = this.graph.outputs.map((output) => ({
      name: output.name,
      shape: this.#finishOutput(output),
    }));
    return {
      name,
      inputs: inputs.map(({ tensor, stored }) => ({ name: tensor, shape: stored })),
      outputs,
      nodes: this.#nodes,
      initializers: this.#initializers,
    };
  }

  /** @returns its shape. */
  #finishOutput({ name, shape }: Graph['outputs'][number]): readonly number[] {
    const found = this.padded(this.view(name));
    const view = shape === undefined ? found : this.laidOut(found, identity(shape.length));
    if (shape !== undefined && !same(view.stored, shape)) {
      throw new Error(`output ${name} has shape ${view.stored.join('x')}, the model says ${shape.join('x')}`);
    }
    if (view.tensor !== name) this.emit('Identity', name, [view.tensor]);
    return view.stored;
  }

  #unused(name: string): string {
    const taken = (candidate: string) => this.#nodes.some(({ outputs }) => outputs.includes(candidate));
    let candidate = name;
    for (let i = 2; taken(candidate); i++) candidate = `${name}-${i}`;
    return candidate;
  }
}

/** A view that is its tensor, nothing reordered. */
export function plain(tensor: string, shape: readonly number[]): View {
  return { tensor, stored: shape, perm: identity(shape.length) };
}

/** Pictures go in as planes, which is what convolutions want here; TensorFlow's have their colours last. */
function picture(name: string, [n = 1, h = 0, w = 0, c = 0, ...more]: readonly number[]): View | undefined {
  return c === 3 && more.length === 0 ? { tensor: name, stored: [n, c, h, w], perm: NHWC } : undefined;
}

/** The shape TensorFlow sees, paddings included. */
export function shapeOf(view: View): number[] {
  return view.perm.map(
    (axis) => (view.stored[axis] ?? 0) + (view.pad?.before[axis] ?? 0) + (view.pad?.after[axis] ?? 0),
  );
}

export function identity(rank: number): number[] {
  return Array.from({ length: rank }, (_, axis) => axis);
}

export function same(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
