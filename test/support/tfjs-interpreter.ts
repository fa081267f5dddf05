import { readFileSync } from 'node:fs';

/**
 * Runs a TensorFlow.js graph model as it is: its own reader, TensorFlow's layouts, one plain loop an operator.
 * Slow on purpose: it shares no code with scripts/convert, so that it can tell when the conversion is wrong.
 */
export interface Dense {
  readonly shape: number[];
  readonly data: Float64Array | Float32Array;
}
interface Node {
  name: string;
  op: string;
  input?: string[];
  attr?: Record<string, { b?: boolean; f?: number; s?: string; list?: { i?: string[]; s?: string[] } }>;
}

/**
 * @param cut nodes inside the graph: the one `input` is the value of, and those wanted; default the whole graph
 * @returns the outputs of the graph by name, for one input tensor.
 */
export function runGraph(
  jsonPath: string,
  weightsPath: string,
  input: Dense,
  cut?: { readonly input: string; readonly outputs: readonly string[] },
): Map<string, Dense> {
  const model = JSON.parse(readFileSync(jsonPath, 'utf8')) as {
    signature: { outputs: Record<string, unknown> };
    modelTopology: { node: Node[] };
    weightsManifest: {
      weights: { name: string; dtype: string; shape: number[]; quantization?: { dtype: string } }[];
    }[];
  };
  const values = new Map<string, Dense | Dense[]>(weights(model.weightsManifest, readFileSync(weightsPath)));
  const nodes = new Map(model.modelTopology.node.map((node) => [node.name, node]));
  const valueOf = (reference: string): Dense => {
    const [name = '', index = '0'] = reference.split(':');
    let value = values.get(name);
    if (!value) {
      const node = nodes.get(name)!;
      value = node.op === 'Placeholder' ? input : compute(node, (node.input ?? []).map(valueOf));
      values.set(name, value);
    }
    return Array.isArray(value) ? value[Number(index)]! : value;
  };
  if (cut) values.set(cut.input, input);
  const names = cut?.outputs ?? Object.keys(model.signature.outputs);
  return new Map(names.map((name) => [name.replace(':0', ''), valueOf(name)]));
}

function weights(
  manifest: {
    weights: { name: string; dtype: string; shape: number[]; quantization?: { dtype: string } }[];
  }[],
  bytes: Buffer,
): [string, Dense][] {
  let offset = 0;
  return manifest[0]!.weights.map(({ name, dtype, shape, quantization }) => {
    const half = quantization?.dtype === 'float16';
    const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
    for (let i = 0; i < data.length; i++, offset += half ? 2 : 4) {
      data[i] = half
        ? halfFloat(bytes.readUInt16LE(offset))
        : dtype === 'int32'
          ? bytes.readInt32LE(offset)
          : bytes.readFloatLE(offset);
    }
    return [name, { shape, data }];
  });
}

/** Widens the bits to a float32's, unlike the converter, which computes the value. */
function halfFloat(half: number): number {
  const bits = new DataView(new ArrayBuffer(4));
  const exponent = (half >> 10) & 31;
  if (exponent === 0) return ((half & 0x8000) === 0 ? 1 : -1) * (half & 1023) * 2 ** -24;
  const widened = exponent === 31 ? 255 : exponent - 15 + 127;
  bits.setUint32(0, (((half & 0x8000) << 16) | (widened << 23) | ((half & 1023) << 13)) >>> 0);
  return bits.getFloat32(0);
}

function compute(node: Node, inputs: Dense[]): Dense | Dense[] {
  const [a, b, c, d] = inputs;
  switch (node.op) {
    case 'Identity':
      return a!;
    case 'Transpose':
      return transpose(a!, [...b!.data]);
    case 'Pad':
      return pad(a!, [...b!.data], 0);
    case 'PadV2':
      return pad(a!, [...b!.data], c!.data[0]!);
    case 'Conv2D':
    case '_FusedConv2D': {
      const stride = Number(node.attr!['strides']!.list!.i![1]);
      const sums = conv(isSame(node) ? padSame(a!, b!.shape[0]!, stride, 0) : a!, b!, stride);
      const steps = (node.attr!['fused_ops']?.list?.s ?? []).map((step) => atob(step)).join();
      if (steps === '') return sums;
      const data = sums.data.map((sum, i) => sum + c!.data[i % c!.data.length]!);
      if (steps === 'BiasAdd') return { ...sums, data };
      if (steps === 'BiasAdd,Relu') return { ...sums, data: data.map((value) => Math.max(0, value)) };
      throw new Error(`interpreter: fused ${steps}`);
    }
    case 'MaxPool': {
      const size = Number(node.attr!['ksize']!.list!.i![1]);
      const stride = Number(node.attr!['strides']!.list!.i![1]);
      return maxPool(isSame(node) ? padSame(a!, size, stride, -Infinity) : a!, size, stride);
    }
    case 'Relu':
      return { shape: a!.shape, data: a!.data.map((value) => Math.max(0, value)) };
    case 'Neg':
      return { shape: a!.shape, data: a!.data.map((value) => -value) };
    case 'Add':
    case 'AddV2':
      return { shape: a!.shape, data: a!.data.map((value, i) => value + b!.data[i % b!.data.length]!) };
    case 'LeakyRelu':
      return {
        shape: a!.shape,
        data: a!.data.map((value) => (value < 0 ? value * node.attr!['alpha']!.f! : value)),
      };
    case 'Sigmoid':
      return { shape: a!.shape, data: a!.data.map((value) => 1 / (1 + Math.exp(-value))) };
    case 'ConcatV2':
      return inputs.at(-1)!.data[0] === 3
        ? concatLast(inputs.slice(0, -1))
        : concatChannels(inputs[0]!, inputs[1]!, c!.data[0]!);
    case 'ResizeBilinear':
      return resize(a!, b!.data[0]!, b!.data[1]!);
    case 'SplitV':
      return splitChannels(a!, [...b!.data], c!.data[0]!);
    case 'Reshape':
      return { shape: fill([...b!.data], a!.data.length), data: a!.data };
    case 'SparseToDense':
      return { shape: [b!.data[0]!], data: new Float32Array(b!.data[0]!).fill(d!.data[0]!) };
    default:
      throw new Error(`interpreter: ${node.op}`);
  }
}

function fill(shape: number[], count: number): number[] {
  const known = shape.filter((size) => size > 0).reduce((x, y) => x * y, 1);
  return shape.map((size) => (size < 0 ? count / known : size));
}

function transpose({ shape, data }: Dense, perm: number[]): Dense {
  const to = perm.map((axis) => shape[axis]!);
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((x, y) => x * y, 1));
  const out = new Float32Array(data.length);
  const index = to.map(() => 0);
  for (let i = 0; i < out.length; i++) {
    let from = 0;
    for (let axis = 0; axis < to.length; axis++) from += index[axis]! * strides[perm[axis]!]!;
    out[i] = data[from]!;
    for (let axis = to.length - 1; axis >= 0 && ++index[axis]! === to[axis]!; axis--) index[axis] = 0;
  }
  return { shape: to, data: out };
}

/** N, C, H, W with padding in H and W only, as the graph has it. */
function pad({ shape, data }: Dense, [, , , , top, bottom, left, right]: number[], value: number): Dense {
  const [n, c, h, w] = shape as [number, number, number, number];
  const [height, width] = [h + top! + bottom!, w + left! + right!];
  const out = new Float32Array(n * c * height * width).fill(value);
  for (let plane = 0; plane < n * c; plane++) {
    for (let y = 0; y < h; y++)
      out.set(
        data.subarray((plane * h + y) * w, (plane * h + y + 1) * w),
        (plane * height + y + top!) * width + left!,
      );
  }
  return { shape: [n, c, height, width], data: out };
}

function isSame(node: Node): boolean {
  return atob(node.attr!['padding']!.s!) === 'SAME';
}

/** N, H, W, C with what TensorFlow's SAME adds; one row and column at a time, the first of them behind. */
function padSame({ shape, data }: Dense, size: number, stride: number, value: number): Dense {
  const [, h, w, channels] = shape as [number, number, number, number];
  const missing = (length: number): number =>
    length % stride === 0 ? Math.max(0, size - stride) : Math.max(0, size - (length % stride));
  const [rows, columns] = [h + missing(h), w + missing(w)];
  const [top, left] = [missing(h) >> 1, missing(w) >> 1];
  const out = new Float32Array(rows * columns * channels).fill(value);
  for (let y = 0; y < h; y++) {
    const row = data.subarray(y * w * channels, (y + 1) * w * channels);
    out.set(row, ((y + top) * columns + left) * channels);
  }
  return { shape: [1, rows, columns, channels], data: out };
}

function conv({ shape, data }: Dense, kernel: Dense, stride: number): Dense {
  const [, h, w, channels] = shape as [number, number, number, number];
  const [kh, kw, , filters] = kernel.shape as [number, number, number, number];
  const [rows, columns] = [Math.floor((h - kh) / stride) + 1, Math.floor((w - kw) / stride) + 1];
  const out = new Float32Array(rows * columns * filters);
  const sums = new Float64Array(filters);
  const taps = Float64Array.from(kernel.data);
  for (let y = 0, to = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++, to += filters) {
      sums.fill(0);
      for (let ky = 0; ky < kh; ky++) {
        for (let kx = 0; kx < kw; kx++) {
          let from = ((y * stride + ky) * w + x * stride + kx) * channels;
          let tap = (ky * kw + kx) * channels * filters;
          for (let channel = 0; channel < channels; channel++, from++) {
            const value = data[from]!;
            for (let filter = 0; filter < filters; filter++, tap++) sums[filter]! += value * taps[tap]!;
          }
        }
      }
      out.set(sums, to);
    }
  }
  return { shape: [1, rows, columns, filters], data: out };
}

function maxPool({ shape, data }: Dense, size: number, stride: number): Dense {
  const [, h, w, channels] = shape as [number, number, number, number];
  const [rows, columns] = [Math.floor((h - size) / stride) + 1, Math.floor((w - size) / stride) + 1];
  const out = new Float32Array(rows * columns * channels);
  for (let i = 0; i < out.length; i++) {
    const [x, y] = [Math.floor(i / channels) % columns, Math.floor(i / channels / columns)];
    let most = -Infinity;
    for (let ky = 0; ky < size; ky++) {
      for (let kx = 0; kx < size; kx++)
        most = Math.max(most, data[((y * stride + ky) * w + x * stride + kx) * channels + (i % channels)]!);
    }
    out[i] = most;
  }
  return { shape: [1, rows, columns, channels], data: out };
}

function concatChannels(a: Dense, b: Dense, axis: number): Dense {
  if (axis !== 1) throw new Error('interpreter: concatenates channels of N, C, H, W only');
  const data = new Float32Array(a.data.length + b.data.length);
  data.set(a.data);
  data.set(b.data, a.data.length);
  return { shape: [1, a.shape[1]! + b.shape[1]!, a.shape[2]!, a.shape[3]!], data };
}

/** N, H, W, C along the channels. */
function concatLast(parts: readonly Dense[]): Dense {
  const [first] = parts;
  const widths = parts.map(({ shape }) => shape[3]!);
  const channels = widths.reduce((sum, width) => sum + width, 0);
  const pixels = first!.shape[1]! * first!.shape[2]!;
  const out = new Float32Array(pixels * channels);
  for (let pixel = 0, to = 0; pixel < pixels; pixel++) {
    for (const [i, { data }] of parts.entries()) {
      const width = widths[i]!;
      out.set(data.subarray(pixel * width, (pixel + 1) * width), to);
      to += width;
    }
  }
  return { shape: [1, first!.shape[1]!, first!.shape[2]!, channels], data: out };
}

function splitChannels({ shape, data }: Dense, lengths: number[], axis: number): Dense[] {
  if (axis !== 1) throw new Error('interpreter: splits channels of N, C, H, W only');
  const plane = shape[2]! * shape[3]!;
  let from = 0;
  return lengths.map((channels) => {
    const part = {
      shape: [1, channels, shape[2]!, shape[3]!],
      data: data.slice(from, from + channels * plane),
    };
    from += channels * plane;
    return part;
  });
}

/** half_pixel_centers, as all four of the graph's are. */
function resize({ shape, data }: Dense, rows: number, columns: number): Dense {
  const [, h, w, channels] = shape as [number, number, number, number];
  const out = new Float32Array(rows * columns * channels);
  const position = (i: number, from: number, to: number) => Math.max(0, ((i + 0.5) * from) / to - 0.5);
  for (let y = 0, to = 0; y < rows; y++) {
    const sourceY = position(y, h, rows);
    const top = Math.floor(sourceY);
    const bottom = Math.min(top + 1, h - 1);
    for (let x = 0; x < columns; x++) {
      const sourceX = position(x, w, columns);
      const left = Math.floor(sourceX);
      const right = Math.min(left + 1, w - 1);
      for (let channel = 0; channel < channels; channel++, to++) {
        const at = (row: number, column: number) => data[(row * w + column) * channels + channel]!;
        const upper = at(top, left) + (at(top, right) - at(top, left)) * (sourceX - left);
        const lower = at(bottom, left) + (at(bottom, right) - at(bottom, left)) * (sourceX - left);
        out[to] = upper + (lower - upper) * (sourceY - top);
      }
    }
  }
  return { shape: [1, rows, columns, channels], data: out };
}
