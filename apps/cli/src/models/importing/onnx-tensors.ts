import type { ParsedOnnx } from '@serendip/models-adapters';
import { create, onnx, toBinary } from '@serendip/shared-contracts';
import type { SaidTensor } from './imported-graph.js';

const { FLOAT, INT32, INT64, BOOL, DOUBLE } = onnx.TensorProto_DataType;
const DTYPES: Readonly<Record<number, string>> = { [FLOAT]: 'float32', [INT32]: 'int32', [INT64]: 'int64', [BOOL]: 'bool', [DOUBLE]: 'float64' };

export interface OnnxTensors {
  readonly inputs: readonly SaidTensor[];
  readonly outputs: readonly SaidTensor[];
}

/** What a serialised ONNX model takes and answers, weights left out. Rejects with INVALID_ARGUMENT/MODEL_UNREADABLE for bytes that are none. */
export async function onnxTensors(bytes: Uint8Array): Promise<OnnxTensors> {
  const { graph } = await parsed(bytes);
  const weights = new Set(graph.initializer.map(({ name }) => name));
  return { inputs: graph.input.filter(({ name }) => !weights.has(name)).map(tensorOf), outputs: graph.output.map(tensorOf) };
}

/**
 * The same model with its input called `features` and one output, called `scores`: what else it answers is left out. A node that does nothing stands between
 * the old names and the new ones, so that no other node changes.
 */
export async function renamed(bytes: Uint8Array, { input, output }: { readonly input: string; readonly output: string }): Promise<Uint8Array> {
  const { model, graph } = await parsed(bytes);
  for (const value of graph.input) if (value.name === input) value.name = 'features';
  graph.output = graph.output.filter(({ name }) => name === output);
  for (const value of graph.output) value.name = 'scores';
  // Nodes stand in the order in which they run.
  if (input !== 'features') graph.node.unshift(identity('features', input));
  if (output !== 'scores') graph.node.push(identity(output, 'scores'));
  return toBinary(onnx.ModelProtoSchema, model);
}

async function parsed(bytes: Uint8Array): Promise<ParsedOnnx> {
  const { parseOnnx } = await import('@serendip/models-adapters');
  return parseOnnx(bytes);
}

/** A node that hands a value on. */
const identity = (from: string, to: string): onnx.NodeProto => create(onnx.NodeProtoSchema, { opType: 'Identity', name: `serendip/${to}`, input: [from], output: [to] });

function tensorOf({ name, type }: onnx.ValueInfoProto): SaidTensor {
  const tensor = type?.value.case === 'tensorType' ? type.value.value : undefined;
  if (tensor?.shape === undefined) return { name, dtype: 'no tensor of a known shape', shape: [] };
  return {
    name, dtype: DTYPES[tensor.elemType] ?? `of ONNX's type ${tensor.elemType}`,
    shape: tensor.shape.dim.map(({ value }) => (value.case === 'dimValue' ? Number(value.value) : undefined)),
  };
}
