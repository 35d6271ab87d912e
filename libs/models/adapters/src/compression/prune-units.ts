import { onnx } from '@serendip/shared-contracts';
import { DomainError } from '@serendip/shared-errors';
import { denseLayers, floatsOf, tensorOf, type DenseLayer } from './dense-layers.js';
import { uses, type EditableModel } from './onnx-file.js';

const { FLOAT } = onnx.TensorProto_DataType;
/** What may stand between two layers: each unit by itself. */
const BY_UNIT = new Set(['Celu', 'Clip', 'Dropout', 'Elu', 'Gelu', 'HardSigmoid', 'HardSwish', 'Identity', 'LeakyRelu', 'Mish', 'Relu', 'Selu', 'Sigmoid', 'Softplus', 'Softsign', 'Tanh']);

/**
 * Takes units out of every hidden layer: the share `ratio` of those that carry least, by the norm of what comes in times the norm of what goes out
 * (structured magnitude pruning, Li et al. 2017). What is left is smaller matrices, so that it is smaller and quicker wherever it runs.
 */
export function pruneUnits({ graph }: EditableModel, ratio: number): string {
  const widths: string[] = [];
  for (const [first, second] of hidden(graph)) {
    const left = Math.max(1, Math.round(first.outputs * (1 - ratio)));
    const kept = strongest(first, second, left);
    keep(graph, first, { side: 'outputs', kept });
    keep(graph, second, { side: 'inputs', kept });
    widths.push(`${first.outputs}→${left}`);
  }
  if (widths.length === 0) throw new DomainError('FAILED_PRECONDITION', 'NOT_COMPRESSIBLE', 'It has no hidden layer whose units can be taken out: two layers (Gemm or MatMul) with nothing but an activation between them.');
  return `units ${widths.join(', ')}`;
}

/** Pairs of layers of which the second alone takes what the first gives; looked up anew each time, since the last pair has changed the graph. */
function* hidden(graph: onnx.GraphProto): Generator<readonly [DenseLayer, DenseLayer]> {
  for (const { node } of denseLayers(graph)) {
    const layers = denseLayers(graph);
    const first = layers.find((layer) => layer.node === node)!;
    const second = layers.find(({ input }) => input === behind(graph, first.output));
    if (second !== undefined && second.inputs === first.outputs) yield [first, second];
  }
}

/** The value that comes of one by activations alone; undefined where anything else uses what is between. */
function behind(graph: onnx.GraphProto, value: string): string | undefined {
  const counts = uses(graph);
  for (let at = value; ;) {
    if (counts.get(at) !== 1) return undefined;
    const node = graph.node.find(({ input }) => input[0] === at);
    if (node === undefined || node.domain !== '' || !BY_UNIT.has(node.opType)) return at;
    at = node.output[0]!;
  }
}

/** The units that carry most, in their order. */
function strongest(first: DenseLayer, second: DenseLayer, count: number): readonly number[] {
  const incoming = norms(first, 'outputs');
  const outgoing = norms(second, 'inputs');
  const order = Array.from(incoming, (_, unit) => unit).sort((a, b) => incoming[b]! * outgoing[b]! - incoming[a]! * outgoing[a]! || a - b);
  return order.slice(0, count).sort((a, b) => a - b);
}

type Side = 'inputs' | 'outputs';

const isRow = ({ transposed }: DenseLayer, side: Side): boolean => (side === 'outputs') === transposed;

/** Of the weights of each unit. */
function norms(layer: DenseLayer, side: Side): Float64Array {
  const units = layer[side];
  const squares = new Float64Array(units);
  const values = floatsOf(layer.weights);
  const others = values.length / units;
  values.forEach((value, i) => { squares[isRow(layer, side) ? Math.floor(i / others) : i % units]! += value * value; });
  return squares.map(Math.sqrt);
}

/** Leaves a layer with some of its units; its tensors are new ones, since others may use the old. */
function keep(graph: onnx.GraphProto, layer: DenseLayer, { side, kept }: { readonly side: Side; readonly kept: readonly number[] }): void {
  const { node, weights, bias } = layer;
  const values = floatsOf(weights);
  const others = values.length / layer[side];
  const rows = isRow(layer, side);
  const picked = rows
    ? Float32Array.from(kept.flatMap((unit) => [...values.subarray(unit * others, (unit + 1) * others)]))
    : Float32Array.from({ length: others * kept.length }, (_, i) => values[Math.floor(i / kept.length) * layer[side] + kept[i % kept.length]!]!);
  node.input[1] = added(graph, weights.name, rows ? [kept.length, others] : [others, kept.length], picked);
  if (side === 'outputs' && bias !== undefined) {
    const before = floatsOf(bias.tensor);
    bias.node.input[bias.at] = added(graph, bias.tensor.name, [kept.length], Float32Array.from(kept, (unit) => before[unit]!));
  }
}

function added(graph: onnx.GraphProto, before: string, dims: readonly number[], data: Float32Array): string {
  const taken = new Set(graph.initializer.map((tensor) => tensor.name));
  let name = `${before}_pruned`;
  while (taken.has(name)) name += '_';
  graph.initializer.push(tensorOf({ name, dims, dataType: FLOAT, data }));
  return name;
}
