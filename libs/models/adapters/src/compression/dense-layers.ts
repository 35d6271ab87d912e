import { create, onnx } from '@serendip/shared-contracts';
import { uses } from './onnx-file.js';

const { FLOAT } = onnx.TensorProto_DataType;

/** A product with a matrix of weights. */
export interface DenseLayer {
  readonly node: onnx.NodeProto;
  /** float32, inputs × outputs, or outputs × inputs where `transposed`. */
  readonly weights: onnx.TensorProto;
  readonly transposed: boolean;
  readonly inputs: number;
  readonly outputs: number;
  /** What is added to each output: where its name stands. */
  readonly bias: { readonly node: onnx.NodeProto; readonly at: number; readonly tensor: onnx.TensorProto } | undefined;
  /** Values that go in and come out, the bias added. */
  readonly input: string;
  readonly output: string;
}

/** Every Gemm and MatMul of a graph with a float32 matrix of weights, in the graph's order. */
export function denseLayers(graph: onnx.GraphProto): readonly DenseLayer[] {
  const tensors = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
  const counts = uses(graph);
  return graph.node.flatMap((node) => {
    const weights = tensors.get(node.input[1] ?? '');
    if (node.domain !== '' || weights?.dataType !== FLOAT || weights.dims.length !== 2) return [];
    const [rows, columns] = weights.dims.map(Number) as [number, number];
    if (node.opType === 'MatMul') return [{ node, weights, transposed: false, inputs: rows, outputs: columns, input: node.input[0]!, ...addedTo(node, { graph, tensors, counts, outputs: columns }) }];
    if (node.opType !== 'Gemm' || !isPlain(node)) return [];
    const transposed = integer(node, 'transB') === 1;
    const [inputs, outputs] = transposed ? [columns, rows] : [rows, columns];
    const tensor = tensors.get(node.input[2] ?? '');
    if (node.input[2] !== undefined && node.input[2] !== '' && !isBias(tensor, outputs)) return [];
    return [{ node, weights, transposed, inputs, outputs, input: node.input[0]!, output: node.output[0]!, bias: tensor === undefined ? undefined : { node, at: 2, tensor } }];
  });
}

interface Around {
  readonly graph: onnx.GraphProto;
  readonly tensors: ReadonlyMap<string, onnx.TensorProto>;
  readonly counts: ReadonlyMap<string, number>;
  readonly outputs: number;
}

/** A MatMul's bias is added by the node behind it. */
function addedTo({ output: [output = ''] }: onnx.NodeProto, { graph, tensors, counts, outputs }: Around): Pick<DenseLayer, 'bias' | 'output'> {
  const node = counts.get(output) === 1 ? graph.node.find((each) => each.opType === 'Add' && each.input.includes(output)) : undefined;
  const at = node === undefined || node.input[0] === output ? 1 : 0;
  const tensor = tensors.get(node?.input[at] ?? '');
  return node === undefined || !isBias(tensor, outputs) ? { output, bias: undefined } : { output: node.output[0]!, bias: { node, at, tensor } };
}

function isBias(tensor: onnx.TensorProto | undefined, outputs: number): tensor is onnx.TensorProto {
  return tensor?.dataType === FLOAT && tensor.dims.length === 1 && Number(tensor.dims[0]) === outputs;
}

const integer = (node: onnx.NodeProto, name: string): number => Number(node.attribute.find((each) => each.name === name)?.i ?? 0n);
const isPlain = (node: onnx.NodeProto): boolean => integer(node, 'transA') === 0 && node.attribute.every(({ name, f }) => !['alpha', 'beta'].includes(name) || f === 1);

/** A copy of a tensor's float32 values. */
export function floatsOf({ rawData, floatData }: onnx.TensorProto): Float32Array {
  if (rawData === undefined || rawData.length === 0) return Float32Array.from(floatData);
  // A Buffer's slice is no copy.
  return new Float32Array(new Uint8Array(rawData).buffer);
}

export interface TensorParts {
  readonly name: string;
  readonly dims: readonly number[];
  readonly dataType: onnx.TensorProto_DataType;
  readonly data: Float32Array | Float16Array | Int8Array;
}

export function tensorOf({ name, dims, dataType, data }: TensorParts): onnx.TensorProto {
  return create(onnx.TensorProtoSchema, { name, dims: dims.map(BigInt), dataType, rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) });
}

/** A standard node with one output, which is its name too. */
export function nodeOf(opType: string, input: readonly string[], output: string, integers: Readonly<Record<string, number>> = {}): onnx.NodeProto {
  return create(onnx.NodeProtoSchema, {
    opType, input: [...input], output: [output], name: output,
    attribute: Object.entries(integers).map(([name, value]) => create(onnx.AttributeProtoSchema, { name, type: onnx.AttributeProto_AttributeType.INT, i: BigInt(value) })),
  });
}
