import { onnx } from '@serendip/shared-contracts';
import { DomainError } from '@serendip/shared-errors';
import { denseLayers, floatsOf, nodeOf, tensorOf, type DenseLayer } from './dense-layers.js';
import type { EditableModel } from './onnx-file.js';

const { FLOAT, FLOAT16, INT8 } = onnx.TensorProto_DataType;
const FIRST_OPSET_WITH_AXIS = 13;
const LARGEST_HALF = 65_504;

/**
 * Keeps weights as 8-bit integers with a scale for each output (symmetric, Jacob et al. 2018), and makes float32 of them when it runs. What is computed between
 * them stays float32: a scale of activations that is taken over a batch would make a row's score depend on the rows beside it (ADR 0039).
 */
export function toInt8({ graph, opset }: EditableModel): string {
  const layers = denseLayers(graph);
  if (opset < FIRST_OPSET_WITH_AXIS) throw new DomainError('FAILED_PRECONDITION', 'NOT_COMPRESSIBLE', `It is of operator set ${opset}, and a scale for each output needs ${FIRST_OPSET_WITH_AXIS}: export it with that or a later one.`);
  return replaced(graph, layers, ({ weights, transposed, outputs }) => {
    const { name, dims } = weights;
    const values = floatsOf(weights);
    const outputOf = (i: number): number => (transposed ? Math.floor(i / (values.length / outputs)) : i % outputs);
    const largest = new Float32Array(outputs);
    values.forEach((value, i) => { largest[outputOf(i)] = Math.max(largest[outputOf(i)]!, Math.abs(value)); });
    const scales = largest.map((most) => (most === 0 ? 1 : most / 127));
    const codes = Int8Array.from(values, (value, i) => Math.round(value / scales[outputOf(i)]!));
    return {
      tensors: [
        tensorOf({ name: `${name}_int8`, dims: dims.map(Number), dataType: INT8, data: codes }), tensorOf({ name: `${name}_scales`, dims: [outputs], dataType: FLOAT, data: scales }),
      ],
      node: nodeOf('DequantizeLinear', [`${name}_int8`, `${name}_scales`], name, { axis: transposed ? 0 : 1 }),
    };
  });
}

/** Keeps weights as 16-bit floats, and makes float32 of them when it is loaded. */
export function toFloat16({ graph }: EditableModel): string {
  return replaced(graph, denseLayers(graph), ({ weights }) => {
    const { name, dims } = weights;
    const values = floatsOf(weights);
    if (values.some((value) => Math.abs(value) > LARGEST_HALF)) throw new DomainError('FAILED_PRECONDITION', 'NOT_COMPRESSIBLE', `Weights of '${name}' are beyond ±${LARGEST_HALF}, which 16 bits can't hold: use --int8.`);
    return { tensors: [tensorOf({ name: `${name}_half`, dims: dims.map(Number), dataType: FLOAT16, data: new Float16Array(values) })], node: nodeOf('Cast', [`${name}_half`], name, { to: FLOAT }) };
  });
}

interface Smaller {
  readonly tensors: readonly onnx.TensorProto[];
  /** Makes the weights of before. */
  readonly node: onnx.NodeProto;
}

/** Puts smaller tensors, and a node that makes the old ones of them, in the place of the weights; answers of how many. */
function replaced(graph: onnx.GraphProto, layers: readonly DenseLayer[], smaller: (layer: DenseLayer) => Smaller): string {
  const done = new Map<string, Smaller>();
  for (const layer of layers) if (!done.has(layer.weights.name)) done.set(layer.weights.name, smaller(layer));
  graph.initializer = [...graph.initializer.filter(({ name }) => !done.has(name)), ...[...done.values()].flatMap(({ tensors }) => tensors)];
  graph.node.unshift(...[...done.values()].map(({ node }) => node));
  return `${done.size} matrices`;
}
