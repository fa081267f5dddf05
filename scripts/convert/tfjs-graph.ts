import type { GraphCut } from '../../models/network.js';

/** Reads a TensorFlow.js graph model (`model.json` + one weight file) into plain nodes and tensors. */

export interface GraphTensor {
  readonly dtype: 'float32' | 'int32';
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

export interface GraphNode {
  readonly name: string;
  readonly op: string;
  /** Names of the nodes it reads; `name:1` is a node's second output. */
  readonly input: readonly string[];
  readonly attr: Readonly<Record<string, Attribute>>;
}

interface Attribute {
  readonly b?: boolean;
  readonly i?: string | number;
  readonly f?: number;
  /** base64 */
  readonly s?: string;
  readonly list?: { readonly i?: readonly (string | number)[]; readonly s?: readonly string[] };
}

export interface Graph {
  readonly inputs: readonly { readonly name: string; readonly shape: readonly number[] }[];
  /** Without a shape: a node inside the graph, laid out as it happens to be. */
  readonly outputs: readonly { readonly name: string; readonly shape?: readonly number[] }[];
  /** In an order in which each node comes after what it reads. */
  readonly nodes: readonly GraphNode[];
  readonly constants: ReadonlyMap<string, GraphTensor>;
}

interface ModelJson {
  readonly format?: string;
  readonly signature: Record<
    'inputs' | 'outputs',
    Record<string, { tensorShape: { dim?: { size: string }[] } }>
  >;
  readonly modelTopology: { readonly node: (Omit<GraphNode, 'input' | 'attr'> & Partial<GraphNode>)[] };
  readonly weightsManifest: { readonly weights: WeightEntry[] }[];
}
interface WeightEntry {
  readonly name: string;
  readonly dtype: string;
  readonly shape: number[];
  readonly quantization?: { readonly dtype: string };
}

/**
 * @param json text of the model's JSON file
 * @param weights its weight file (models whose weights are cut into several shards: concatenated)
 * @param cut default: the whole graph
 * @throws Error when it is no graph model, or the weights are not exactly as long as the manifest says.
 */
export function readGraph(json: string, weights: Uint8Array, cut?: GraphCut): Graph {
  const model = JSON.parse(json) as ModelJson;
  if (model.format !== 'graph-model')
    throw new Error(`is a "${model.format ?? 'unknown'}", not a TensorFlow.js graph-model`);
  const nodes = model.modelTopology.node
    .filter(({ name, op }) => op !== 'Const' && name !== cut?.input.name)
    .map(({ name, op, input = [], attr = {} }) => ({
      name,
      op,
      input: input.filter((i) => !i.startsWith('^')),
      attr,
    }));
  const outputs: Graph['outputs'] =
    cut?.outputs.map((name) => ({ name })) ?? signature(model.signature.outputs);
  return {
    inputs: cut ? [cut.input] : signature(model.signature.inputs),
    outputs,
    nodes: inOrder(
      nodes,
      outputs.map(({ name }) => name),
    ),
    constants: readWeights(
      model.weightsManifest.flatMap((group) => group.weights),
      weights,
    ),
  };
}

function signature(part: ModelJson['signature']['inputs']): { name: string; shape: number[] }[] {
  return Object.entries(part).map(([name, { tensorShape }]) => ({
    name: name.replace(/:0$/, ''),
    shape: (tensorShape.dim ?? []).map(({ size }) => Number(size)),
  }));
}

function readWeights(entries: readonly WeightEntry[], bytes: Uint8Array): Map<string, GraphTensor> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tensors = new Map<string, GraphTensor>();
  let offset = 0;
  for (const { name, dtype, shape, quantization } of entries) {
    const count = shape.reduce((product, size) => product * size, 1);
    const stored = quantization?.dtype ?? dtype;
    const read = READERS[`${dtype}/${stored}`];
    if (!read) throw new Error(`weight ${name}: ${dtype} stored as ${stored} is not supported`);
    const end = offset + count * (stored === 'float16' ? 2 : 4);
    if (end > bytes.byteLength)
      throw new Error(`weights end at byte ${bytes.byteLength}, ${name} needs ${end}`);
    tensors.set(name, { shape, ...read(view, offset, count) });
    offset = end;
  }
  if (offset !== bytes.byteLength)
    throw new Error(`weights are ${bytes.byteLength} bytes, the manifest describes ${offset}`);
  return tensors;
}

type Read = (view: DataView, offset: number, count: number) => Pick<GraphTensor, 'dtype' | 'data'>;
const READERS: Readonly<Record<string, Read>> = {
  'float32/float32': (view, offset, count) => ({
    dtype: 'float32',
    data: Float32Array.from({ length: count }, (_, i) => view.getFloat32(offset + 4 * i, true)),
  }),
  'float32/float16': (view, offset, count) => ({
    dtype: 'float32',
    data: Float32Array.from({ length: count }, (_, i) => fromFloat16(view.getUint16(offset + 2 * i, true))),
  }),
  'int32/int32': (view, offset, count) => ({
    dtype: 'int32',
    data: Int32Array.from({ length: count }, (_, i) => view.getInt32(offset + 4 * i, true)),
  }),
};

/** IEEE 754 half precision: 1 sign, 5 exponent (bias 15), 10 fraction bits. */
export function fromFloat16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** What the outputs need, in topological order, stable: the file's own order wherever it is allowed. */
function inOrder(nodes: readonly GraphNode[], outputs: readonly string[]): GraphNode[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const walk = (from: readonly (GraphNode | undefined)[]): Set<GraphNode> => {
    const done = new Set<GraphNode>();
    const visited = new Set<GraphNode>();
    const visit = (node: GraphNode | undefined): void => {
      if (!node || visited.has(node)) return;
      visited.add(node);
      for (const input of node.input) visit(byName.get(nodeOf(input)));
      done.add(node);
    };
    from.forEach(visit);
    return done;
  };
  const needed = walk(outputs.map((name) => byName.get(name)));
  return [...walk(nodes.filter((node) => needed.has(node)))];
}

/** The node of a reference such as `Split:1`. */
export function nodeOf(reference: string): string {
  return reference.replace(/:\d+$/, '');
}
