import type { OnnxGraph, OnnxTensor } from './onnx-file.js';

/**
 * Lets a fully convolutional detector take inputs of any height and width that its strides divide: the input's last two
 * axes and each output's second one (its cells), or last two (rows, columns), become free, and the reshapes that lay cells in a row count them
 * themselves. Wide pictures then need no padding to a square, which is a third of the work at 16:9.
 * @param graph with one input [1, 3, height, width] and outputs [1, cells, values] or [1, values, rows, columns]
 * @throws Error when the graph has another form.
 */
export function withFreeSize(graph: OnnxGraph): OnnxGraph {
  const shapes = new Set(
    graph.nodes.filter(({ op }) => op === 'Reshape').map(({ inputs }) => inputs[1] ?? ''),
  );
  const cells = new Set(graph.outputs.map(({ shape }) => shape[1] ?? 0));
  return {
    ...graph,
    inputs: graph.inputs.map(({ name, shape }) => {
      if (shape.length !== 4) throw new Error(`input ${name} has ${shape.length} axes, expected 4`);
      return { name, shape: [...shape.slice(0, 2), 'height', 'width'] };
    }),
    outputs: graph.outputs.map(({ name, shape }) => {
      if (shape.length === 4)
        return { name, shape: [...shape.slice(0, 2), `${name}-rows`, `${name}-columns`] };
      if (shape.length !== 3) throw new Error(`output ${name} has ${shape.length} axes, expected 3 or 4`);
      return { name, shape: shape.with(1, `${name}-cells`) };
    }),
    initializers: graph.initializers.map((tensor) =>
      shapes.has(tensor.name) ? anyCells(tensor, cells) : tensor,
    ),
  };
}

/** [1, cells, values] becomes [1, -1, values], in whichever order: as many cells as there are. */
function anyCells(tensor: OnnxTensor, cells: ReadonlySet<number | string>): OnnxTensor {
  const { data } = tensor;
  const axes = [1, 2].filter((axis) => cells.has(Number(data[axis])));
  const [axis] = axes;
  if (
    !(data instanceof BigInt64Array) ||
    data.length !== 3 ||
    data[0] !== 1n ||
    axis === undefined ||
    axes.length > 1
  )
    throw new Error(`${tensor.name}: reshapes to [${data.join(', ')}], expected 1, cells and values`);
  return { ...tensor, data: data.with(axis, -1n) };
}
