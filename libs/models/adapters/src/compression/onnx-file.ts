import { onnx, toBinary } from '@serendip/shared-contracts';
import { parseOnnx, type ParsedOnnx } from '../onnx-model.js';

const FIRST_IR_WITH_OWN_WEIGHTS = 4n;

/** A model to be changed. Its weights are initialisers, none of them an input or a node. */
export interface EditableModel extends ParsedOnnx {
  /** Version of the standard operators. */
  readonly opset: number;
}

/** Opens model.onnx. Throws INVALID_ARGUMENT/MODEL_UNREADABLE. */
export function openModel(bytes: Uint8Array): EditableModel {
  const { model, graph } = parseOnnx(bytes);
  for (const node of graph.node.filter(({ opType, domain }) => opType === 'Constant' && domain === '')) {
    const tensor = node.attribute.find(({ name }) => name === 'value')?.t;
    if (tensor === undefined) continue;
    tensor.name = node.output[0]!;
    graph.initializer.push(tensor);
    graph.node.splice(graph.node.indexOf(node), 1);
  }
  const weights = new Set(graph.initializer.map(({ name }) => name));
  graph.input = graph.input.filter(({ name }) => !weights.has(name));
  model.irVersion = model.irVersion > FIRST_IR_WITH_OWN_WEIGHTS ? model.irVersion : FIRST_IR_WITH_OWN_WEIGHTS;
  return { model, graph, opset: Number(model.opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version ?? 0n) };
}

/** What is said of values in between may not hold any more, and weights that nothing uses are left out. */
export function closeModel({ model, graph }: EditableModel): Uint8Array {
  graph.valueInfo = [];
  const used = namesUsed(graph);
  graph.initializer = graph.initializer.filter(({ name }) => used.has(name));
  return toBinary(onnx.ModelProtoSchema, model);
}

/** How often each value is used: by nodes, by those of subgraphs, and as an output. */
export function uses(graph: onnx.GraphProto): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of everyUse(graph)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

const namesUsed = (graph: onnx.GraphProto): ReadonlySet<string> => new Set(everyUse(graph));

function* everyUse(graph: onnx.GraphProto): Generator<string> {
  for (const { name } of graph.output) yield name;
  for (const { input, attribute } of graph.node) {
    yield* input;
    for (const { g, graphs } of attribute) for (const inner of [...(g === undefined ? [] : [g]), ...graphs]) yield* everyUse(inner);
  }
}
